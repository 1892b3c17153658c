import Diagnostics
import Emitters
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

struct IptablesTests {
    @Test(arguments: [
        (
            Rule(direction: .output, matches: [.outputInterface(on("eth0")), tcp, dport(25)], action: .drop),
            "iptables -t filter -A OUTPUT -o eth0 -p tcp -m tcp --dport 25 -j DROP"
        ),
        (
            Rule(
                direction: .output,
                matches: [.outputInterface(on("eth0")), tcp, dport(25)],
                action: .reject(.icmp(.hostUnreachable))
            ),
            "iptables -t filter -A OUTPUT -o eth0 -p tcp -m tcp --dport 25 -j REJECT --reject-with icmp-host-unreachable"
        ),
        (
            Rule(
                direction: .input,
                matches: [.inputInterface(on("eth0")), tcp, dport(25)],
                action: .redirect(Redirect(ports: Interval(25025)))
            ),
            "iptables -t nat -A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j REDIRECT --to-ports 25025"
        ),
        (
            Rule(
                direction: .output,
                matches: [.outputInterface(on("eth0")), .destinationAddress(addresses("192.0.2.1")), tcp, dport(80)],
                action: .destinationNAT(AddressTranslation(addresses: target("192.0.2.2"), ports: Interval(8080)))
            ),
            "iptables -t nat -A OUTPUT -o eth0 -d 192.0.2.1 -p tcp -m tcp --dport 80 -j DNAT --to-destination 192.0.2.2:8080"
        ),
    ])
    func theCoursesRulesAreTheCoursesCommands(rule: Rule, command: String) throws {
        #expect(try emitted(ruleset([rule]), as: .iptables, families: .ipv4) == "#!/bin/sh\nset -e\n\(command)\n")
    }

    @Test(arguments: IptablesCases.commands)
    func everyVerbAndMatchHasItsWords(rule: Rule, commands: [String]) throws {
        expectSameText(try self.commands(ruleset([rule])).joined(separator: "\n"), commands.joined(separator: "\n"))
    }

    @Test(.freshNetworkNamespace, .requires(.iptables, .ip6tables), arguments: IptablesCases.commands)
    func theRealProgramsTakeTheWordsAndTakeThemBack(rule: Rule, commands: [String]) throws {
        try expectThereAndBack(ruleset([rule]))
    }

    @Test func setsChainsAndPoliciesHaveTheirCommands() throws {
        expectSameText(
            try emitted(example, as: .iptables),
            """
            #!/bin/sh
            set -e
            ipset create bogons-v4 hash:net family inet
            ipset add bogons-v4 192.0.2.0/24
            ipset add bogons-v4 198.51.100.0/31
            ipset add bogons-v4 198.51.100.2
            ipset create bogons-v6 hash:net family inet6
            ipset add bogons-v6 2001:db8::/32
            ipset create everything-v4 hash:net family inet
            ipset add everything-v4 0.0.0.0/1
            ipset add everything-v4 128.0.0.0/1
            ipset create knock-v4 hash:ip family inet timeout 60 maxelem 100
            ipset create knock-v6 hash:ip family inet6 timeout 60 maxelem 100
            ipset create web bitmap:port range 0-65535
            ipset add web 80
            ipset add web 8000-8080
            iptables -t filter -N slow
            iptables -t filter -A slow -m limit --limit 5/minute -j ACCEPT
            iptables -t filter -A slow -j DROP
            iptables -t filter -A INPUT -m set --match-set bogons-v4 src -j LOG --log-prefix 'bogon: ' --log-level info
            iptables -t filter -A INPUT -m set --match-set bogons-v4 src -j DROP
            iptables -t filter -A INPUT -p tcp -m set ! --match-set web dst -j DROP
            iptables -t filter -A INPUT -i lan0 -j ACCEPT
            iptables -t filter -A INPUT -i wg+ -j ACCEPT
            iptables -t filter -A INPUT -j slow
            iptables -t filter -P INPUT DROP
            ip6tables -t filter -N slow
            ip6tables -t filter -A slow -m limit --limit 5/minute -j ACCEPT
            ip6tables -t filter -A slow -j DROP
            ip6tables -t filter -A INPUT -m set --match-set bogons-v6 src -j LOG --log-prefix 'bogon: ' --log-level info
            ip6tables -t filter -A INPUT -m set --match-set bogons-v6 src -j DROP
            ip6tables -t filter -A INPUT -p tcp -m set ! --match-set web dst -j DROP
            ip6tables -t filter -A INPUT -i lan0 -j ACCEPT
            ip6tables -t filter -A INPUT -i wg+ -j ACCEPT
            ip6tables -t filter -A INPUT -j slow
            ip6tables -t filter -P INPUT DROP

            """
        )
    }

