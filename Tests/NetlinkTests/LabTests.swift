import Glibc
import TestSupport
import Testing

/// Each kind of fate that a packet can meet is told apart. The router is the namespace of the test itself.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct LabTests {
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
            client.port("eth0", "10.0.1.2/24", "fd00:1::2/64"),
            router.port("lan", "10.0.1.1/24", "fd00:1::1/64")
        )
        try lab.link(
            router.port("wan", "10.0.2.1/24", "fd00:2::1/64"),
            server.port("eth0", "10.0.2.2/24", "fd00:2::2/64")
        )
        try client.route("default", via: "10.0.1.1")
        try client.route("default", via: "fd00:1::1")
        try server.route("default", via: "10.0.2.1")
        try server.route("default", via: "fd00:2::1")
        router.forward()
    }

    /// A rule in the forward chain of the router.
    private func forward(_ rule: String) throws {
        try outputOf(
            "nft",
            "-f",
            "-",
            input: "table inet t { chain c { type filter hook forward priority 0; \(rule); }; }"
        )
    }

    @Test(arguments: ["10.0.2.2", "fd00:2::2"]) func aConnectionIsSeenFromBothEnds(address: String) throws {
        let echo = try server.serveTCP(port: 7)
        let outcome = try client.connect(to: address, port: 7, sending: "hello")
        let conversation = try #require(outcome.conversation)
        #expect(conversation.text == "hello")
        #expect(conversation.peer == Endpoint(address, 7))
        let visits = echo.visits(atLeast: 1)
        #expect(visits.map(\.text) == ["hello"])
        #expect(visits.map(\.peer) == [conversation.local])
        #expect(visits.map(\.local) == [Endpoint(address, 7)])
        #expect(visits.map(\.originalDestination) == [nil])
    }

    @Test(arguments: ["10.0.2.2", "fd00:2::2"]) func aClosedPortAnswersWithReset(address: String) throws {
        let capture = try client.capture()
        #expect(try client.connect(to: address, port: 7) == .reset)
        let answer = try #require(capture.packet { $0.isReset })
        #expect(answer.sourceEndpoint == Endpoint(address, 7))
        #expect(!answer.isOutgoing)
        #expect(answer.timeToLive == 63)
    }

    @Test(arguments: ["10.0.2.2", "fd00:2::2"]) func droppedPacketsAreMetWithSilence(address: String) throws {
        try server.serveTCP(port: 7)
        try forward("drop")
        #expect(try client.connect(to: address, port: 7, timeout: 0.5) == .timedOut)
        #expect(try client.sendUDP(to: address, port: 7, timeout: 0.3) == .silence)
        #expect(try client.ping(address, timeout: 0.3) == .silence)
    }

    @Test(
        arguments: [
            ("icmp port-unreachable", "10.0.2.2", 3, 3), ("icmp net-unreachable", "10.0.2.2", 3, 0),
            ("icmp admin-prohibited", "10.0.2.2", 3, 13), ("icmpv6 port-unreachable", "fd00:2::2", 1, 4),
            ("icmpv6 admin-prohibited", "fd00:2::2", 1, 1), ("icmpx no-route", "10.0.2.2", 3, 0),
        ] as [(String, String, UInt8, UInt8)]
    )
    func aRejectIsSeenWithItsExactTypeAndCode(reject: String, address: String, type: UInt8, code: UInt8) throws {
        try forward("reject with \(reject)")
        let expected = ICMPError(type: type, code: code)
        #expect(try client.connect(to: address, port: 7) == .icmp(expected))
        #expect(try client.sendUDP(to: address, port: 7) == .icmp(expected))
        #expect(try client.ping(address) == .icmp(expected))
        #expect(
            try client.sendIP(to: address, protocol: 132, payload: [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0])
                == .icmp(expected)
        )
    }

    @Test func aStoppedServerIsGone() throws {
        let echo = try server.serveTCP(port: 7)
        #expect(try client.connect(to: "10.0.2.2", port: 7).isConnected)
        echo.stop()
        #expect(try client.connect(to: "10.0.2.2", port: 7) == .reset)
        try server.serveTCP(port: 7)
        #expect(try client.connect(to: "10.0.2.2", port: 7).isConnected)
    }

    @Test func aTCPResetOfTheRouterIsToldFromAnICMPMessage() throws {
        try forward("tcp dport 7 reject with tcp reset")
        try server.serveTCP(port: 7)
        #expect(try client.connect(to: "10.0.2.2", port: 7) == .reset)
        #expect(try client.connect(to: "10.0.2.2", port: 8) == .reset)
    }

    @Test(arguments: ["10.0.2.2", "fd00:2::2"]) func datagramsAndPingsAreAnswered(address: String) throws {
        let echo = try server.serveUDP(port: 53)
        let outcome = try client.sendUDP(to: address, port: 53, "question")
        #expect(outcome == .reply(Array("question".utf8), from: Endpoint(address, 53)))
        #expect(echo.visits(atLeast: 1).map(\.text) == ["question"])
        #expect(try client.ping(address).text == "ping")
        let closed = ICMPError(type: address.contains(":") ? 1 : 3, code: address.contains(":") ? 4 : 3)
        #expect(try client.sendUDP(to: address, port: 54) == .icmp(closed))
    }

    @Test func aRedirectOnTheServerShowsTheOriginalDestination() throws {
        try server.outputOf(
            "nft",
            "-f",
            "-",
            input: """
                table inet t { chain c {
                    type nat hook prerouting priority dstnat; meta l4proto tcp redirect to :27664;
                }; }
                """
        )
        let target = try server.serveTCP(port: 27664, answering: .text("welcome"))
        for address in ["10.0.2.2", "fd00:2::2"] {
            let conversation = try #require(try client.connect(to: address, port: 21, sending: "USER x").conversation)
            #expect(conversation.text == "welcome")
            #expect(conversation.peer == Endpoint(address, 21))
        }
        let visits = target.visits(atLeast: 2)
        #expect(visits.map(\.text) == ["USER x", "USER x"])
        #expect(visits.map(\.local.port) == [27664, 27664])
        #expect(visits.map(\.originalDestination) == [Endpoint("10.0.2.2", 21), Endpoint("fd00:2::2", 21)])
    }

    @Test func rewrittenAddressesAreSeenOnTheWire() throws {
        try outputOf(
            "nft",
            "-f",
            "-",
            input: """
                table ip t {
                    chain pre { type nat hook prerouting priority dstnat; tcp dport 80 dnat to 10.0.2.2:8080; }
                    chain post { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
                }
                """
        )
        let web = try server.serveTCP(port: 8080)
        let inside = try client.capture("eth0")
        let outside = try router.capture("wan")
        #expect(try client.connect(to: "10.0.1.1", port: 80, from: Endpoint("10.0.1.2", 5555)).isConnected)
        #expect(web.visits(atLeast: 1).map(\.peer.address) == ["10.0.2.1"])
        let before = try #require(inside.packet { $0.isOutgoing && $0.sourceEndpoint != nil })
        #expect(before.sourceEndpoint == Endpoint("10.0.1.2", 5555))
        #expect(before.destinationEndpoint == Endpoint("10.0.1.1", 80))
        let after = try #require(outside.packet { $0.isOutgoing && $0.sourceEndpoint != nil })
        #expect(after.source == "10.0.2.1")
        #expect(after.destinationEndpoint == Endpoint("10.0.2.2", 8080))
    }

    @Test(arguments: ["10.0.2.2", "fd00:2::2"]) func packetsOfAnyProtocolAndShapeArrive(address: String) throws {
        let capture = try server.capture("eth0")
        #expect(try client.sendIP(to: address, protocol: 47, payload: [1, 2, 3, 4]) != .failed(errno: EPERM))
        #expect(capture.packet { $0.content == .other(47) } != nil)

        let source = Endpoint(address.contains(":") ? "fd00:1::2" : "10.0.1.2", 4000)
        let christmas = try tcpSegment(from: source, to: Endpoint(address, 7), flags: 1 | 8 | 32)
        _ = try client.sendIP(to: address, protocol: 6, payload: christmas, timeout: 0)
        let arrived = try #require(capture.packet { $0.sourceEndpoint == source })
        #expect(arrived.content == .tcp(from: 4000, to: 7, flags: 41, []))
        // The closed port's answer shows that the checksum was right.
        let answer = try #require(capture.packet { $0.isReset })
        #expect(answer.destinationEndpoint == source)
    }

    @Test func aMarkIsSeenByTheRulesOfTheHost() throws {
        try client.outputOf(
            "nft",
            "-f",
            "-",
            input: "table inet t { chain c { type filter hook output priority 0; meta mark 7 drop; }; }"
        )
        try server.serveUDP(port: 7)
        #expect(try client.sendUDP(to: "10.0.2.2", port: 7, mark: 7) == .failed(errno: EPERM))
        #expect(try client.sendUDP(to: "10.0.2.2", port: 7, mark: 8).text == "hello")
    }

    @Test func aHostWithoutARouteSaysSo() throws {
        try client.outputOf("ip", "route", "del", "default")
        #expect(try client.connect(to: "10.0.2.2", port: 7) == .failed(errno: ENETUNREACH))
        #expect(try client.sendUDP(to: "10.0.2.2", port: 7) == .failed(errno: ENETUNREACH))
    }

    @Test(.requires(.netcat)) func programsRunOnTheirHost() throws {
        let netcat = try server.start("nc", "-l", "-N", "9999", input: "from netcat\n")
        var outcome = TCPOutcome.reset
        for _ in 0..<200 where !outcome.isConnected {
            outcome = try client.connect(to: "10.0.2.2", port: 9999, sending: "to netcat\n")
            if !outcome.isConnected { usleep(5000) }
        }
        #expect(outcome.conversation?.text == "from netcat\n")
        #expect(try netcat.finish(timeout: 5).output == "to netcat\n")
    }

    @Test func onlyTheTestsOwnHostIsTheNamespaceOfTheTest() throws {
        #expect(try outputOf("ip", "-br", "address", "show", "dev", "lan").contains("10.0.1.1/24"))
        #expect(try router.outputOf("ip", "route") == outputOf("ip", "route"))
        #expect(
            try run("nsenter", "--net=\(client.namespacePath)", "ip", "route").succeeded().output.contains("10.0.1.1")
        )
        #expect(try client.run("ip", "link", "show", "wan").status != 0)
    }
}
