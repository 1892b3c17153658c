/// A rule file for a situation, written for the addresses and interfaces there.
struct SituationFile {
    let name: String
    /// What was applied before the session.
    let earlier: (@Sendable (Scene) -> String)?
    let text: @Sendable (Scene) -> String

    init(
        _ name: String,
        after earlier: (@Sendable (Scene) -> String)? = nil,
        _ text: @escaping @Sendable (Scene) -> String
    ) {
        self.name = name
        self.earlier = earlier
        self.text = text
    }

    /// Rules that let ssh in, and what every host needs.
    static let letIn =
        "policy in drop\naccept in ct state established,related\naccept in tcp dport ssh\naccept in icmpv6\n"
}

extension SituationFile {
    /// Files that fit every network.
    static let general: [SituationFile] = harmless + filters + routes + settings

    private static let harmless: [SituationFile] = [
        SituationFile("lets ssh in") { _ in letIn },
        SituationFile("lets ssh in without states") { _ in "policy in drop\naccept in tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("lets the peer in") { scene in
            "policy in drop\naccept in saddr \(scene.peer) tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("lets the interface in") { scene in
            "policy in drop\naccept in on \(scene.interface) tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("lets in what comes for the address") { scene in
            "policy in drop\naccept in daddr \(scene.local) tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("closes out, with states") { _ in
            "policy out drop\naccept out ct state established,related\naccept out icmpv6\n"
        },
        SituationFile("closes out, without states") { _ in
            "policy out drop\naccept out tcp sport ssh\naccept out icmpv6\n"
        },
        SituationFile("is about something else") { _ in "drop in tcp dport telnet\ndrop in udp dport 1000-2000\n" },
        SituationFile("drops what is invalid") { _ in "drop in ct state invalid\n" + letIn },
        SituationFile("takes ssh out of tracking") { _ in
            "notrack in tcp dport ssh\nnotrack out tcp sport ssh\npolicy in drop\naccept in tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("masquerades others") { scene in
            "masquerade out on \(scene.otherInterface) saddr \(scene.family.serviceNetwork)\n" + letIn
        },
        SituationFile("limits new connections") { _ in
            "policy in drop\naccept in ct state established,related\naccept in tcp dport ssh ct state new limit 100/second burst 100\naccept in icmpv6\n"
        },
        SituationFile("routes something else") { scene in
            "route blackhole \(scene.family.nobody)\nrule from \(scene.family.nobody) prohibit\n" + letIn
        },
        SituationFile("marks something else") { scene in
            "set mark 1 in udp dport domain\ntable extra = 99\nroute blackhole \(scene.family.everything) table extra\n"
                + "rule \(scene.family.word) fwmark 1 lookup extra\n"
        },
    ]

