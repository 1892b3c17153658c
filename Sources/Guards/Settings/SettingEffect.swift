import KernelObjects
import NetworkTypes
import Reconciliation

/// A setting that a change writes, and whether it may decide about the packets of a connection in a way that is not modelled.
struct SettingEffect {
    private let change: SysctlChange
    /// The parts of the name after `net`.
    private let words: [Substring]

    init(_ change: SysctlChange) {
        self.change = change
        words = change.name.split(separator: ".").dropFirst().map { $0 }
    }

    /// Settings that only say what programs do, or how fast, or that are modelled.
    private static let harmlessGroups: [[Substring]] = [["core"], ["unix"], ["mptcp"], ["netfilter", "nf_log"]]

    /// Settings of an interface that change nothing for connections of this host, or that are modelled.
    private static let harmlessOfInterfaces: Set<Substring> = [
        "accept_dad", "accept_local", "accept_ra", "accept_redirects", "accept_source_route", "accept_untracked_na",
        "arp_accept", "arp_announce", "arp_evict_nocarrier", "arp_notify", "autoconf", "bc_forwarding", "bootp_relay",
        "dad_transmits", "disable_ipv6", "drop_gratuitous_arp", "drop_unicast_in_l2_multicast",
        "drop_unsolicited_na", "enhanced_dad", "force_igmp_version", "force_mld_version", "forwarding",
        "igmpv2_unsolicited_report_interval", "igmpv3_unsolicited_report_interval", "keep_addr_on_down",
        "log_martians", "max_addresses", "max_desync_factor", "mc_forwarding", "mldv1_unsolicited_report_interval",
        "mldv2_unsolicited_report_interval", "ndisc_evict_nocarrier", "ndisc_notify", "ndisc_tclass", "optimistic_dad",
        "promote_secondaries", "proxy_arp", "proxy_arp_pvlan", "proxy_ndp", "regen_max_retry", "route_localnet",
        "router_solicitation_delay", "router_solicitation_interval", "router_solicitation_max_interval",
        "router_solicitations", "rp_filter", "secure_redirects", "seg6_enabled", "seg6_require_hmac", "send_redirects",
        "shared_media", "src_valid_mark", "suppress_frag_ndisc", "tag", "temp_prefered_lft", "temp_valid_lft",
        "use_oif_addrs_only", "use_optimistic", "use_tempaddr",
    ]

    /// Beginnings of names of IPv4 and IPv6 that change nothing for connections that packets get through for.
    private static let harmlessBeginnings = [
        "anycast_src_echo_reply", "auto_flowlabels", "bindv6only", "cipso_", "fib_", "flowlabel_", "fwmark_reflect",
        "icmp", "idgen_", "igmp_", "inet_peer_", "ip6frag_", "ip_autobind_reuse", "ip_dynaddr", "ip_early_demux",
        "ip_forward", "ip_local_", "ip_nonlocal_bind", "ip_unprivileged_port_start", "ipfrag_", "max_dst_opts_",
        "max_hbh_", "mld_", "ping_group_range", "raw_", "route.error_", "route.flush", "route.gc_", "route.redirect_",
        "tcp_", "udp_",
    ]

    /// What of `tcp_` does decide.
    private static let decisiveOfTCP: Set<Substring> = ["tcp_l3mdev_accept", "tcp_mem"]

    /// Beginnings of names of connection tracking that decide nothing about TCP, or that are modelled.
    private static let harmlessOfTracking = [
        "acct", "buckets", "checksum", "count", "dccp", "events", "expect_max", "frag6", "generic", "gre", "helper",
        "icmp", "log_invalid", "sctp", "tcp_be_liberal", "tcp_ignore_invalid_rst", "tcp_loose", "tcp_max_retrans",
        "tcp_timeout_established", "timestamp", "udp",
    ]

    /// What of a connection a setting may be about.
    struct Subject {
        var family: AddressFamily
        /// The interfaces that its packets come in by.
        var inputs: Set<String>
        /// Those that they leave by.
        var outputs: Set<String>
        /// Whether the peer is a neighbour.
        var isOnLink: Bool
        /// Whether the interfaces that packets come in by have the address that the peer speaks to.
        var isAddressThere: Bool
        /// How many routers the peer's packets have passed; nil if none were seen.
        var distance: Int?

        var interfaces: Set<String> { inputs.union(outputs) }
    }

