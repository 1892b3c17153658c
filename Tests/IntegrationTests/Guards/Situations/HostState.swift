import TestSupport

/// What others have made on the host: rules of policy routing, tables of nf_tables, settings.
struct HostState {
    let name: String
    let make: @Sendable (Scene) throws -> Void

    init(_ name: String, _ make: @escaping @Sendable (Scene) throws -> Void) {
        self.name = name
        self.make = make
    }

    static let plain = HostState("") { _ in }

    /// Those that leave a session through a router as it is.
    static let all: [HostState] = [
        HostState("rule not from the address") { scene in
            try scene.ip(
                "route add unreachable default table 77",
                "rule add not from \(scene.local) table 77 priority 90"
            )
        },
        HostState("rule sport 22 to a table of its own") { scene in
            try scene.ip(
                "route add default via \(scene.family.router) table 77",
                "rule add ipproto tcp sport 22 table 77 priority 90",
                "route replace default via \(scene.family.otherRouter)"
            )
        },
        HostState("rule dport 443") { scene in
            try scene.ip(
                "route add unreachable default table 77",
                "rule add ipproto tcp dport 443 table 77 priority 90"
            )
        },
        HostState("rule uidrange of root to a table of its own") { scene in
            try scene.ip(
                "route add default via \(scene.family.router) table 77",
                "rule add uidrange 0-0 table 77 priority 90",
                "route replace default via \(scene.family.otherRouter)"
            )
        },
        HostState("rule uidrange of another user") { scene in
            try scene.ip("route add unreachable default table 77", "rule add uidrange 1000-2000 table 77 priority 90")
        },
        HostState("rule goto") { scene in
            try scene.ip(
                "route add unreachable default table 77",
                "rule add from all table main priority 300",
                "rule add from all table 77 priority 200",
                "rule add from \(scene.local) goto 300 priority 100"
            )
        },
        HostState("rules that suppress default routes") { scene in
            try scene.ip(
                "route add default via \(scene.family.router) table 77",
                "rule add table main suppress_prefixlength 0 priority 90",
                "rule add table 77 priority 91"
            )
        },
        HostState("rule fwmark with a mask") { scene in
            try scene.ip("route add unreachable default table 77", "rule add fwmark 0x10/0xf0 table 77 priority 90")
        },
        HostState("rule iif and rule oif") { scene in
            try scene.ip(
                "route add unreachable default table 77",
                "rule add iif eth1 table 77 priority 90",
                "rule add oif eth1 table 77 priority 91"
            )
        },
        HostState("rule l3mdev") { scene in try scene.ip("rule add l3mdev priority 90") },
        HostState("rule tos") { scene in
            try scene.ip("route add unreachable default table 77", "rule add tos 0x10 table 77 priority 90")
        },
        HostState("marks of the connection brought back by another program, for a second way") { scene in
            let word = scene.family == .ipv4 ? "ip" : "ip6"
            let rules = """
                table \(word) theirs-mangle {
                    chain prerouting {
                        type filter hook prerouting priority -150
                        iif eth0 ct state new ct mark set 1
                        meta mark set ct mark
                    }
                    chain output { type route hook output priority -150; meta mark set ct mark; }
                }

                """
            try scene.host.outputOf("nft", "-f", "-", input: rules)
            try scene.ip(
                "route add default via \(scene.family.router) table 77",
                "rule add fwmark 1 table 77 priority 90",
                "route replace default via \(scene.family.otherRouter)"
            )
        },
        HostState("a table of another program that accepts ssh") { scene in
            let rules = """
                table inet theirs-filter {
                    chain input { type filter hook input priority 0; policy drop; tcp dport 22 accept; icmpv6 type 130-140 accept; }
                }

                """
            try scene.host.outputOf("nft", "-f", "-", input: rules)
        },
        HostState("rp_filter strict") { scene in try scene.set("net.ipv4.conf.all.rp_filter=1") },
        HostState("rp_filter loose") { scene in try scene.set("net.ipv4.conf.all.rp_filter=2") },
        HostState("rp_filter strict, with marks valid") { scene in
            try scene.set("net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.all.src_valid_mark=1")
        },
        HostState("connections forgotten after a second") { scene in
            try scene.set("net.netfilter.nf_conntrack_tcp_timeout_established=1")
        },
        HostState("connections that begin in the middle are invalid") { scene in
            try scene.set("net.netfilter.nf_conntrack_tcp_loose=0")
        },
        HostState("answers with the mark of the question") { scene in
            try scene.set("net.ipv4.tcp_fwmark_accept=1", "net.ipv4.fwmark_reflect=1")
        },
        HostState("arp for an interface's own addresses alone") { scene in
            try scene.set("net.ipv4.conf.all.arp_ignore=1", "net.ipv4.conf.all.arp_announce=2")
        },
        HostState("addresses of this host accepted as sources") { scene in
            try scene.set("net.ipv4.conf.all.accept_local=1")
        },
    ]
}
