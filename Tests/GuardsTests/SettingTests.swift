import KernelObjects
import NetworkTypes
import Testing

@testable import Guards

/// What settings of a file make of two ssh sessions that come through routers.
@Suite struct SettingTests {
    private func findings(_ lines: String, now: [String: String]) throws -> [String] {
        var host = SampleHost()
        host.observed.sysctls = now.map { SysctlObject(name: $0.key, value: $0.value) }
        return try host.findings(lines).map(\.words)
    }

    @Test(
        arguments: [
            ("net.ipv4.ip_default_ttl", "64", "3", ["unjudged 4 established net.ipv4.ip_default_ttl"]),
            ("net.ipv4.ip_default_ttl", "255", "64", []),
            ("net.ipv6.conf.eth0.hop_limit", "64", "3", ["unjudged 6 established net.ipv6.conf.eth0.hop_limit"]),
            ("net.ipv6.conf.eth1.hop_limit", "64", "3", []),
            ("net.ipv4.conf.eth0.arp_ignore", "0", "8", ["unjudged 4 established net.ipv4.conf.eth0.arp_ignore"]),
            ("net.ipv4.conf.all.arp_ignore", "0", "1", []),
            ("net.ipv4.conf.all.arp_filter", "0", "1", []),
            ("net.ipv4.conf.all.log_martians", "0", "1", []),
            ("net.ipv4.conf.default.arp_ignore", "0", "8", []),
            ("net.core.somaxconn", "128", "4096", []),
            ("net.ipv4.tcp_syncookies", "1", "0", []),
            ("net.ipv4.ip_forward", "0", "1", []),
            ("net.netfilter.nf_conntrack_tcp_timeout_established", "432000", "1", []),
            (
                "net.netfilter.nf_conntrack_tcp_timeout_unacknowledged", "300", "1",
                ["unjudged 4+6 established net.netfilter.nf_conntrack_tcp_timeout_unacknowledged"]
            ),
            ("net.netfilter.nf_conntrack_max", "65536", "131072", []),
            // What nobody has thought of.
            ("net.ipv4.conf.eth0.of_the_future", "0", "1", ["unjudged 4 established net.ipv4.conf.eth0.of_the_future"]),
            ("net.unheard.of", "0", "1", ["unjudged 4+6 established net.unheard.of"]),
        ] as [(String, String, String, [String])]
    )
    func aSettingIsHarmlessOrNotKnown(name: String, now: String, wanted: String, expected: [String]) throws {
        #expect(try findings("sysctl \(name) = \(wanted)", now: [name: now]) == expected)
    }

    /// How far away the peer is its packets tell.
    @Test(
        arguments: [
            (nil, "40", ["unjudged 4 established net.ipv4.ip_default_ttl"]), (1, "40", []),
            (20, "40", ["unjudged 4 established net.ipv4.ip_default_ttl"]),
            (3, "3", ["unjudged 4 established net.ipv4.ip_default_ttl"]), (40, "64", []),
        ] as [(Int?, String, [String])]
    )
    func aHopLimitIsEnoughForANearPeer(distance: Int?, limit: String, expected: [String]) throws {
        var host = SampleHost()
        host.observed.sysctls = [SysctlObject(name: "net.ipv4.ip_default_ttl", value: "128")]
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        host.facts.connections[0].distance = distance
        #expect(try host.findings("sysctl net.ipv4.ip_default_ttl = \(limit)").map(\.words) == expected)
    }

