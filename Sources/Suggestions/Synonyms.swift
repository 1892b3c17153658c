import NetworkTypes

/// What other tools and plain English call the words of the language, each with one meaning only.
enum Synonyms {
    static let verbs: [String: String] = [
        "allow": "accept", "allowed": "accept", "permit": "accept", "pass": "accept", "deny": "drop", "block": "drop",
        "discard": "drop", "blocked": "drop", "refuse": "reject", "untrack": "notrack",
    ]

    static let directions: [String: String] = [
        "input": "in", "incoming": "in", "inbound": "in", "ingress": "in", "output": "out", "outgoing": "out",
        "outbound": "out", "egress": "out", "forwarded": "forward", "forwarding": "forward", "fwd": "forward",
        "routed": "forward", "forwards": "forward",
    ]

    /// Verbs that may stand without matches and that other tools put last.
    static let simpleVerbs: Set<String> = ["accept", "drop", "reject"]

    static let allVerbs: Set<String> = [
        "accept", "drop", "reject", "redirect", "dnat", "snat", "masquerade", "log", "count", "notrack", "jump", "goto",
        "return", "set",
    ]

    static let natVerbs: Set<String> = ["redirect", "dnat", "snat", "masquerade"]

    static let declarations: Set<String> = [
        "let", "set", "chain", "table", "route", "rule", "sysctl", "policy", "include", "option",
    ]

    static let transports: Set<String> = ["tcp", "udp", "sctp", "dccp", "udplite"]

    static let states: Set<String> = ["new", "established", "related", "invalid", "untracked"]

    static let statuses: Set<String> = ["snat", "dnat", "assured", "confirmed", "expected", "seen-reply", "dying"]

    /// Words that start a match that takes a value.
    static let matches: [String: String] = [
        "port": "dport", "ports": "dport", "dports": "dport", "--dport": "dport", "destination-port": "dport",
        "dst-port": "dport", "dstport": "dport", "sports": "sport", "source-port": "sport", "src-port": "sport",
        "srcport": "sport", "source": "saddr", "src": "saddr", "src-ip": "saddr", "srcip": "saddr",
        "source-address": "saddr", "dst": "daddr", "destination": "daddr", "dst-ip": "daddr", "dstip": "daddr",
        "destination-address": "daddr", "dest": "daddr", "protocol": "proto", "l4proto": "proto", "uid": "skuid",
        "user": "skuid", "owner": "skuid", "uid-owner": "skuid", "gid": "skgid", "gid-owner": "skgid",
        "icmp6": "icmpv6", "ipv6-icmp": "icmpv6", "ipv4": "ip", "ipv6": "ip6", "inet4": "ip", "inet6": "ip6",
        "fwmark": "mark", "tcp-flags": "flags",
    ]

    /// Protocols that are a match by `proto`.
    static func isProtocol(_ word: String) -> Bool {
        !transports.contains(word) && word != "icmp" && word != "icmpv6" && word != "ipv6" && word != "rdp"
            && IPProtocol(named: word) != nil
    }

    /// The word of the language for what refuses a packet, after `with`.
    static func rejectType(_ word: String) -> [String]? {
        let lower = word.lowercased()
        switch lower {
        case "rst", "reset", "tcp-reset", "tcp-rst": return ["tcp", "reset"]
        case "unreachable", "port-unreach", "icmp-port-unreach": return ["icmp", "port-unreachable"]
        case "host-unreach", "icmp-host-unreach": return ["icmp", "host-unreachable"]
        case "net-unreach", "icmp-net-unreach": return ["icmp", "net-unreachable"]
        case "admin-prohib", "icmp-admin-prohib", "prohibited": return ["icmp", "admin-prohibited"]
        default: break
        }
        for (prefix, family) in [("icmpv6-", "icmpv6"), ("icmp6-", "icmpv6"), ("icmpx-", "icmpx"), ("icmp-", "icmp")]
        where lower.hasPrefix(prefix) {
            return [family, rejectName(String(lower.dropFirst(prefix.count)))]
        }
        let names = [
            "net-unreachable", "host-unreachable", "port-unreachable", "prot-unreachable", "proto-unreachable",
            "net-prohibited", "host-prohibited", "admin-prohibited",
        ]
        if names.contains(lower) { return ["icmp", rejectName(lower)] }
        return ["no-route", "addr-unreachable"].contains(lower) ? ["icmpv6", lower] : nil
    }

