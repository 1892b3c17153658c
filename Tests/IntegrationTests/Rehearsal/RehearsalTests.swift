import FoundationEssentials
import TestSupport
import Testing

/// A plan is made, read back and rolled back somewhere else, and that tells what would become of it here.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct RehearsalTests {
    /// Everything at once: rules, sets, translation, routes, policy routing rules and settings.
    static let everything = """
        let wan = eth0
        set blocked: prefix { 198.51.100.0/24, 203.0.113.7 }
        table uplink = 1000
        policy in drop
        in {
            accept ct state established,related
            accept on lo
            accept icmpv6
            drop saddr @blocked
            accept saddr { 10.0.0.5, 2001:db8::5 } tcp dport ssh "administrators"
        }
        redirect in on $wan tcp dport 21 to :27664 and accept
        masquerade out on $wan
        route 10.50.0.0/16 via 192.0.2.254
        route 10.51.0.0/16 via 10.0.0.9 table uplink
        route 2001:db8:50::/48 via 2001:db8:1::9 dev eth0
        route unreachable 10.52.0.0/16
        rule from 10.0.0.0/24 lookup uplink
        sysctl net.ipv4.ip_forward = 1
        sysctl net.ipv4.conf.eth0.rp_filter = 2

        """

    @Test func aPlanThatWorksIsFoundToWork() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            let file = try weir.write(Self.everything)
            let before = try HostDump()
            let result = try weir.run("plan", ["--rehearse", file]).succeeded()
            #expect(result.output.contains("made, read back and rolled back in a private namespace"))
            #expect(!result.errorOutput.contains("note:"), "\(result.errorOutput)")
            expectSameText(try HostDump().text, before.text)
            #expect(directoryContents(weir.stateDirectory).isEmpty)
            try weir.apply(file)
            let again = try weir.run("plan", ["--rehearse", file]).succeeded()
            #expect(again.output.contains("Rehearsed: there is nothing to change."))
        }
    }

    /// What Weir and others have is there in the rehearsal, too: otherwise the changes would be other ones.
    @Test func aChangeOfWhatThereIsIsRehearsedOnIt() throws {
        try makeCorpusLinks()
        let batch = """
            route add default via 192.0.2.250
            route add 10.9.9.0/24 via 192.0.2.3
            route append 10.9.9.0/24 via 192.0.2.4
            route add 172.16.0.0/12 nexthop via 192.0.2.3 weight 2 nexthop via 192.0.2.4
            route add 172.30.0.0/16 via 10.123.4.5 dev eth0 onlink
            route add 10.60.0.0/16 via 192.0.2.5
            route add blackhole 10.66.0.0/16
            route add default via 2001:db8:1::2
            route add 2001:db8:9::/48 nexthop via 2001:db8:1::3 nexthop via 2001:db8:1::4
            rule add from 10.0.0.0/8 lookup 77 pref 100
            rule add not from 192.0.2.9 goto 32766 pref 50
            rule del pref 32767

            """
        try outputOf("ip", "-batch", "-", input: batch)
        try outputOf("ip", "-6", "rule", "add", "to", "2001:db8::/32", "lookup", "5", "pref", "7")
        try withWeir { weir in
            let file = try weir.write(Self.everything)
            try weir.run("apply", ["--yes", "--adopt", file]).succeeded()
            try outputOf("nft", "add rule inet weir input tcp dport 3306 accept")
            let changed = Self.everything.replacing("203.0.113.7", with: "203.0.113.9")
                .replacing("10.50.0.0/16 via 192.0.2.254", with: "10.50.0.0/16 via 192.0.2.253")
                .replacing("from 10.0.0.0/24", with: "from 10.0.0.0/25")
                .replacing("sysctl net.ipv4.ip_forward = 1\n", with: "route 10.60.0.0/16 dev eth1\n")
                .replacing("10.51.0.0/16", with: "10.53.0.0/16")
            let next = try weir.write(changed, to: "next.weir")
            let before = try HostDump()
            let result = try weir.run("plan", ["--rehearse", "--adopt", next]).succeeded()
            #expect(result.errorOutput.isEmpty, "\(result.errorOutput)")
            let pattern = /Plan: (\d+) to add, (\d+) to change, (\d+) to remove/
            let summary = try #require(result.output.firstMatch(of: pattern))
            let count = try [summary.1, summary.2, summary.3].reduce(0) { try $0 + #require(Int($1)) }
            #expect(result.output.contains("Rehearsed: \(count) changes made"), "\(result.output)")
            expectSameText(try HostDump().text, before.text)
            try weir.run("apply", ["--yes", "--adopt", next]).succeeded()
        }
    }

    /// What only the kernel can judge is found without asking it to change anything here, and said as `apply` would say it.
    @Test(arguments: [
        "route 10.77.0.0/16 via 10.250.0.1", "route 10.77.0.0/16 dev nowhere0",
        "route 10.77.0.0/16 via 192.0.2.2 src 10.250.0.1", "route 2001:db8:77::/48 via 2001:db8:250::1 dev eth1",
        "route 10.77.0.0/16 dev off0", "sysctl net.ipv4.ip_forward = many",
    ])
    func whatTheKernelWouldRefuseIsFound(_ statement: String) throws {
        try makeCorpusLinks()
        try outputOf("ip", "link", "add", "off0", "type", "veth", "peer", "name", "off0-peer")
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\nroute 10.2.0.0/16 dev eth0\n\(statement)\n")
            let before = try HostDump()
            #expect(try weir.run("plan", [file]).status == 0)
            let rehearsal = try weir.run("plan", ["--rehearse", file])
            expectSameText(try HostDump().text, before.text)
            #expect(rehearsal.status == 65, "\(rehearsal.errorOutput)")
            #expect(!rehearsal.output.contains("Rehearsed"))
            let line = try #require(rehearsal.errorOutput.split(separator: "\n").first { $0.contains("refuses") })
            #expect(line.contains("rules.weir:3: the kernel refuses"))
            let apply = try weir.run("apply", ["--yes", file])
            #expect(apply.status == 20)
            #expect(apply.errorOutput.contains(line), "\(apply.errorOutput)")
        }
    }

    /// Nothing is refused, and yet it is not as it was asked for: the kernel takes the number and writes it its own way.
    @Test func whatTheKernelDoesNotKeepIsFound() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            let file = try weir.write("sysctl net.ipv4.conf.eth0.rp_filter = 002\n")
            let result = try weir.run("plan", ["--rehearse", file])
            #expect(result.status == 65)
            #expect(result.errorOutput.contains("does not have what was asked for: net.ipv4.conf.eth0.rp_filter"))
            #expect(try weir.run("apply", ["--yes", file]).status == 20)
        }
    }

    @Test(arguments: RuleFile.all)
    func everyRuleFileCanBeRehearsed(_ rules: RuleFile) throws {
        try makeCorpusLinks()
        try withWeir { weir in
            let before = try HostDump()
            let result = try weir.run("plan", ["--rehearse", rules.file]).succeeded()
            #expect(result.output.contains("the kernel has what the plan shows"))
            #expect(!result.errorOutput.contains("note:"), "\(result.errorOutput)")
            expectSameText(try HostDump().text, before.text)
        }
    }

    @Test func whatCannotBeClonedIsNamed() throws {
        try makeCorpusLinks()
        let batch = """
            nexthop add id 5 via 192.0.2.9 dev eth0
            route add 10.6.0.0/16 nhid 5
            link add br0 type bridge

            """
        try outputOf("ip", "-batch", "-", input: batch)
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\n")
            try outputOf("nft", "add map inet weir theirs { type ipv4_addr : verdict; }")
            let file = try weir.write("drop in tcp dport 26\n")
            let result = try weir.run("plan", ["--rehearse", file]).succeeded()
            for words in ["note: interfaces of other kinds", "br0 (bridge)", "10.6.0.0/16", "set 'theirs'"] {
                #expect(result.errorOutput.contains(words), "\(result.errorOutput)")
            }
            #expect(result.output.contains("rolled back in a private namespace"))
        }
    }

    /// A setting of the whole machine is shown in each namespace, and can be written in the first one only.
    @Test func aSettingOfTheMachineIsNotRehearsed() throws {
        try withWeir { weir in
            // Rules for connections bring the setting with them.
            try weir.apply(rules: "accept in ct state established\n")
            let bytes = try #require(readFile("/proc/sys/net/netfilter/nf_conntrack_buckets"))
            let value = try #require(Int(String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)))
            let statement = "sysctl net.netfilter.nf_conntrack_buckets = \(value + 1)\n"
            let file = try weir.write("accept in ct state established\n\(statement)drop in tcp dport 25\n")
            let result = try weir.run("plan", ["--rehearse", file]).succeeded()
            #expect(result.errorOutput.contains("the setting net.netfilter.nf_conntrack_buckets was not rehearsed"))
            #expect(result.output.contains("Rehearsed: 1 of the 2 changes made"), "\(result.output)")
            #expect(readFile("/proc/sys/net/netfilter/nf_conntrack_buckets") == bytes)
        }
    }

    @Test func programsGetJSON() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            struct Answer: Decodable {
                struct Rehearsal: Decodable {
                    var outcome: String
                    var made: Int
                    var seesFirewall: Bool
                    var failures: [String]
                    var notes: [String]
                }
                var rehearsal: Rehearsal?
            }
            func answer(_ rules: String, _ options: [String], status: Int32) throws -> Answer {
                let result = try weir.run("plan", ["--json"] + options + [weir.write(rules)])
                #expect(result.status == status)
                #expect(result.errorOutput.isEmpty)
                return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
            }
            let right = try #require(answer("route 10.2.0.0/16 dev eth0\n", ["--rehearse"], status: 0).rehearsal)
            #expect(right.outcome == "succeeded" && right.made == 1 && right.seesFirewall)
            #expect(right.failures.isEmpty && right.notes.isEmpty)
            let wrong = try #require(answer("route 10.2.0.0/16 dev no0\n", ["--rehearse"], status: 65).rehearsal)
            #expect(wrong.outcome == "refused" && wrong.made == 0)
            #expect(wrong.failures.contains { $0.contains("rules.weir:1: the kernel refuses") })
            #expect(try answer("route 10.2.0.0/16 dev eth0\n", [], status: 0).rehearsal == nil)
            let lacking = "sysctl net.ipv4.no_such_setting = 1\n"
            #expect(try answer(lacking, ["--rehearse"], status: 69).rehearsal?.outcome == "notTried")
        }
    }

    @Test func aPlanIsKeptOnlyIfItsRehearsalWentWell() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            let plan = "\(weir.directory)/plan"
            let wrong = try weir.write("route 10.2.0.0/16 via 10.250.0.1\n", to: "wrong.weir")
            #expect(try weir.run("plan", ["--rehearse", "--out", plan, wrong]).status == 65)
            #expect(readFile(plan) == nil)
            let right = try weir.write("route 10.2.0.0/16 dev eth0\n")
            try weir.run("plan", ["--rehearse", "--out", plan, right]).succeeded()
            try weir.run("apply", ["--yes", plan]).succeeded()
            #expect(try weir.run("plan", ["--exit-code", right]).status == 0)
            let script = try weir.run("plan", ["--rehearse", "--as", "ip", wrong])
            #expect(script.status == 65)
            #expect(script.output.isEmpty)
        }
    }

    /// The likeness is that of the namespace that is meant, not of the one that the command is in.
    @Test func anotherNamespaceIsRehearsed() throws {
        let other = try NamespaceThread()
        try other.perform { () throws in try makeCorpusLinks() }
        try withWeir { weir in
            let file = try weir.write("route 10.2.0.0/16 via 192.0.2.9\n")
            try weir.run("plan", ["--rehearse", "--netns", other.path, file]).succeeded()
            #expect(try weir.run("plan", ["--rehearse", file]).status == 65)
        }
    }
}
