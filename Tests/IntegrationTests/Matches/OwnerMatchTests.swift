import TestSupport
import Testing

/// Rules about who sends: real programs with real users and groups.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables, .netcat))
struct OwnerMatchTests {
    private struct Sender {
        var user = "0"
        var group = "0"
    }

    /// Whether a datagram of a program with this user and group leaves the host.
    private func passes(_ sender: Sender, isIPv6: Bool = false, _ host: HostUnderTest) throws -> Bool {
        _ = try host.events()
        let destination = isIPv6 ? "2001:db8::2" : "192.0.2.2"
        let identity = ["setpriv", "--reuid=\(sender.user)", "--regid=\(sender.group)", "--clear-groups"]
        _ = try run(identity + ["nc", "-u", "-w", "1", "-q", "0", destination, "53"], input: Array("x".utf8))
        return try !host.events().isEmpty
    }

    @Test(arguments: ["skuid 1500", "skuid { 1500, 1600-1699 }", "skuid 1400-1500"], Loader.allCases)
    func programsOfAUserAreStopped(_ match: String, by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            try loader.load(try weir.write("drop out udp \(match)\n"), by: weir)
            #expect(try !passes(Sender(user: "1500"), host))
            #expect(try !passes(Sender(user: "1500"), isIPv6: true, host))
            #expect(try passes(Sender(user: "1501"), host))
            #expect(try passes(Sender(user: "0", group: "1500"), host))
        }
    }

    @Test(arguments: ["skgid 1500", "skgid { 1500, 1700 }"], Loader.allCases)
    func programsOfAGroupAreStopped(_ match: String, by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            try loader.load(try weir.write("drop out udp \(match)\n"), by: weir)
            #expect(try !passes(Sender(group: "1500"), host))
            #expect(try passes(Sender(user: "1500", group: "1501"), host))
        }
    }

    @Test(arguments: ["skuid !0", "skuid !{ 0, 1-9 }", "skuid !root"], Loader.allCases)
    func allButOneUserAreStopped(_ match: String, by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            try loader.load(try weir.write("drop out udp \(match)\n"), by: weir)
            #expect(try passes(Sender(user: "0"), host))
            #expect(try !passes(Sender(user: "1500"), host))
        }
    }

    /// Marked on its way out, a program's traffic takes another route.
    @Test(arguments: Loader.allCases)
    func trafficOfAUserTakesAnotherRoute(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let rules = """
                table vpn = 100
                route default via 10.9.0.3 table vpn
                rule ip fwmark 0x10 lookup vpn
                set mark 0x10 out skuid 1500

                """
            try loader.load(try weir.write(rules), by: weir)
            for (user, way) in [("1500", "vpn0"), ("1501", "eth0")] {
                let identity = ["setpriv", "--reuid=\(user)", "--regid=0", "--clear-groups"]
                _ = try run(identity + ["nc", "-u", "-w", "1", "-q", "0", "8.8.4.4", "53"], input: Array("x".utf8))
                #expect(try host.events().map(\.link) == [way])
            }
        }
    }
}