    /// What is not known of a connection that it may end, or keep from being opened again; nil if it does not.
    func doubt(about subject: Subject) -> Doubt? {
        guard mayDecide(about: subject) else { return nil }
        return isHopLimit ? .hopLimit(change.name) : .setting(change.name)
    }

    private func mayDecide(about subject: Subject) -> Bool {
        guard words.count > 1, !Self.harmlessGroups.contains(where: { words.starts(with: $0) }) else { return false }
        switch words[0] {
        case "ipv4" where words[1].hasPrefix("tcp_"): return Self.decisiveOfTCP.contains(words[1]) && !isRaised
        case "ipv4" where subject.family == .ipv6, "ipv6" where subject.family == .ipv4: return false
        case "ipv4", "ipv6":
            switch words[1] {
            case "conf": return ofInterface(subject)
            case "neigh": return ofNeighbours(subject.interfaces)
            case "ip_default_ttl": return isShort(for: subject)
            case "route": return words.last == "max_size" && !isRaised
            default:
                let name = words[1...].joined(separator: ".")
                return !Self.harmlessBeginnings.contains { name.hasPrefix($0) }
            }
        case "netfilter": return ofTracking
        case "bridge": return change.new != "0" && words[1].hasPrefix("bridge-nf-call-")
        default: return true
        }
    }

    private var isRaised: Bool {
        let (old, new) = (numbers(change.old), numbers(change.new))
        return old.count == new.count && zip(old, new).allSatisfy { $0 <= $1 }
    }

    private func numbers(_ text: String) -> [Int] {
        text.split { $0 == " " || $0 == "\t" }.compactMap { Int($0) }
    }

    private var isHopLimit: Bool {
        words[1] == "ip_default_ttl" || words.last == "hop_limit"
    }

    /// Whether packets may not get as far as the peer is: 64 routers are enough everywhere, and twice as many as those on its packets' way, and
    /// some more, are enough for it.
    private func isShort(for subject: Subject) -> Bool {
        guard !subject.isOnLink, !isRaised, let new = Int(change.new) else { return !subject.isOnLink && !isRaised }
        return new < min(64, subject.distance.map { 2 * $0 + 8 } ?? 64)
    }

    private func isAbout(_ interfaces: Set<String>) -> Bool {
        words.count > 2 && (words[2] == "all" || interfaces.contains { $0.replacing(".", with: "/") == words[2] })
    }

    private func ofInterface(_ subject: Subject) -> Bool {
        guard let name = words.last else { return false }
        switch name {
        case "hop_limit": return isAbout(subject.outputs) && isShort(for: subject)
        // Who asks for an address of another interface gets no answer, or one that leaves elsewhere.
        case "arp_filter": return isAbout(subject.inputs) && change.new != "0" && !subject.isAddressThere
        case "arp_ignore":
            let isHarmless = change.new == "0" || ["1", "2", "3"].contains(change.new) && subject.isAddressThere
            return isAbout(subject.inputs) && !isHarmless
        default:
            return isAbout(subject.interfaces) && !Self.harmlessOfInterfaces.contains(name)
                && !name.hasPrefix("accept_ra")
        }
    }

    private func ofNeighbours(_ interfaces: Set<String>) -> Bool {
        guard words.count > 3, words[2] == "default" || isAbout(interfaces), let name = words.last else {
            return false
        }
        // How often a neighbour is asked for, and how many there may be.
        return name.hasSuffix("_solicit") && change.new == "0" || name.hasPrefix("gc_thresh") && !isRaised
    }

    private var ofTracking: Bool {
        guard words[1].hasPrefix("nf_conntrack_") else { return !words[1].hasPrefix("nf_log") }
        let name = words[1].dropFirst("nf_conntrack_".count)
        guard !Self.harmlessOfTracking.contains(where: { name.hasPrefix($0) }) else { return false }
        return !isRaised
    }
}

extension NetworkState {
    /// Whether packets of this host's own leave the way that they did once a setting is written, as long as routes and rules stay.
    func leavesWays(_ change: SysctlChange) -> Bool {
        let name = change.name
        // A router prefers those of several default routes whose routers answer no more (`ip6_pol_route`).
        if name.hasPrefix("net.ipv6."), routes.contains(where: { $0.isAdvertised && $0.key.destination.length == 0 }) {
            return false
        }
        return ["net.ipv4.ip_forward", "net.core.", "net.netfilter."].contains { name.hasPrefix($0) }
            || name.hasSuffix(".forwarding") || name.hasSuffix(".rp_filter")
            || name.hasPrefix("net.ipv4.tcp_") && name != Self.marksOfAccepted
    }
}
