import TestSupport
import Testing

/// Whole programs on three hosts: a client, the router with the rules, a server.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .netcat, .sysctl))
struct EndToEndTests {
    let lab: Lab
    let client: Host
    let router: Host
    let server: Host

    init() throws {
        lab = Lab()
        client = try lab.host("client")
        router = try lab.here("router")
        server = try lab.host("server")
        try lab.link(
            client.port("eth0", "192.0.2.2/24", "2001:db8::2/64"),
            router.port("eth0", "192.0.2.1/24", "2001:db8::1/64")
        )
        try lab.link(
            router.port("eth1", "198.51.100.1/24", "2001:db8:1::1/64"),
            server.port("eth0", "198.51.100.2/24", "2001:db8:1::2/64")
        )
        try client.route("default", via: "192.0.2.1")
        try client.route("default", via: "2001:db8::1")
        router.forward()
    }

    /// The course's homework: netcat writes what comes for port 21 into a file.
    @Test(arguments: ["192.0.2.1", "2001:db8::1"], Loader.allCases)
    func theHomeworkIsDone(address: String, by loader: Loader) throws {
        try withWeir { weir in
            let family = address.contains(":") ? "-6" : "-4"
            let netcat = try router.start("nc", family, "-l", "27664")
            try loader.load("\(packageDirectory)/rules/lecture/homework.weir", by: weir)
            while try !outputOf("ss", "-Hltn", "sport", "27664").contains("27664") { pause(milliseconds: 5) }
            let capture = try client.capture()
            try client.run("nc", "-N", "-w", "5", address, "21", input: "my homework\n").succeeded()
            try netcat.waitForOutput(containing: "my homework")
            #expect(try netcat.finish().output == "my homework\n")
            // The client never hears of the other port.
            let ports = capture.packets().compactMap { $0.destinationEndpoint?.port }
            #expect(ports.contains(21) && !ports.contains(27664))
        }
    }

    @Test(arguments: Loader.allCases)
    func aGatewayHidesItsNetworkAndLetsOneServiceIn(by loader: Loader) throws {
        try withWeir { weir in
            let rules = """
                policy forward drop
                forward {
                    accept ct state established,related
                    accept from eth0 to eth1
                }
                masquerade out on eth1 saddr 192.0.2.0/24
                dnat in on eth1 tcp dport 443 to 192.0.2.2:8443 and accept
                sysctl net.ipv4.ip_forward = 1

                """
            try loader.load(try weir.write(rules), by: weir)
            // The server has no route back to the client's network, and needs none.
            let web = try server.serveTCP(port: 80)
            #expect(try client.connect(to: "198.51.100.2", port: 80, sending: "get").conversation?.text == "get")
            #expect(web.visits(atLeast: 1).map(\.peer.address) == ["198.51.100.1"])

            let inner = try client.serveTCP(port: 8443)
            let outcome = try server.connect(to: "198.51.100.1", port: 443, sending: "hello")
            #expect(outcome.conversation?.text == "hello")
            #expect(inner.visits(atLeast: 1).map(\.local) == [Endpoint("192.0.2.2", 8443)])
            #expect(try server.connect(to: "198.51.100.1", port: 8443) == .reset)
            #expect(try client.sendUDP(to: "198.51.100.2", port: 53) == .icmp(type: 3, code: 3))
        }
    }

    @Test(arguments: Loader.allCases)
    func aServerAnswersTheWorldAndItsAdministrators(by loader: Loader) throws {
        try withWeir { weir in
            try loader.load("\(packageDirectory)/rules/server/server.weir", by: weir)
            try router.serveTCP(port: 80)
            try router.serveTCP(port: 22)
            // The client's IPv4 network is on the server's list of blocked ones.
            #expect(try client.connect(to: "192.0.2.1", port: 80, timeout: 0.3) == .timedOut)
            for address in ["2001:db8::1"] {
                #expect(try client.connect(to: address, port: 80, sending: "x").conversation?.text == "x")
                #expect(try client.connect(to: address, port: 22, timeout: 0.3) == .timedOut)
                #expect(try client.connect(to: address, port: 113) == .reset)
                #expect(try client.ping(address).text != nil)
            }
            #expect(try router.connect(to: "198.51.100.2", port: 25) == .icmp(type: 3, code: 13))
            #expect(try router.connect(to: "2001:db8:1::2", port: 25) == .icmp(type: 1, code: 1))
        }
    }

    /// Connections that are open stay open when rules come and go.
    @Test func openConnectionsSurviveAChangeOfRules() throws {
        try withWeir { weir in
            let rules = "policy in drop\naccept in ct state established,related\naccept in tcp dport 7 ct state new\n"
            try weir.apply(rules: rules)
            try router.serveTCP(port: 7)
            let netcat = try client.start("sh", "-c", "(echo one; sleep 0.7; echo two; sleep 0.2) | nc -N 192.0.2.1 7")
            try netcat.waitForOutput(containing: "one")
            try weir.apply(rules: "policy in drop\naccept in ct state established,related\n")
            try netcat.waitForOutput(containing: "two")
            #expect(try client.connect(to: "192.0.2.1", port: 7, timeout: 0.3) == .timedOut)
        }
    }
}