    static func rejectName(_ name: String) -> String {
        switch name {
        case "proto-unreachable": "prot-unreachable"
        case "adm-prohibited": "admin-prohibited"
        case "unreachable": "host-unreachable"
        default: name
        }
    }

    /// The name of the language for an ICMP type.
    static func icmpType(_ word: String) -> String? {
        switch word {
        case "ping", "echo", "echo-request": "echo-request"
        case "pong", "echo-reply": "echo-reply"
        case "ping-request": "echo-request"
        case "unreachable", "destination-unreachable": "destination-unreachable"
        case "time-exceeded", "ttl-exceeded": "time-exceeded"
        case "neighbour-solicitation", "neighbor-solicitation": "nd-neighbor-solicit"
        case "neighbour-advertisement", "neighbor-advertisement": "nd-neighbor-advert"
        case "router-solicitation", "router-advertisement", "parameter-problem", "redirect": word
        default: nil
        }
    }

    /// The period of a rate.
    static func period(_ word: String) -> String? {
        switch word.lowercased() {
        case "s", "sec", "secs", "second", "seconds": "second"
        case "m", "min", "mins", "minute", "minutes": "minute"
        case "h", "hr", "hrs", "hour", "hours": "hour"
        case "d", "day", "days": "day"
        case "w", "week", "weeks": "week"
        default: nil
        }
    }

    /// Services under names that are not those of the registry and could only mean this one, and what to say of the others.
    static let services: [String: String] = [
        "sftp": "ssh", "scp": "ssh", "sshd": "ssh", "samba": "microsoft-ds", "cifs": "microsoft-ds", "web": "http",
        "httpd": "http", "ssl": "https", "tls": "https", "nameserver": "domain", "postfix": "smtp", "mariadb": "mysql",
    ]

    /// Kernel settings that people call by their last word.
    static let settings: [String: String] = [
        "ip_forward": "net.ipv4.ip_forward", "ip_forwarding": "net.ipv4.ip_forward",
        "ipv4.ip_forward": "net.ipv4.ip_forward", "forwarding": "net.ipv6.conf.all.forwarding",
        "ipv6_forwarding": "net.ipv6.conf.all.forwarding", "ipv6.conf.all.forwarding": "net.ipv6.conf.all.forwarding",
        "rp_filter": "net.ipv4.conf.all.rp_filter", "tcp_syncookies": "net.ipv4.tcp_syncookies",
        "syncookies": "net.ipv4.tcp_syncookies", "disable_ipv6": "net.ipv6.conf.all.disable_ipv6",
        "icmp_echo_ignore_all": "net.ipv4.icmp_echo_ignore_all", "ip_nonlocal_bind": "net.ipv4.ip_nonlocal_bind",
        "route_localnet": "net.ipv4.conf.all.route_localnet", "log_martians": "net.ipv4.conf.all.log_martians",
        "nf_conntrack_max": "net.netfilter.nf_conntrack_max",
    ]

    /// The type of a set in the words of other tools.
    static func setType(_ word: String, members: [String]) -> String? {
        switch word {
        case "ipv4_addr", "ipv6_addr", "ip", "addr", "ips", "addresses", "ipv4", "ipv6", "ipaddr", "inet", "hash:ip",
            "host":
            members.contains { $0.contains("/") || $0.contains("-") } ? "prefix" : "address"
        case "net", "network", "networks", "subnet", "cidr", "prefixes", "hash:net", "range": "prefix"
        case "inet_service", "service", "ports", "tcp", "udp", "bitmap:port": "port"
        case "ifname", "iface", "interfaces", "if", "dev", "iface_index": "interface"
        case "inet_proto", "protocol", "l4proto": "proto"
        case "fwmark": "mark"
        default: nil
        }
    }

    /// The type of a set whose members are these.
    static func setType(of members: [String]) -> String? {
        guard let first = members.first else { return nil }
        if first.isDigits || members.allSatisfy({ Service(named: $0) != nil }) { return "port" }
        if first.looksLikeAddress, !first.hasPrefix("$") {
            return members.contains { $0.contains("/") || $0.contains("-") } ? "prefix" : "address"
        }
        if members.allSatisfy({ IPProtocol(named: $0) != nil }) { return "proto" }
        return members.allSatisfy(\.looksLikeInterface) ? "interface" : nil
    }
}