    private static let filters: [SituationFile] = [
        SituationFile("drops the peer") { scene in "drop in saddr \(scene.peer)\n" },
        SituationFile("drops ssh") { _ in "drop in tcp dport ssh\n" },
        SituationFile("rejects new connections") { _ in "reject in tcp dport ssh flags syn / syn,ack\n" },
        SituationFile("lets in what is established") { _ in
            "policy in drop\naccept in ct state established,related\naccept in icmpv6\n"
        },
        SituationFile("lets ssh in at another interface") { _ in
            "policy in drop\naccept in on eth9 tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("lets others in") { scene in
            "set friends: prefix { \(scene.family.nobody) }\npolicy in drop\naccept in saddr @friends tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("closes out") { _ in "policy out drop\naccept out udp dport domain\n" },
        SituationFile("drops answers to the peer") { scene in "drop out daddr \(scene.peer)\n" },
        SituationFile("drops what goes out of the interface") { scene in "drop out on \(scene.interface)\n" },
        SituationFile("sends ssh to another port") { _ in "redirect in tcp dport ssh to :2222\n" },
        SituationFile("sends ssh to another host") { scene in "dnat in tcp dport ssh to \(scene.family.service)7\n" },
        SituationFile("takes ssh out of tracking and asks for states") { _ in "notrack in tcp dport ssh\n" + established
        },
        SituationFile("takes answers out of tracking and asks for states") { _ in
            "notrack out tcp sport ssh\npolicy out drop\naccept out ct state established\naccept out icmpv6\n"
        },
        SituationFile("drops marked packets") { _ in "set mark 0x20/0xf0 in tcp dport ssh\ndrop in mark 0x20/0xf0\n" },
        SituationFile("drops packets of this user") { _ in "drop out skuid root tcp sport ssh\n" },
        SituationFile("drops early") { _ in
            "chain early hook prerouting priority raw - 5 policy accept {\n    drop tcp dport ssh flags syn / syn,ack\n}\n"
        },
        SituationFile("keeps ICMP out") { _ in
            "policy in drop\naccept in ct state established,related\naccept in tcp dport ssh\n"
        },
    ]

    private static let established =
        "policy in drop\naccept in ct state established,related\naccept in tcp dport ssh ct state new\naccept in icmpv6\n"

    private static let routes: [SituationFile] = [
        SituationFile("has no route to the peer") { scene in "route unreachable \(scene.peer)\n" },
        SituationFile("routes the peer elsewhere") { scene in
            "route \(scene.peer) dev lo\n"
        },
        SituationFile("prohibits the address") { scene in "rule from \(scene.local) prohibit\n" },
        SituationFile("routes the address by a table of its own") { scene in
            "table extra = 99\nroute blackhole \(scene.family.everything) table extra\nrule from \(scene.local) lookup extra\n"
        },
        SituationFile("routes by a mark that answers get") { scene in
            "set mark 7 out tcp sport ssh\ntable extra = 99\nroute blackhole \(scene.family.everything) table extra\n"
                + "rule \(scene.family.word) fwmark 7 lookup extra\n"
        },
        SituationFile("routes by a mark of the connection") { scene in
            "set ct mark 7 in tcp dport ssh\nset mark 7 out ct mark 7\ntable extra = 99\n"
                + "route blackhole \(scene.family.everything) table extra\nrule \(scene.family.word) fwmark 7 lookup extra\n"
        },
        SituationFile("routes by the mark of the question") { scene in
            "set mark 7 in tcp dport ssh\nsysctl net.ipv4.tcp_fwmark_accept = 1\ntable extra = 99\n"
                + "route blackhole \(scene.family.everything) table extra\nrule \(scene.family.word) fwmark 7 lookup extra\n"
        },
        SituationFile(
            "takes away a route that answers need",
            after: { scene in
                "route \(scene.peer) { via \(scene.family.router) }\nroute unreachable \(scene.family.nobody)\n"
            },
            { scene in "route unreachable \(scene.family.nobody)\n" }
        ),
        SituationFile(
            "takes away what it had",
            after: { scene in "rule from \(scene.local) lookup main priority 50\n" + letIn },
            { _ in letIn }
        ),
    ]

    private static let settings: [SituationFile] = [
        SituationFile("shortens the time to live") { scene in
            scene.family == .ipv4
                ? "sysctl net.ipv4.ip_default_ttl = 3\n"
                : "sysctl net.ipv6.conf.\(scene.interface).hop_limit = 3\n"
        },
        SituationFile("keeps the time to live long enough") { scene in
            scene.family == .ipv4
                ? "sysctl net.ipv4.ip_default_ttl = 40\n"
                : "sysctl net.ipv6.conf.\(scene.interface).hop_limit = 40\n"
        },
        SituationFile("answers no question for addresses") { scene in
            scene.family == .ipv4
                ? "sysctl net.ipv4.conf.\(scene.interface).arp_ignore = 8\n"
                : "drop in icmpv6 type nd-neighbor-solicit\n"
        },
        SituationFile("checks sources strictly") { scene in
            "sysctl net.ipv4.conf.\(scene.interface).rp_filter = 1\n" + letIn
        },
        SituationFile("checks sources loosely") { scene in
            "sysctl net.ipv4.conf.all.rp_filter = 2\n" + letIn
        },
        SituationFile("answers for an interface's own addresses alone") { _ in
            "sysctl net.ipv4.conf.all.arp_ignore = 1\nsysctl net.ipv4.conf.all.arp_filter = 1\n" + letIn
        },
        SituationFile("tracks nothing from its middle") { _ in
            "sysctl net.netfilter.nf_conntrack_tcp_loose = 0\ndrop in ct state invalid\n" + letIn
        },
        SituationFile("tracks whatever the window") { _ in
            "sysctl net.netfilter.nf_conntrack_tcp_be_liberal = 1\ndrop in ct state invalid\n" + letIn
        },
        SituationFile("forgets connections after a second") { _ in
            "sysctl net.netfilter.nf_conntrack_tcp_timeout_established = 1\npolicy in drop\naccept in ct state established\n"
                + "accept in tcp dport ssh flags syn / syn,ack\naccept in icmpv6\n"
        },
        SituationFile("switches IPv6 off") { scene in "sysctl net.ipv6.conf.\(scene.interface).disable_ipv6 = 1\n" },
        SituationFile("forwards") { _ in
            "sysctl net.ipv4.ip_forward = 1\nsysctl net.ipv6.conf.all.forwarding = 1\n" + letIn
        },
        SituationFile("takes no router advertisements") { scene in
            "sysctl net.ipv6.conf.\(scene.interface).accept_ra = 0\n" + letIn
        },
        SituationFile("keeps router advertisements out") { _ in "drop in icmpv6 type nd-router-advert\n" },
        SituationFile("lets in what begins") { _ in
            "policy in drop\naccept in ct state established\naccept in tcp dport ssh flags syn / syn,ack\naccept in icmpv6\n"
        },
    ]
}
