extension SituationFile {
    /// Files that are about one kind of network.
    static func special(_ topology: Topology) -> [SituationFile] {
        switch topology {
        case .byTunnel, .besideTunnel: tunnelRules
        case .vxlan:
            [
                SituationFile("drops what the tunnel is made of") { _ in "drop in udp dport 4789\n" },
                SituationFile("lets ssh in, and not what the tunnel is made of") { _ in
                    "policy in drop\naccept in ct state established\naccept in tcp dport ssh\naccept in icmpv6\naccept in icmp\n"
                },
                SituationFile("lets the tunnel in") { _ in letIn + "accept in udp dport 4789\n" },
                SituationFile("closes out but for ssh") { _ in
                    "policy out drop\naccept out tcp sport ssh\naccept out icmpv6\n"
                },
                SituationFile("routes the other end of the tunnel elsewhere") { scene in
                    "route unreachable \(scene.family.admin)\n"
                },
                SituationFile("prohibits what the tunnel is made of") { scene in
                    "rule from \(scene.family.host) prohibit\n"
                },
            ]
        case .relay:
            [
                SituationFile("lets no connection out") { _ in "drop out tcp dport ssh\n" },
                SituationFile("lets nothing back in") { _ in
                    "policy in drop\naccept in on lo\naccept in tcp dport ssh\naccept in icmpv6\n"
                },
                SituationFile("closes out but for answers of ssh") { _ in
                    "policy out drop\naccept out on lo\naccept out tcp sport ssh\naccept out icmpv6\n"
                },
                SituationFile("lets what is established in") { _ in
                    "policy in drop\naccept in on lo\naccept in ct state established,related\naccept in icmpv6\n"
                },
                SituationFile("closes lo") { _ in
                    "policy in drop\naccept in ct state established\naccept in on eth0 tcp dport ssh\naccept in icmpv6\n"
                },
                SituationFile("routes the relay elsewhere") { scene in "route unreachable \(scene.family.admin)\n" },
            ]
        case .asymmetric, .otherInterface, .sourceRouted: crossing
        case .routedAddress, .addressOnLoopback:
            [
                SituationFile("drops what comes for the address") { scene in "drop in daddr \(scene.local)\n" },
                SituationFile("lets in what comes for the interface's address") { scene in
                    "policy in drop\naccept in daddr \(scene.family.host) tcp dport ssh\naccept in icmpv6\n"
                },
                SituationFile("lets lo in alone") { _ in "policy in drop\naccept in on lo\naccept in icmpv6\n" },
                SituationFile("prohibits the network of the address") { scene in
                    "rule from \(scene.family.serviceNetwork) prohibit\n"
                },
            ]
        case .advertised: advertised
        case .bridge, .macvlan:
            [
                SituationFile("lets the port of the bridge in") { _ in
                    "policy in drop\naccept in on eth0 tcp dport ssh\naccept in icmpv6\n"
                },
                SituationFile("drops what comes in by the port of the bridge") { _ in "drop in on eth0\n" },
            ]
        case .translated:
            [
                SituationFile("lets in the port that was asked for") { _ in
                    "policy in drop\naccept in tcp dport 2022\naccept in icmpv6\n"
                },
                SituationFile("lets in what was translated") { _ in
                    "policy in drop\naccept in ct status dnat\naccept in icmpv6\n"
                },
                SituationFile("drops the port that was asked for") { _ in
                    "chain early hook prerouting priority raw {\n    drop tcp dport 2022\n}\n"
                },
            ]
        case .twoHops, .nexthopObject, .onLink:
            [
                SituationFile("checks the sources of the second cable strictly") { _ in
                    "sysctl net.ipv4.conf.eth0.rp_filter = 1\nsysctl net.ipv4.conf.eth1.rp_filter = 1\n"
                },
                SituationFile("routes the peer's network elsewhere") { scene in
                    "route unreachable \(scene.family.adminNetwork)\n"
                },
            ]
        case .cable, .linkLocal, .activation, .routed, .far: []
        }
    }

