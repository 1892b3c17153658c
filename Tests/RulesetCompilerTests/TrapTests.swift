import Diagnostics
import RulesetCompiler
import SystemPackage
import TestSupport
import Testing

/// The files of Tests/Sensible: what people run, none of which deserves a warning.
private let sensibleFiles = directoryContents("\(packageDirectory)/Tests/Sensible")
    .filter { $0.hasSuffix(".weir") }
    .sorted()

/// Warnings of the traps that everybody falls into: each with files that fall into it and neighbours that do not.
@Suite struct TrapTests {
    private static let established = "accept in ct state established,related\n"
    private static let loopback = "accept in on lo\n"
    private static let neighbours = "accept in icmpv6\n"
    /// A policy for which nothing is missing.
    private static let closed = "policy in drop\n" + established + loopback + neighbours
    private static let closedOut =
        "policy out drop\naccept out on lo\naccept out icmpv6\n"

    private func codes(_ text: String) -> [DiagnosticCode] {
        RuleFileCompiler.compile(text: text).diagnostics.diagnostics.map(\.code)
    }

    @Test(arguments: [
        ("drop in tcp dport ssh\naccept in tcp dport ssh saddr 192.0.2.1", true),
        ("accept in tcp dport ssh saddr 192.0.2.1\ndrop in tcp dport ssh", false),
        ("accept in tcp dport { ssh, http }\naccept in tcp dport ssh", true),
        ("accept in tcp dport ssh\naccept in tcp dport { ssh, http }", false),
        ("drop in tcp dport ssh limit over 5/minute\naccept in tcp dport ssh", false),
        ("count in tcp dport ssh\naccept in tcp dport ssh", false),
        ("drop in saddr 10.0.0.0/8\naccept in saddr 10.1.0.0/16 tcp dport ssh", true),
        ("drop in saddr { 10.0.0.0/9, 10.128.0.0/9 }\naccept in saddr 10.127.0.0-10.129.0.0", true),
        ("drop in saddr 10.0.0.0/8\naccept in saddr { 10.1.0.0/16, 2001:db8::/32 }", false),
        ("drop in saddr 2001:db8::/32\naccept in saddr 2001:db8:1::1", true),
        ("drop in ip6\naccept in saddr 2001:db8:1::1", true),
        ("drop in on eth*\naccept in on eth0 tcp", true),
        ("drop in on eth0\naccept in on eth* tcp", false),
        ("drop in on ! eth0\naccept in on eth1 tcp", true),
        ("drop in on ! eth0\naccept in on eth0 tcp", false),
        ("accept in ct state established,related\nlog in ct state established", true),
        ("drop in ct state invalid\naccept in ct state established", false),
        ("drop in ct state ! new\naccept in ct state established", true),
        ("drop in tcp flags syn / syn,ack\naccept in tcp flags syn / syn,ack,fin", true),
        ("drop in tcp flags syn / syn,ack,fin\naccept in tcp flags syn / syn,ack", false),
        ("drop in icmp\naccept in icmp type echo-request", true),
        ("drop in icmp type echo-request\naccept in icmp", false),
        ("drop in mark 1/1\naccept in mark 3/3", true),
        ("drop in mark 3/3\naccept in mark 1/1", false),
        ("drop out skuid 1000-2000\naccept out skuid 1500", true),
        ("drop out skuid 1500\naccept out skuid 1000-2000", false),
        ("redirect in tcp dport 80 to :8080\nredirect in tcp dport 80 saddr 10.0.0.1 to :8081", true),
        ("dnat in tcp dport 80 to 10.0.0.1\nredirect in ip6 tcp dport 80 to :8081", false),
        // What is forwarded is a part of what leaves by postrouting.
        ("masquerade forward tcp\nmasquerade out tcp dport 80", false),
        ("masquerade out tcp\nmasquerade forward tcp dport 80", true),
        ("accept in tcp dport ssh\nredirect in tcp dport ssh to :2222\naccept out tcp dport ssh", false),
        ("set a: address { 10.0.0.1 }\ndrop in saddr @a\naccept in saddr @a tcp", true),
        ("set a: address { 10.0.0.1 }\ndrop in saddr @a\naccept in saddr 10.0.0.1 tcp", true),
        ("set a: address timeout 1h\ndrop in saddr @a\naccept in saddr 10.0.0.1 tcp", false),
        ("chain c {\ndrop tcp dport 1-10\naccept tcp dport 5\n}\njump c in", true),
        ("chain c {\ndrop mark 1\nset mark 1\naccept mark 1 tcp\n}\njump c in", false),
    ])
    func aRuleBehindAWiderOne(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.shadowedRule] : []))
    }

    @Test(arguments: [
        ("policy in drop\n" + loopback + neighbours + "accept in tcp dport ssh", true),
        ("in {\naccept on lo\naccept icmpv6\naccept tcp dport ssh\ndrop\n}", true),
        (closed + "accept in tcp dport ssh", false),
        // Answers that are known by something else.
        (
            "policy in drop\n" + loopback + neighbours
                + "accept in tcp flags ack / syn,ack\naccept in udp sport domain", false
        ),
        ("policy in drop\n" + loopback + neighbours + "accept in on lan0", false),
        ("chain c {\naccept ct state established\n}\npolicy in drop\njump c in\n" + loopback + neighbours, false),
        // Who makes no connections gets no answers.
        (
            closedOut + "accept out ct state established\npolicy in drop\n" + loopback + neighbours
                + "accept in tcp dport 22", false
        ),
        (closedOut + "accept in tcp dport ssh", true),
        (closedOut + closed + "accept in tcp dport ssh", true),
        (closedOut + "accept out ct state established\n" + closed + "accept in tcp dport ssh", false),
        (closedOut + "accept out tcp sport ssh\n" + closed + "accept in tcp dport ssh", false),
        ("policy forward drop\naccept forward from lan to wan", true),
        ("policy forward drop\naccept forward from lan to wan\naccept forward ct state established", false),
        ("policy forward drop\naccept forward saddr 10.1.0.0/24 daddr 10.2.0.0/24", true),
        (
            "policy forward drop\naccept forward saddr 10.1.0.0/24 daddr 10.2.0.0/24\n"
                + "accept forward saddr 10.2.0.0/24 daddr 10.1.0.0/24", false
        ),
        ("policy forward drop\ndnat in on wan tcp dport 80 to 10.0.0.7 and accept", true),
        ("policy forward drop", false),
    ])
    func answersThatAreDropped(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.answersDropped] : []))
    }

    @Test(arguments: [
        ("policy in drop\n" + established + neighbours + "accept in tcp dport ssh", true),
        ("policy in drop\n" + established + neighbours + "accept in on ! eth0", false),
        ("policy in drop\n" + established + neighbours + "accept in saddr 127.0.0.0/8", false),
        ("policy out drop\naccept out icmpv6\naccept out ct state established\naccept out tcp dport https", true),
        ("policy out drop\naccept out icmpv6\naccept out ct state established,new", false),
    ])
    func connectionsToOneself(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.loopbackDropped] : []))
    }

    @Test(arguments: [
        ("policy in drop\n" + established + loopback + "accept in tcp dport http", true),
        ("policy in drop\n" + established + loopback + "accept in icmpv6 type nd-neighbor-solicit", true),
        ("policy in drop\n" + established + loopback + "accept in icmpv6 type 133-137", false),
        ("policy in drop\n" + established + loopback + "accept in ct state untracked", false),
        ("policy in drop\n" + established + loopback + "drop in ip6\naccept in tcp dport http", false),
        (
            "policy in drop\n" + loopback
                + "accept in ip ct state established,related\naccept in ip tcp dport http", false
        ),
        (
            "sysctl net.ipv6.conf.all.disable_ipv6 = 1\npolicy in drop\n" + established + loopback
                + "accept in tcp dport http", false
        ),
        ("policy out drop\naccept out on lo\naccept out tcp dport https\naccept out ct state established", true),
    ])
    func neighbourDiscovery(text: String, isWarned: Bool) {
        // A range of ICMP types is written as a list.
        let text = text.replacing("133-137", with: "{ 133, 134, 135, 136, 137 }")
        #expect(codes(text) == (isWarned ? [.neighboursDropped] : []))
    }

    @Test(arguments: [
        ("drop in tcp dport ssh saddr ! 10.0.0.0/8", true),
        ("reject out udp dport domain daddr ! 2001:db8::53", true),
        ("drop in tcp dport ssh saddr ! { 10.0.0.0/8, fd00::/8 }", false),
        ("drop in tcp dport ssh saddr ! 10.0.0.0/8\ndrop in ip6 tcp dport ssh", false),
        ("drop in icmp type echo-request saddr ! 10.0.0.0/8", false),
        ("drop in saddr ! 10.0.0.0/8 daddr 192.0.2.1", false),
        (closed + "drop in tcp dport ssh saddr ! 10.0.0.0/8", false),
        ("accept in tcp dport ssh saddr ! 10.0.0.0/8", false),
        ("masquerade out on eth0 daddr ! 10.0.0.0/8", false),
    ])
    func theOtherFamilyIsOpen(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.otherFamilyOpen] : []))
    }

    @Test(arguments: [
        ("accept in tcp dport wireguard", true), ("accept in udp dport wireguard", false),
        ("accept in udp dport ssh", true), ("accept in udp dport 22", false),
        ("accept in udp dport { ssh, domain }", true), ("accept in tcp sport ntp", true),
        ("let p = { ssh, domain }\naccept in udp dport $p", true), ("let w = udp dport ssh\naccept in $w", true),
        ("in udp {\naccept dport ssh\n}", true), ("in udp dport ssh {\naccept saddr 10.0.0.1\n}", true),
        ("accept in proto { tcp, udp } dport ssh", false), ("accept in sctp dport ssh", false),
        ("accept in udp dport ! ssh", true), ("accept in udp dport 20-30", false),
    ])
    func aServiceOfTheOtherProtocol(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.serviceOfOtherProtocol] : []))
    }

    @Test(arguments: [
        ("drop in tcp flags syn", true), ("reject in tcp flags syn / syn,rst with tcp reset", true),
        ("drop in tcp flags syn / fin,syn,rst,ack", false), ("drop in tcp flags syn,ack / syn,ack", false),
        ("drop in tcp flags fin,syn / fin,syn", false), ("drop in tcp flags syn ct state new", false),
        (established + "drop in tcp flags syn", false), ("accept in tcp flags syn", false),
    ])
    func answersToOnesOwnConnections(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.synAnswersRefused] : []))
    }

    @Test(arguments: [
        (closed + "accept in tcp dport ftp", true), (closed + "accept in tcp dport { ftp, ssh } saddr 10.0.0.1", true),
        (closed + "accept in tcp dport ftp\naccept in tcp dport 50000-50100", false),
        (closed + "accept in tcp dport 1-65535", false), (closed + "accept in tcp dport ftp\naccept in on lan0", false),
        (closed + "accept in udp dport sip", true), (closed + "accept in udp dport sip\naccept in udp", false),
        ("accept in tcp dport ftp", false), (closed + "accept in tcp dport ssh", false),
        (closed + "accept in tcp dport ftp\naccept in udp dport 50000-50100", true),
    ])
    func secondConnections(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.secondConnections] : []))
    }

    @Test(arguments: [
        ("route default dev eth0", true), ("route 8.8.8.8/32 dev enp3s0", true), ("route ::/0 dev wlan0", true),
        ("route 8.0.0.0/8 dev eth0", true), ("route 2600::/12 dev eth0", true),
        ("route default dev vpn0", false), ("route default dev engine", false), ("route default dev ppp0", false),
        ("route default via 192.0.2.1 dev eth0", false), ("route 10.1.0.0/16 dev eth0", false),
        ("route 192.0.2.0/24 dev eth0", false), ("route 2001:db8:1:2::/64 dev eth0", false),
        ("route 172.31.1.1/32 dev eth0\nroute 0.0.0.0/0 via 172.31.1.1 dev eth0", false),
        ("route 203.0.113.1/32 dev eth0\nroute 0.0.0.0/0 via 203.0.113.1 dev eth0", false),
        ("route 0.0.0.0/0 dev eth0 scope link", false), ("route 224.0.0.0/4 dev eth0", false),
    ])
    func farDestinations(text: String, isWarned: Bool) {
        #expect(codes(text) == (isWarned ? [.farDestination] : []))
    }

    /// What a warning says to add is taken, and the warning then is gone.
    @Test(arguments: [
        "policy in drop\naccept in tcp dport ssh", "policy out drop\naccept out tcp dport https",
        "policy forward drop\naccept forward from lan to wan", "drop in tcp dport ssh saddr ! 10.0.0.0/8",
        "reject out udp dport domain daddr ! 2001:db8::53 with icmpx admin-prohibited", "drop in tcp flags syn",
    ])
    func whatIsSaidToAddMendsIt(text: String) throws {
        var text = text
        let first = codes(text)
        #expect(!first.isEmpty)
        for _ in first {
            let result = RuleFileCompiler.compile(text: text)
            guard let warning = result.diagnostics.diagnostics.first else { break }
            let fixIt = try #require(warning.fixIts.first, "\(warning)")
            var bytes = Array(text.utf8)
            bytes.replaceSubrange(fixIt.range.offsets, with: Array(fixIt.replacement.utf8))
            text = String(decoding: bytes, as: UTF8.self)
            #expect(!codes(text).contains(warning.code), "\(text)")
        }
        #expect(codes(text) == [])
    }

    @Test(arguments: sensibleFiles)
    func aSensibleFileIsNotWarnedOf(name: String) throws {
        let result = try RuleFileCompiler.compile(path: FilePath("\(packageDirectory)/Tests/Sensible/\(name)"))
        #expect(TextRenderer(map: result.sources).render(result.diagnostics) == "")
        #expect(result.ruleset != nil)
    }

    @Test func thereAreSensibleFiles() {
        #expect(sensibleFiles.count >= 60)
    }

    /// Finding wider rules takes a time that grows with the file: each rule is compared with few others.
    @Test func manyRulesAreComparedByWhatTheyHaveInCommon() {
        var text = ""
        for index in 0..<20_000 {
            text += "drop in saddr 10.\(index / 256 % 256).\(index % 256).0/24 tcp dport \(index % 5_000 + 1)\n"
        }
        text += "accept in saddr 10.1.2.9 tcp dport \(0x102 + 1)\n"
        let result = RuleFileCompiler.compile(text: text)
        #expect(result.diagnostics.diagnostics.map(\.code) == [.shadowedRule])
    }
}