    @Test func whatHasNoWordsIsAnError() {
        let flags = TCPFlagsMatch(flags: .ecn, mask: .ecn)
        var diagnostics = DiagnosticBag()
        let rule = Rule(direction: .input, matches: [tcp, .tcpFlags(flags)], action: .drop)
        #expect(emit(ruleset([rule]), as: .iptables, diagnostics: &diagnostics) == nil)
        #expect(diagnostics.diagnostics.map(\.code) == [.notExpressible])
    }

    @Test func setsOfMarksAreWrittenOut() throws {
        let marks = IntervalSet([Interval(1), try #require(Interval(0x10, 0x22))] as [Interval<UInt32>])
        let text = try commands(
            ruleset(
                [
                    Rule(direction: .input, matches: [.mark(Membership(.namedSet("m")))], action: .drop),
                    Rule(
                        direction: .input,
                        matches: [.connectionMark(Membership(.namedSet("m"), isNegated: true))],
                        action: .accept
                    ),
                    Rule(direction: .input, matches: [.mark(Membership(.namedSet("all")))], action: .drop),
                ],
                sets: [
                    NamedSet(name: "m", contents: .marks(marks)),
                    NamedSet(
                        name: "all",
                        contents: .marks(IntervalSet([try #require(Interval(UInt32.min, UInt32.max))]))
                    ),
                ]
            )
        )
        let blocks = ["0x1", "0x10/0xfffffff0", "0x20/0xfffffffe", "0x22"]
        let none = blocks.map { "-m connmark ! --mark \($0)" }.joined(separator: " ")
        let rules =
            blocks.map { "INPUT -m mark --mark \($0) -j DROP" } + [
                "INPUT \(none) -j ACCEPT", "INPUT -m mark --mark 0x0/0x0 -j DROP",
            ]
        #expect(text == ["iptables", "ip6tables"].flatMap { program in rules.map { "\(program) -t filter -A \($0)" } })
    }

    @Test func aProtocolOfOneFamilyIsThatFamilysAlone() throws {
        let control = [
            (AddressFamily.ipv4, IPProtocol.icmp, "iptables -t filter -A INPUT -p icmp -j DROP"),
            (.ipv6, .icmpv6, "ip6tables -t filter -A INPUT -p ipv6-icmp -j DROP"),
        ]
        for (family, number, command) in control {
            let matches: [Match] = [.family(family), .transportProtocol(Membership([number]))]
            let text = try commands(ruleset([Rule(direction: .input, matches: matches, action: .drop)]))
            #expect(text == [command])
        }
    }

    @Test func oneTextServesBothRestorePrograms() throws {
        expectSameText(
            try emitted(example, as: .iptablesRestore),
            """
            # For iptables-restore and ip6tables-restore, both with --noflush: other rules stay.
            *filter
            :INPUT DROP [0:0]
            :slow - [0:0]
            -A slow -m limit --limit 5/minute -j ACCEPT
            -A slow -j DROP
            -4 -A INPUT -m set --match-set bogons-v4 src -j LOG --log-prefix "bogon: " --log-level info
            -4 -A INPUT -m set --match-set bogons-v4 src -j DROP
            -6 -A INPUT -m set --match-set bogons-v6 src -j LOG --log-prefix "bogon: " --log-level info
            -6 -A INPUT -m set --match-set bogons-v6 src -j DROP
            -A INPUT -p tcp -m set ! --match-set web dst -j DROP
            -A INPUT -i lan0 -j ACCEPT
            -A INPUT -i wg+ -j ACCEPT
            -A INPUT -j slow
            COMMIT

            """
        )
        #expect(
            try emitted(example, as: .iptablesRestore, families: .ipv6).contains(
                "\n-A INPUT -m set --match-set bogons-v6"
            )
        )
    }

    @Test(.freshNetworkNamespace, .requires(.iptables, .ip6tables, .ipset))
    func setsChainsAndPoliciesAreTakenAndTakenBack() throws {
        try expectThereAndBack(example)
    }

    @Test(.freshNetworkNamespace, .requires(.iptablesRestore, .ip6tablesRestore, .iptables, .ip6tables, .ipset))
    func theRestoreFormMakesTheSameRulesAsTheCommands() throws {
        try outputOf("sh", input: try emitted(example, as: .iptables))
        let byCommands = try savedRules()
        try outputOf("sh", input: try emitted(example, as: .iptables, isUndo: true))
        try restore(example)
        expectSameText(try savedRules(), byCommands)
    }

    @Test(
        .freshNetworkNamespace,
        .requires(.iptablesRestore, .ip6tablesRestore, .iptables, .ip6tables, .ipset),
        arguments: [nil, 60_000] as [UInt64?]
    )
    func theAddressOfZerosIsAMember(timeout: UInt64?) throws {
        let members = addressSet("0.0.0.0", "10.0.0.1", "::", "2001:db8::1")
        let zeros = ruleset(
            [Rule(direction: .input, matches: [.sourceAddress(Membership(.namedSet("zeros")))], action: .drop)],
            sets: [NamedSet(name: "zeros", contents: .addresses(members), timeout: timeout)]
        )
        try expectThereAndBack(zeros)
        try outputOf("sh", input: try emitted(zeros, as: .iptables))
        for (set, member) in [("zeros-v4", "0.0.0.0"), ("zeros-v6", "::")] {
            #expect(try run("ipset", "test", set, member).status == 0, "\(set)")
        }
        #expect(try run("ipset", "test", "zeros-v4", "0.0.0.1").status == 1)
    }

    @Test(.freshNetworkNamespace, .requires(.iptablesRestore, .ip6tablesRestore, .iptables, .ip6tables, .ipset))
    func aBigSetIsFilledByOneCommand() throws {
        let members = AddressSet(
            (0..<1000).map { AddressRange(IPAddress.ipv4(IPv4Address(rawValue: 0x0a00_0000 + $0 * 2))) }
        )
        let big = ruleset(
            [Rule(direction: .input, matches: [.sourceAddress(Membership(.namedSet("big")))], action: .drop)],
            sets: [NamedSet(name: "big", contents: .addresses(members))]
        )
        let text = try emitted(big, as: .iptables)
        #expect(
            text.split(separator: "\n").filter { $0.hasPrefix("ipset ") } == [
                "ipset create big-v4 hash:ip family inet", "ipset restore <<'END'",
            ]
        )
        try outputOf("sh", input: text)
        #expect(try outputOf("ipset", "list", "-t").contains("Number of entries: 1000"))
    }

    @Test(
        .freshNetworkNamespace,
        .requires(.iptables, .ip6tables, .iptablesRestore, .ip6tablesRestore, .ipset),
        arguments: 0..<40
    )
    func randomRulesetsAreTakenAndTakenBackUnlessTheyAreRefused(seed: UInt64) throws {
        let random = Ruleset.random(seed: seed, size: 10).sayableByIptables
        try expectThereAndBack(random)
    }

    @Test(arguments: IptablesCases.refusals)
    func whatItCannotSayIsRefusedWithTheRule(rule: Rule, reason: String) {
        #expect(refusal(of: ruleset([rule]), as: .iptables).hasPrefix("iptables cannot say '\(rule)': \(reason)"))
    }

    @Test func whatOtherPartsCannotBeIsRefusedToo() throws {
        let base = Chain(name: "early", kind: .base(type: .filter, hook: .prerouting, priority: -310, policy: .accept))
        #expect(
            refusal(of: ruleset([], chains: [base]), as: .iptables).hasPrefix(
                "iptables cannot say 'chain early': its base chains"
            )
        )
        let timed = NamedSet(name: "a", contents: .addresses(AddressSet()), timeout: 1500)
        #expect(refusal(of: ruleset([], sets: [timed]), as: .ipset).contains("whole seconds"))
    }

    @Test(
        .freshNetworkNamespace,
        .requires(.iptables, .ip6tables, .iptablesRestore, .ip6tablesRestore),
        arguments: [
            "a; touch /tmp/weir-quoting", "$(touch /tmp/weir-quoting)", "`touch /tmp/weir-quoting`", "it's", "\\",
            "a\\b c",
            "# no comment", "-j ACCEPT", "! x", "*filter", "äöü", "&& x", "a'b'c", "$HOME", "~", "<x>", "\\'", "COMMIT",
        ]
    )
    func textStaysText(text: String) throws {
        let rule = Rule(
            direction: .input,
            matches: [tcp, dport(1)],
            action: .accept,
            log: LogStatement(prefix: text),
            comment: text
        )
        try outputOf("sh", input: try emitted(ruleset([rule]), as: .iptables))
        let byCommands = try savedRules()
        #expect(byCommands.split(separator: "\n").count { $0.contains("-m comment") } == 4)
        #expect(try run("test", "-e", "/tmp/weir-quoting").status != 0)
        try outputOf("sh", input: try emitted(ruleset([rule]), as: .iptables, isUndo: true))
        try restore(ruleset([rule]))
        expectSameText(try savedRules(), byCommands)
    }

    // MARK: - Helpers

    private var example: Ruleset {
        var example = ruleset(
            [
                Rule(
                    direction: .input,
                    matches: [.sourceAddress(Membership(.namedSet("bogons")))],
                    action: .drop,
                    log: LogStatement(prefix: "bogon: ", target: .kernel(.info))
                ),
                Rule(
                    direction: .input,
                    matches: [tcp, .destinationPort(Membership(.namedSet("web"), isNegated: true))],
                    action: .drop
                ),
                Rule(direction: .input, matches: [.inputInterface(Membership(.namedSet("lans")))], action: .accept),
                Rule(direction: .input, action: .jump("slow")),
            ],
            sets: [
                NamedSet(
                    name: "bogons",
                    contents: .prefixes(addressSet("192.0.2.0/24", "198.51.100.0-198.51.100.2", "2001:db8::/32"))
                ),
                NamedSet(name: "everything", contents: .prefixes(addressSet("0.0.0.0/0"))),
                NamedSet(name: "knock", contents: .addresses(AddressSet()), timeout: 60_000, size: 100),
                NamedSet(name: "lans", contents: .interfaces(["lan0", "wg*"].compactMap { InterfacePattern($0) })),
                NamedSet(
                    name: "web",
                    contents: .ports(IntervalSet([Interval(80), Interval(8000, 8080) ?? Interval(0)]))
                ),
            ],
            chains: [
                Chain(
                    name: "slow",
                    rules: [
                        Rule(matches: [.limit(Limit(rate: 5, period: .minute))], action: .accept), Rule(action: .drop),
                    ]
                ),
                Chain(name: "unused", rules: [Rule(action: .accept)]),
            ]
        )
        example.policies = [.input: .drop]
        return example
    }

    private func addressSet(_ ranges: String...) -> AddressSet {
        AddressSet(ranges.compactMap { try? AddressRange($0) })
    }

    /// The commands for a ruleset, without the lines before them.
    private func commands(_ ruleset: Ruleset) throws -> [String] {
        try emitted(ruleset, as: .iptables).split(separator: "\n").dropFirst(2).map(String.init)
    }

    /// Expects that the real programs take the commands, that the restore form makes the same, and that the way back leaves nothing.
    private func expectThereAndBack(_ ruleset: Ruleset, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let before = try savedRules()
        try outputOf("sh", input: try emitted(ruleset, as: .iptables))
        let byCommands = try savedRules()
        #expect(byCommands != before, sourceLocation: sourceLocation)
        try outputOf("sh", "-e", input: try emitted(ruleset, as: .iptables, isUndo: true))
        expectSameText(try savedRules(), before, sourceLocation: sourceLocation)
        try restore(ruleset)
        expectSameText(try savedRules(), byCommands, sourceLocation: sourceLocation)
        try restore(ruleset, isUndo: true)
        expectSameText(try savedRules(), before, sourceLocation: sourceLocation)
    }

    private func restore(_ ruleset: Ruleset, isUndo: Bool = false) throws {
        let sets = try emitted(ruleset, as: .ipset, isUndo: isUndo)
        if !isUndo, !sets.isEmpty { try outputOf("ipset", "restore", input: sets) }
        let text = try emitted(ruleset, as: .iptablesRestore, isUndo: isUndo)
        try outputOf("iptables-restore", "--noflush", input: text)
        try outputOf("ip6tables-restore", "--noflush", input: text)
        if isUndo, !sets.isEmpty { try outputOf("ipset", "restore", input: sets) }
    }
}
