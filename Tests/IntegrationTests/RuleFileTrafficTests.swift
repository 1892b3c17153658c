import TestSupport
import Testing

/// What the files of `rules/`, which people copy, do with real connections: what passes, what does not, and by which rule.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .netcat))
struct RuleFileTrafficTests {
    /// Something that a host tries, what becomes of it, and the rule that counts it; no rule where the policy decides.
    private struct Attempt {
        let number: Int
        let rule: String?
        let body: () throws -> Bool

        init(_ rule: String?, line: Int = #line, _ body: @escaping () throws -> Bool) {
            number = line
            self.rule = rule
            self.body = body
        }
    }

    private let lab = Lab()

    /// Applies a file and lets the attempts be made, each of which has to do what is expected and be counted by its rule alone, beside
    /// those for known connections.
    private func check(_ file: String, _ attempts: [Attempt], sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        try withWeir { weir in
            try weir.apply("\(packageDirectory)/rules/\(file)", ["--allow-no-default-route"])
            for attempt in attempts {
                let before = try counters(weir)
                let place = "\(file), line \(attempt.number)"
                #expect(try attempt.body(), "\(place)", sourceLocation: sourceLocation)
                let after = try counters(weir)
                let risen = after.filter { $0.value > before[$0.key] ?? 0 }.keys
                if let rule = attempt.rule {
                    #expect(
                        risen.contains { $0.hasPrefix(rule) },
                        "\(place): \(rule), but \(risen)",
                        sourceLocation: sourceLocation
                    )
                } else {
                    // Neighbours look for each other at any time.
                    let others = risen.filter {
                        !$0.contains("ct state established") && !$0.contains("accept in icmpv6")
                    }
                    #expect(others.isEmpty, "\(place): \(risen)", sourceLocation: sourceLocation)
                }
            }
        }
    }

    /// How many packets each rule has counted, by its text.
    private func counters(_ weir: Weir) throws -> [String: Int] {
        let text = try weir.run("show", ["--counters"]).succeeded().output
        var counters: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            guard let match = line.firstMatch(of: /^ +(.+?) {2,}([0-9]+) packets/) else { continue }
            counters[String(match.1), default: 0] += Int(match.2) ?? 0
        }
        return counters
    }

    @Test func aGateway() throws {
        let (router, world) = (try lab.here("router"), try lab.host("world"))
        let (lan, guest) = (try lab.host("lan"), try lab.host("guest"))
        try lab.link(world.port("eth0", "192.0.2.2/24"), router.port("eth0", "192.0.2.1/24"))
        try lab.link(lan.port("eth0", "10.0.0.2/24", "10.0.0.7/24"), router.port("eth1", "10.0.0.1/24"))
        try lab.link(guest.port("eth0", "10.0.1.2/24"), router.port("eth2", "10.0.1.1/24"))
        try lan.route("default", via: "10.0.0.1")
        try guest.route("default", via: "10.0.1.1")
        for port in [22, 53] as [UInt16] { try router.serveTCP(port: port) }
        try router.serveUDP(port: 53)
        let web = try world.serveTCP(port: 80)
        let inner = try lan.serveTCP(port: 8443)
        try lan.serveTCP(port: 80)
        try guest.serveTCP(port: 80)
        try check(
            "gateway/gateway.weir",
            [
                Attempt("accept in on eth1 tcp dport { 22, 53 }") {
                    try lan.connect(to: "10.0.0.1", port: 22).isConnected
                },
                Attempt(nil) { try world.connect(to: "192.0.2.1", port: 22, timeout: 0.3) == .timedOut },
                Attempt(nil) { try guest.connect(to: "10.0.1.1", port: 22, timeout: 0.3) == .timedOut },
                Attempt("accept in on eth2 tcp dport 53") { try guest.connect(to: "10.0.1.1", port: 53).isConnected },
                Attempt("accept in on { eth1, eth2 } udp dport { 53, 67 }") {
                    try guest.sendUDP(to: "10.0.1.1", port: 53).text == "hello"
                },
                Attempt("accept in icmp type echo-request limit") { try world.ping("192.0.2.1").text != nil },
                Attempt("accept forward from eth1 to eth0") {
                    try lan.connect(to: "192.0.2.2", port: 80).isConnected
                        && web.visits(atLeast: 1).last?.peer.address == "192.0.2.1"
                },
                Attempt("accept forward from eth2 to eth0") {
                    try guest.connect(to: "192.0.2.2", port: 80).isConnected
                        && web.visits(atLeast: 2).last?.peer.address == "192.0.2.1"
                },
                Attempt("masquerade out on eth0") { try lan.connect(to: "192.0.2.2", port: 80).isConnected },
                Attempt("reject forward from eth2 to eth1") {
                    try guest.connect(to: "10.0.0.2", port: 80) == .icmp(type: 3, code: 13)
                },
                Attempt(nil) { try lan.connect(to: "10.0.1.2", port: 80, timeout: 0.3) == .timedOut },
                Attempt("dnat in on eth0 tcp dport 443") {
                    try world.connect(to: "192.0.2.1", port: 443, sending: "x").conversation?.text == "x"
                        && inner.visits(atLeast: 1).map(\.local.address) == ["10.0.0.7"]
                },
                Attempt(nil) { try world.connect(to: "192.0.2.1", port: 8443, timeout: 0.3) == .timedOut },
            ]
        )
    }

    @Test func aServer() throws {
        let (server, world) = (try lab.here("server"), try lab.host("world"))
        try lab.link(
            world.port(
                "eth0",
                "203.0.113.2/24",
                "203.0.113.10/24",
                "192.0.2.9/32",
                "2001:db8:77::2/64",
                "2001:db8:dead::9/128"
            ),
            server.port("eth0", "203.0.113.1/24", "2001:db8:77::1/64")
        )
        try server.outputOf("ip", "route", "add", "192.0.2.0/24", "dev", "eth0")
        try server.outputOf("ip", "-6", "route", "add", "2001:db8:dead::/48", "dev", "eth0")
        for port in [80, 22, 3306] as [UInt16] { try server.serveTCP(port: port) }
        try world.serveTCP(port: 25)
        func from(_ address: String, _ port: UInt16, to: String = "203.0.113.1") throws -> TCPOutcome {
            try world.connect(to: to, port: port, from: Endpoint(address, 0), timeout: 0.4)
        }
        try check(
            "server/server.weir",
            [
                Attempt("accept in tcp dport { 80, 443 }") { try from("203.0.113.2", 80).isConnected },
                Attempt("accept in saddr 203.0.113.10 tcp dport 22") {
                    try from("203.0.113.10", 22).isConnected
                },
                Attempt("accept in saddr 2001:db8:77::/48 tcp dport 22") {
                    try from("2001:db8:77::2", 22, to: "2001:db8:77::1").isConnected
                },
                Attempt("log \"refused: \"") { try from("203.0.113.2", 22) == .timedOut },
                Attempt("log \"refused: \"") { try from("203.0.113.10", 3306) == .timedOut },
                Attempt("drop in ip saddr @blocked") { try from("192.0.2.9", 80) == .timedOut },
                Attempt("drop in ip6 saddr @blocked") {
                    try from("2001:db8:dead::9", 80, to: "2001:db8:77::1") == .timedOut
                },
                Attempt("reject in tcp dport 113") { try from("203.0.113.2", 113) == .reset },
                Attempt("accept in icmp type echo-request limit") { try world.ping("203.0.113.1").text != nil },
                Attempt("accept in icmpv6 type echo-request limit") { try world.ping("2001:db8:77::1").text != nil },
                Attempt("reject out tcp dport { 25, 465, 587 }") {
                    try server.connect(to: "203.0.113.2", port: 25) == .icmp(type: 3, code: 13)
                },
            ]
        )
    }

    @Test func aWorkstation() throws {
        let (own, home) = (try lab.here("own"), try lab.host("home"))
        try lab.link(
            home.port("eth0", "192.168.1.2/24", "203.0.113.9/32", "2001:db8::2/64"),
            own.port("eth0", "192.168.1.1/24", "2001:db8::1/64")
        )
        try own.outputOf("ip", "route", "add", "203.0.113.0/24", "dev", "eth0")
        for port in [22, 80] as [UInt16] { try own.serveTCP(port: port) }
        try own.serveUDP(port: 68)
        try home.serveTCP(port: 80)
        try check(
            "workstation/workstation.weir",
            [
                Attempt("accept in saddr 192.168.0.0/16 tcp dport 22") {
                    try home.connect(to: "192.168.1.1", port: 22).isConnected
                },
                Attempt(nil) {
                    let stranger = Endpoint("203.0.113.9", 0)
                    return try home.connect(to: "192.168.1.1", port: 22, from: stranger, timeout: 0.3) == .timedOut
                },
                Attempt(nil) { try home.connect(to: "192.168.1.1", port: 80, timeout: 0.3) == .timedOut },
                Attempt(nil) { try own.connect(to: "192.168.1.2", port: 80).isConnected },
                Attempt(nil) { try own.connect(to: "2001:db8::2", port: 80).isConnected },
                Attempt("accept in on lo") { try own.connect(to: "127.0.0.1", port: 80).isConnected },
                Attempt("accept in icmp type echo-request limit") { try home.ping("192.168.1.1").text != nil },
                Attempt("accept in icmpv6 type echo-request limit") { try home.ping("2001:db8::1").text != nil },
                Attempt("accept in udp dport 68") { try home.sendUDP(to: "192.168.1.1", port: 68).text == "hello" },
            ]
        )
    }

    @Test func aHostOfIPv6() throws {
        let (own, world, service) = (try lab.here("own"), try lab.host("world"), try lab.host("service"))
        try lab.link(
            world.port("eth0", "2001:db8:1::2/64", "2001:db8:5::9/128", "198.51.100.2/24"),
            own.port("eth0", "2001:db8:1::1/64", "198.51.100.1/24")
        )
        try own.outputOf("ip", "-6", "route", "add", "2001:db8:5::/64", "dev", "eth0")
        try lab.link(service.port("eth0", "2001:db8:200::8/64"), world.port("eth1", "2001:db8:200::1/64"))
        try service.route("default", via: "2001:db8:200::1")
        world.forward()
        try own.serveTCP(port: 22)
        try service.serveTCP(port: 80)
        try check(
            "ipv6-host/ipv6-host.weir",
            [
                Attempt("accept in saddr 2001:db8:1::/48 tcp dport 22") {
                    try world.connect(to: "2001:db8:1::1", port: 22).isConnected
                },
                Attempt("reject in with icmpx admin-prohibited") {
                    let stranger = Endpoint("2001:db8:5::9", 0)
                    return try world.connect(to: "2001:db8:1::1", port: 22, from: stranger) == .icmp(type: 1, code: 1)
                },
                Attempt("reject in with icmpx admin-prohibited") {
                    try world.connect(to: "198.51.100.1", port: 22) == .icmp(type: 3, code: 13)
                },
                Attempt("accept in icmpv6 type echo-request limit") { try world.ping("2001:db8:1::1").text != nil },
                Attempt(nil) { try own.connect(to: "2001:db8:200::8", port: 80).isConnected },
                // Who has forgotten the neighbour finds it again.
                Attempt("accept in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }") {
                    try world.outputOf("ip", "-6", "neighbour", "flush", "dev", "eth0")
                    return try world.connect(to: "2001:db8:1::1", port: 22).isConnected
                },
            ]
        )
    }

    @Test func aHostWithAVPN() throws {
        let (own, world) = (try lab.here("own"), try lab.host("world"))
        let (vpn, machine) = (try lab.host("vpn"), try lab.host("machine"))
        try lab.link(
            world.port("eth0", "192.0.2.2/24", "8.8.8.8/32", "2001:db8::2/64"),
            own.port("eth0", "192.0.2.1/24", "2001:db8::1/64")
        )
        try lab.link(vpn.port("tun", "10.9.0.2/24", "8.8.8.8/32", "10.8.0.5/32"), own.port("vpn0", "10.9.0.1/24"))
        try lab.link(
            machine.port("eth0", "10.0.0.130/24", "10.0.0.5/24"),
            own.port("eth1", "10.0.0.1/24")
        )
        try own.route("default", via: "192.0.2.2")
        try own.route("default", via: "2001:db8::2")
        try machine.route("default", via: "10.0.0.1")
        try world.route("10.0.0.0/24", via: "192.0.2.1")
        own.forward()
        let (atWorld, atVPN) = (try world.serveTCP(port: 80), try vpn.serveTCP(port: 80))
        /// Who a program of the user is for the one that it reaches; nil if it reaches nobody.
        func reaches(_ address: String, as user: String) throws -> String {
            let (first, second) = (atWorld.visits.count, atVPN.visits.count)
            let command = ["setpriv", "--reuid=\(user)", "--clear-groups", "nc", "-N", "-w", "1", address, "80"]
            _ = try run(command, input: Array("x".utf8))
            if atWorld.visits(atLeast: first + 1, timeout: 0.3).count > first {
                return "world as \(atWorld.visits.last?.peer.address ?? "")"
            }
            guard atVPN.visits(atLeast: second + 1, timeout: 0.3).count > second else { return "nobody" }
            return "vpn as \(atVPN.visits.last?.peer.address ?? "")"
        }
        try check(
            "vpn-split/vpn-split.weir",
            [
                Attempt("masquerade out on vpn0") { try reaches("8.8.8.8", as: "1500") == "vpn as 10.9.0.1" },
                Attempt("set mark 0x10 out skuid 1500") { try reaches("8.8.8.8", as: "1500") == "vpn as 10.9.0.1" },
                Attempt(nil) { try reaches("8.8.8.8", as: "0") == "world as 192.0.2.1" },
                Attempt("masquerade out on vpn0") { try reaches("10.8.0.5", as: "0") == "vpn as 10.9.0.1" },
                Attempt(nil) { try reaches("2001:db8::2", as: "0") == "world as 2001:db8::1" },
                Attempt("set mark 0x10 out skuid 1500") { try reaches("2001:db8::2", as: "1500") == "nobody" },
                Attempt("masquerade out on vpn0") {
                    try machine.connect(to: "8.8.8.8", port: 80, from: Endpoint("10.0.0.130", 0)).isConnected
                        && atVPN.visits.last?.peer.address == "10.9.0.1"
                },
                Attempt(nil) {
                    let before = atWorld.visits.count
                    return try machine.connect(to: "8.8.8.8", port: 80, from: Endpoint("10.0.0.5", 0)).isConnected
                        && atWorld.visits(atLeast: before + 1).last?.peer.address == "10.0.0.5"
                },
                // Where the tunnel is down nothing goes out beside it.
                Attempt(nil) {
                    try own.outputOf("ip", "link", "set", "vpn0", "down")
                    return try reaches("8.8.8.8", as: "0") == "world as 192.0.2.1"
                },
                Attempt("set mark 0x10 out skuid 1500") { try reaches("8.8.8.8", as: "1500") == "nobody" },
            ]
        )
    }

    /// The rules of the course: a host with a link to the net and a second one.
    @Test(arguments: ["block", "reject", "redirect", "homework", "redirect-host", "route"])
    func aTaskOfTheCourse(name: String) throws {
        let (own, net, vpn) = (try lab.here("own"), try lab.host("net"), try lab.host("vpn"))
        try lab.link(
            net.port("eth0", "192.0.2.1/24", "192.0.2.80/24", "198.51.100.8/32", "8.8.8.8/32"),
            own.port("eth0", "192.0.2.10/24")
        )
        try lab.link(vpn.port("eth0", "10.8.0.1/24", "8.8.8.8/32"), own.port("vpn0", "10.8.0.2/24"))
        try own.route("default", via: "192.0.2.1")
        for port in [25, 80, 8080] as [UInt16] { try net.serveTCP(port: port) }
        try vpn.serveTCP(port: 25)
        for port in [25025, 27664] as [UInt16] { try own.serveTCP(port: port) }
        let (atOther, atVPN) = (try net.serveTCP(port: 53, address: "198.51.100.8"), try vpn.serveTCP(port: 53))
        _ = atOther
        let attempts: [Attempt]
        switch name {
        case "block", "reject":
            let rule = name == "block" ? "drop out on eth0 tcp dport 25" : "reject out on eth0 tcp dport 25"
            let fate: TCPOutcome = name == "block" ? .timedOut : .icmp(type: 3, code: 1)
            attempts = [
                Attempt(rule) { try own.connect(to: "192.0.2.1", port: 25, timeout: 0.4) == fate },
                Attempt(nil) { try own.connect(to: "192.0.2.1", port: 80).isConnected },
                Attempt(nil) { try own.connect(to: "10.8.0.1", port: 25).isConnected },
            ]
        case "redirect", "homework":
            let (asked, taken): (UInt16, UInt16) = name == "redirect" ? (25, 25025) : (21, 27664)
            attempts = [
                Attempt("redirect in on eth0 tcp dport \(asked) to :\(taken)") {
                    let outcome = try net.connect(to: "192.0.2.10", port: asked, sending: "x")
                    return outcome.conversation?.text == "x" && outcome.conversation?.peer.port == asked
                },
                Attempt(nil) { try vpn.connect(to: "10.8.0.2", port: asked) == .reset },
                Attempt(nil) { try own.connect(to: "192.0.2.10", port: asked) == .reset },
            ]
        case "redirect-host":
            attempts = [
                Attempt("dnat out on eth0") {
                    try own.connect(to: "192.0.2.80", port: 80, sending: "x").conversation?.peer.port == 80
                },
                Attempt(nil) { try own.connect(to: "192.0.2.1", port: 80).isConnected },
            ]
        default:
            attempts = [
                Attempt(nil) {
                    try own.connect(to: "8.8.8.8", port: 53).isConnected
                        && atVPN.visits(atLeast: 1).last?.peer.address == "10.8.0.2"
                },
                Attempt(nil) { try own.connect(to: "192.0.2.1", port: 80).isConnected },
            ]
        }
        try check("lecture/\(name).weir", attempts)
    }

    /// A program that pings without a pause is answered as often as the file says, though all its pings are one connection.
    @Test(arguments: [
        ("server/server.weir", "eth1", false, 20.0, 10.0), ("server/server.weir", "eth1", true, 20, 10),
        ("gateway/gateway.weir", "eth0", false, 5, 10), ("workstation/workstation.weir", "eth0", false, 40, 20),
        ("workstation/workstation.weir", "eth0", true, 40, 20), ("ipv6-host/ipv6-host.weir", "eth0", true, 20, 10),
    ])
    func pingsAreLimited(file: String, link: String, isIPv6: Bool, burst: Double, rate: Double) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            if file.hasPrefix("ipv6-host/") {
                // Its second router.
                try outputOf("ip", "-6", "route", "add", "2001:db8:1::2", "dev", "eth0")
            }
            try weir.apply("\(packageDirectory)/rules/\(file)")
            let step = arriving(isIPv6 ? .ping6 : .ping, on: link)
            _ = try host.events()
            let clock = ContinuousClock()
            let start = clock.now
            var answers = 0
            for _ in 0..<150 {
                try host.inject(step.packet, on: link)
                answers += try host.events().filter { $0.link != nil }.count
            }
            let seconds = (clock.now - start) / .seconds(1)
            #expect(
                Double(answers) >= min(burst, 150) && Double(answers) <= burst + rate * (seconds + 1),
                "\(seconds) s"
            )
        }
    }

    /// A file that nobody tries here would be an oversight.
    @Test func everyFileIsTried() throws {
        let bytes = try #require(readFile("\(packageDirectory)/Tests/IntegrationTests/RuleFileTrafficTests.swift"))
        let own = String(decoding: bytes, as: UTF8.self)
        for rules in RuleFile.all {
            let path = rules.path.dropFirst("rules/".count)
            let name = path.split(separator: "/").last?.dropLast(".weir".count) ?? ""
            #expect(
                own.contains("\"\(path)\"") || (path.hasPrefix("lecture/") && own.contains("\"\(name)\"")),
                "\(path)"
            )
        }
    }
}