    private static let tunnelRules: [SituationFile] = [
        SituationFile("marks answers as the tunnel's own packets") { _ in "set mark 51820 out tcp sport ssh\n" },
        SituationFile("marks answers") { _ in "set mark 5 out tcp sport ssh\n" },
        SituationFile("marks what comes in and sends answers with that mark") { _ in
            "set ct mark 51820 in tcp dport ssh\nset mark 51820 out ct mark 51820\n"
        },
        SituationFile(
            "takes away the route beside the tunnel",
            after: { scene in
                "route \(scene.peer) via \(scene.family.router)\nrule from \(scene.family.nobody) prohibit\n"
            },
            { scene in "rule from \(scene.family.nobody) prohibit\n" }
        ),
        SituationFile("routes the peer beside the tunnel") { scene in "route \(scene.peer) via \(scene.family.router)\n"
        },
        SituationFile("looks into main before the tunnel") { scene in
            "rule \(scene.family.word) to \(scene.family.adminNetwork) lookup main priority 100\n"
        },
        SituationFile("looks into main before the tunnel, for all") { scene in
            "rule \(scene.family.word) lookup main priority 100\n"
        },
        SituationFile("refuses what is for the tunnel's table") { scene in
            "table tunnel = 51820\nroute unreachable \(scene.family.adminNetwork) table tunnel\n"
        },
        SituationFile("checks sources strictly everywhere") { _ in
            "sysctl net.ipv4.conf.all.rp_filter = 1\nsysctl net.ipv4.conf.all.src_valid_mark = 1\n"
        },
        SituationFile("checks sources strictly, with marks") { _ in
            "set mark 51820 in tcp dport ssh\nsysctl net.ipv4.conf.all.rp_filter = 1\nsysctl net.ipv4.conf.all.src_valid_mark = 1\n"
        },
        SituationFile("checks sources strictly, with marks that do not count") { _ in
            "set mark 51820 in tcp dport ssh\nsysctl net.ipv4.conf.all.rp_filter = 1\n"
        },
        SituationFile("lets no packet out by the tunnel") { _ in "drop out on wg0\n" },
        SituationFile("lets no packet in by the tunnel") { _ in "drop in on wg0\n" },
    ]

    private static let crossing: [SituationFile] = [
        SituationFile("checks sources strictly at both") { _ in
            "sysctl net.ipv4.conf.eth0.rp_filter = 1\nsysctl net.ipv4.conf.eth1.rp_filter = 1\n"
        },
        SituationFile("lets in what comes by the way of the answers") { _ in
            "policy in drop\naccept in on eth1 tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("lets in what comes by the first cable") { _ in
            "policy in drop\naccept in on eth0 tcp dport ssh\naccept in icmpv6\n"
        },
        SituationFile("drops what comes by the first cable") { _ in "drop in on eth0 tcp dport ssh\n" },
        SituationFile("drops what goes out by the first cable") { _ in "drop out on eth0\n" },
        SituationFile("drops what goes out by the second cable") { _ in "drop out on eth1\n" },
        SituationFile("asks for the way of the connection") { _ in
            "set ct mark 9 in on eth0\nset mark 9 out ct mark 9\ndrop out mark 9\n"
        },
        SituationFile("marks and checks sources") { scene in
            "set mark 9 in tcp dport ssh\ntable extra = 99\nroute default via \(scene.family.router) table extra\n"
                + "rule \(scene.family.word) fwmark 9 lookup extra\nsysctl net.ipv4.conf.eth0.rp_filter = 1\n"
                + "sysctl net.ipv4.conf.eth0.src_valid_mark = 1\n"
        },
        SituationFile("answers for an interface's own addresses alone, at both") { _ in
            "sysctl net.ipv4.conf.eth0.arp_ignore = 1\nsysctl net.ipv4.conf.eth1.arp_ignore = 1\n"
        },
    ]

    private static let advertised: [SituationFile] = [
        SituationFile("lets ssh in, and no router advertisements") { _ in
            "policy in drop\naccept in ct state established\naccept in tcp dport ssh\n"
                + "accept in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, echo-request }\n"
        },
        SituationFile("becomes a router") { _ in "sysctl net.ipv6.conf.all.forwarding = 1\n" },
        SituationFile("becomes a router that still takes advertisements") { _ in
            "sysctl net.ipv6.conf.eth0.accept_ra = 2\nsysctl net.ipv6.conf.all.forwarding = 1\n"
        },
        SituationFile("takes no advertisements") { _ in "sysctl net.ipv6.conf.eth0.accept_ra = 0\n" },
        SituationFile("takes no default route") { _ in "sysctl net.ipv6.conf.eth0.accept_ra_defrtr = 0\n" },
        SituationFile("takes no advertisements anywhere") { _ in "sysctl net.ipv6.conf.all.accept_ra = 0\n" },
        SituationFile("drops advertisements early") { _ in
            "chain early hook prerouting priority raw {\n    drop icmpv6 type nd-router-advert\n}\n"
        },
        SituationFile("has a default route of its own") { scene in
            "route default via \(scene.family.router) metric 50\ndrop in icmpv6 type nd-router-advert\n"
        },
    ]
}
