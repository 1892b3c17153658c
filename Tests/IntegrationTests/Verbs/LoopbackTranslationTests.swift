import TestSupport
import Testing

/// What is translated on its way to this host's own addresses, and what the warnings say of it (W023, W024).
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct LoopbackTranslationTests {
    /// When a connection of this host to itself comes in by `lo`, its translation is settled.
    @Test(arguments: [
        ("redirect", " to :2000"), ("dnat", " to 127.0.0.1:2000"),
    ])
    func whatThisHostSendsToItselfIsTranslatedWhereItLeaves(verb: String, target: String) throws {
        let host = try Lab().here("host")
        let server = try host.serveTCP(port: 2000)
        try withWeir { weir in
            let warning = try weir.apply(rules: "\(verb) in on lo tcp dport 21\(target)\n").errorOutput
            #expect(warning.contains("W023") && warning.contains("`\(verb) out on lo`"), "\(warning)")
            #expect(try host.connect(to: "127.0.0.1", port: 21) == .reset)
            let silence = try weir.apply(rules: "\(verb) out on lo tcp dport 21\(target)\n").errorOutput
            #expect(silence.isEmpty)
            #expect(try host.connect(to: "127.0.0.1", port: 21).isConnected)
            #expect(server.visits(atLeast: 1).count == 1)
        }
    }

    @Test func theSourceOfWhatThisHostSendsToItselfIsTranslatedWhereItLeaves() throws {
        let host = try Lab().here("host")
        let server = try host.serveTCP(port: 2000)
        try withWeir { weir in
            #expect(try weir.apply(rules: "snat in on lo to 127.0.0.9\n").errorOutput.contains("W023"))
            #expect(try host.connect(to: "127.0.0.1", port: 2000).isConnected)
            #expect(server.visits(atLeast: 1).last?.peer.address == "127.0.0.1")
            try weir.apply(rules: "snat out on lo to 127.0.0.9\n")
            #expect(try host.connect(to: "127.0.0.1", port: 2000).isConnected)
            #expect(server.visits(atLeast: 2).last?.peer.address == "127.0.0.9")
        }
    }

    /// Packets from outside get to 127.0.0.0/8 by that setting alone, and to ::1 by none.
    @Test func aLoopbackAddressIsReachedFromOutsideByASettingAlone() throws {
        let lab = Lab()
        let client = try lab.host("client")
        let host = try lab.here("host")
        try lab.link(
            client.port("eth0", "192.0.2.2/24", "2001:db8::2/64"),
            host.port("eth0", "192.0.2.1/24", "2001:db8::1/64")
        )
        _ = try host.serveTCP(port: 2000)
        try withWeir { weir in
            let rule = "dnat in on eth0 tcp dport 21 to 127.0.0.1:2000\n"
            let warning = try weir.apply(rules: rule).errorOutput
            let setting = "sysctl net.ipv4.conf.eth0.route_localnet = 1"
            #expect(warning.contains("W024") && warning.contains("`\(setting)`"), "\(warning)")
            #expect(try client.connect(to: "192.0.2.1", port: 21) == .timedOut)
            #expect(try weir.apply(rules: rule + setting + "\n").errorOutput.isEmpty)
            #expect(try client.connect(to: "192.0.2.1", port: 21).isConnected)

            #expect(try weir.apply(rules: "dnat in on eth0 tcp dport 21 to [::1]:2000\n").errorOutput.contains("W024"))
            #expect(try client.connect(to: "2001:db8::1", port: 21).isConnected == false)
            // What the warning names instead.
            #expect(try weir.apply(rules: "redirect in on eth0 tcp dport 21 to :2000\n").errorOutput.isEmpty)
            #expect(try client.connect(to: "2001:db8::1", port: 21).isConnected)
        }
    }
}