    /// Questions for addresses come where packets come in; where answers leave decides nothing.
    @Test func addressesAreAskedForWherePacketsComeIn() throws {
        var host = SampleHost()
        host.observed.routes.removeAll { $0.key.destination == .all(.ipv4) }
        host.observed.routes.append(SampleHost.route("default4", by: "eth1", via: "198.51.100.2", owner: 16))
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        host.observed.sysctls = ["all", "eth1"].map { SysctlObject(name: "net.ipv4.conf.\($0).arp_ignore", value: "0") }
        #expect(try host.findings("sysctl net.ipv4.conf.all.arp_ignore = 1").map(\.words) == [])
        #expect(try host.findings("sysctl net.ipv4.conf.eth1.arp_ignore = 8").map(\.words) == [])
        // By which interface packets come in a look at them tells.
        host.facts.connections[0].input = nil
        #expect(
            try host.findings("sysctl net.ipv4.conf.all.arp_ignore = 1").map(\.words)
                == ["unjudged 4 established net.ipv4.conf.all.arp_ignore input"]
        )
        host.facts.connections[0].input = "eth1"
        #expect(
            try host.findings("sysctl net.ipv4.conf.all.arp_ignore = 1").map(\.words)
                == ["unjudged 4 established net.ipv4.conf.all.arp_ignore"]
        )
    }

    private static let timeout = "net.netfilter.nf_conntrack_tcp_timeout_established"
    private static let loose = "net.netfilter.nf_conntrack_tcp_loose"
    private static let beginnings = """
        policy in drop
        accept in ct state established
        accept in tcp dport 22 flags syn / syn,ack
        accept in icmpv6

        """

    /// Tracking forgets whoever is silent for long, unless the kernel asks for a sign of life before.
    @Test(
        arguments: [
            (beginnings, [timeout: "1"], ["lockout 4+6 resumption(seconds: 1) policy of input"]),
            (beginnings, [timeout: "7200"], ["lockout 4+6 resumption(seconds: 7200) policy of input"]),
            (beginnings, [timeout: "7201"], []),
            (beginnings, [timeout: "3600", "net.ipv4.tcp_keepalive_time": "600"], []),
            // What is taken up in its middle is a new connection, and those are let in.
            ("policy in drop\naccept in tcp dport 22\naccept in icmpv6\n", [timeout: "1"], []),
            ("drop in ct state invalid\n", [timeout: "1"], []),
            (
                "drop in ct state invalid\n", [timeout: "1", loose: "0"],
                ["lockout 4+6 resumption(seconds: 1) input#0"]
            ),
            // If the host speaks first it is answered.
            (
                "policy out drop\naccept out ct state established\naccept out icmpv6\n", [timeout: "1"],
                ["unjudged 4+6 resumption(seconds: 1) \(timeout)"]
            ),
        ] as [(String, [String: String], [String])]
    )
    func whatIsForgottenIsNotEstablished(rules: String, settings: [String: String], expected: [String]) throws {
        let lines = settings.map { "sysctl \($0.key) = \($0.value)\n" }.joined()
        let now = [Self.timeout: "432000", Self.loose: "1", "net.ipv4.tcp_keepalive_time": "7200"]
        // The file says so, or the host does already.
        #expect(try findings(rules + lines, now: now) == expected)
        #expect(try findings(rules, now: now.merging(settings) { $1 }) == expected)
    }

    /// A connection that is not tracked cannot be taken up in its middle then.
    @Test func whatIsNotTakenUpIsCut() throws {
        var host = SampleHost()
        host.observed.sysctls = [SysctlObject(name: Self.loose, value: "1")]
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1", tracked: false)]
        let file = "drop in ct state invalid\nsysctl \(Self.loose) = "
        #expect(try host.findings(file + "0").map(\.words) == ["untracked 4"])
        #expect(try host.findings(file + "1").map(\.words) == [])
    }

    /// What has a lifetime whoever gave it has to give again.
    @Test func addressesThatRoutersGaveAreNamed() throws {
        var host = SampleHost()
        let setting = "net.ipv6.conf.eth1.disable_ipv6"
        host.observed.sysctls = [SysctlObject(name: setting, value: "0")]
        host.observed.addresses += [("2001:db8:2::1", true), ("2001:db8:2::77", false), ("fe80::7", false)].map {
            AddressObject(
                interfaceIndex: 3,
                address: SampleHost.endpoint($0.0, 0).address,
                prefixLength: 64,
                scope: 0,
                isPermanent: $0.1
            )
        }
        let found = try host.findings("sysctl \(setting) = 1")
        #expect(found.map(\.words) == ["leases 1 \(setting)"])
        #expect(found.first?.override == nil)
        host.facts.connections = []
        #expect(try host.findings("sysctl \(setting) = 1").map(\.words) == ["leases 1 \(setting)"])
    }

    // MARK: Routers' advertisements

    private var advertised: SampleHost {
        var host = SampleHost()
        for index in host.observed.routes.indices where host.observed.routes[index].key.destination == .all(.ipv6) {
            host.observed.routes[index].routeProtocol = 9
        }
        return host
    }

    @Test(
        arguments: [
            ("drop in icmpv6 type nd-router-advert", ["default route ends input#0"]),
            (
                "policy in drop\naccept in tcp dport 22\naccept in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }",
                ["default route ends policy of input"]
            ),
            ("policy in drop\naccept in tcp dport 22\naccept in icmpv6", []),
            ("drop in on eth1 icmpv6 type nd-router-advert", []),
            ("drop in icmpv6 type nd-router-advert\nroute default via 2001:db8::ff metric 50", []),
        ] as [(String, [String])]
    )
    func advertisementsThatAreKeptOutAreMissed(rules: String, expected: [String]) throws {
        let found = try advertised.findings(rules)
        #expect(found.map(\.words) == expected)
        #expect(found.allSatisfy { $0.override == .noDefaultRoute })
        #expect(try SampleHost().findings(rules).allSatisfy { !$0.words.hasPrefix("default route ends") })
    }

    @Test func aHostThatBecomesARouterLosesItsDefaultRoute() throws {
        var host = advertised
        let (forwarding, accept) = ("net.ipv6.conf.eth0.forwarding", "net.ipv6.conf.eth0.accept_ra")
        host.observed.sysctls = [
            SysctlObject(name: forwarding, value: "0"), SysctlObject(name: accept, value: "1"),
        ]
        let found = try host.findings("sysctl \(forwarding) = 1").map(\.words)
        #expect(found == ["lockout 6 establishedAnswer no route", "no default route ipv6"])
        #expect(try host.findings("sysctl \(accept) = 2\nsysctl \(forwarding) = 1").map(\.words) == [])
        #expect(try host.findings("sysctl \(forwarding) = 1\nsysctl \(accept) = 2").map(\.words) == [])
        let all = "net.ipv6.conf.all.forwarding"
        host.observed.sysctls.append(SysctlObject(name: all, value: "0"))
        #expect(try host.findings("sysctl \(accept) = 2\nsysctl \(all) = 1").map(\.words) == [])
        #expect(try host.findings("sysctl \(accept) = 0").map(\.words) == ["default route ends \(accept)"])
    }

    /// The route is there, and no advertisement makes it live on: routers take those only with `accept_ra` 2.
    @Test func aRouterThatTakesAdvertisementsNoMoreLosesItsDefaultRoute() throws {
        var host = advertised
        let (forwarding, accept) = ("net.ipv6.conf.eth0.forwarding", "net.ipv6.conf.eth0.accept_ra")
        host.observed.sysctls = [
            SysctlObject(name: forwarding, value: "1"), SysctlObject(name: accept, value: "2"),
        ]
        #expect(try host.findings("sysctl \(accept) = 1").map(\.words) == ["default route ends \(forwarding)"])
        host.observed.sysctls[0].value = "0"
        #expect(try host.findings("sysctl \(accept) = 1").map(\.words) == [])
    }
}
