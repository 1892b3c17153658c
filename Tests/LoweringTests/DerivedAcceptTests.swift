import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

@Suite struct DerivedAcceptTests {
    private static func redirect(_ port: UInt16) -> Action {
        .redirect(Redirect(ports: Interval(port), isAccepted: true))
    }

    private static func dnat(_ addresses: String?, _ port: UInt16? = nil) -> Action {
        .destinationNAT(
            AddressTranslation(addresses: addresses.map(target), ports: port.map { Interval($0) }, isAccepted: true)
        )
    }

    /// A rule, and the rules that its `and accept` stands for.
    static let rules: [(Rule, [String])] = [
        (
            Rule(direction: .input, matches: [from("eth0"), tcp, dport(.port(21))], action: redirect(27664)),
            ["accept in on eth0 tcp dport 27664 ct status dnat ct original dport 21"]
        ),
        (
            Rule(
                direction: .input,
                matches: [saddr("10.0.0.0/8"), daddr("192.0.2.1"), tcp, dport(.port(21), .port(23))],
                action: redirect(27664)
            ),
            [
                "accept in saddr 10.0.0.0/8 tcp dport 27664 ct status dnat ct original daddr 192.0.2.1 "
                    + "ct original dport { 21, 23 }"
            ]
        ),
        (
            Rule(direction: .output, matches: [tcp, dport(.port(21))], action: redirect(27664)),
            [
                "accept out daddr { 127.0.0.1, ::1 } tcp dport 27664 ct status dnat ct original dport 21",
                "accept in on lo daddr { 127.0.0.1, ::1 } tcp dport 27664 ct status dnat ct original dport 21",
            ]
        ),
        (
            Rule(
                direction: .input,
                matches: [from("eth0"), tcp, dport(.port(443)), .connectionState(.new, isNegated: false)],
                action: dnat("10.0.0.7", 8443)
            ),
            [
                "accept forward from eth0 daddr 10.0.0.7 tcp dport 8443 ct status dnat ct status ! expected "
                    + "ct original dport 443"
            ]
        ),
        (
            Rule(direction: .input, matches: [tcp, dport(.port(80))], action: dnat("127.0.0.1", 8080)),
            ["accept in daddr 127.0.0.1 tcp dport 8080 ct status dnat ct original dport 80"]
        ),
        (
            Rule(direction: .input, matches: [tcp, dport(.port(80))], action: dnat(nil, 8080)),
            [
                "accept in tcp dport 8080 ct status dnat ct original dport 80",
                "accept forward tcp dport 8080 ct status dnat ct original dport 80",
            ]
        ),
        // A new port alone leaves the address as it was, and a new address alone the port.
        (
            Rule(direction: .input, matches: [daddr("192.0.2.1"), tcp], action: dnat(nil, 8080)),
            [
                "accept in daddr 192.0.2.1 tcp dport 8080 ct status dnat ct original daddr 192.0.2.1",
                "accept forward daddr 192.0.2.1 tcp dport 8080 ct status dnat ct original daddr 192.0.2.1",
            ]
        ),
        (
            Rule(direction: .output, matches: [tcp, dport(.port(80))], action: dnat("2001:db8::1")),
            ["accept out daddr 2001:db8::1 tcp dport 80 ct status dnat ct original dport 80"]
        ),
        (Rule(direction: .input, matches: [tcp], action: .accept), []),
        (
            Rule(direction: .input, matches: [tcp], action: .redirect(Redirect(ports: Interval(1)))),
            []
        ),
    ]

    @Test(arguments: rules.indices)
    func theRulesThatAndAcceptStandsFor(_ index: Int) throws {
        let (rule, derived) = Self.rules[index]
        #expect(try rule.derivedAccepts().map(\.description) == derived)
    }

    /// What cannot be asked for again is refused, never left out.
    @Test(arguments: [
        (
            Match.tcpFlags(TCPFlagsMatch(flags: .syn, mask: [.syn, .ack])), LostCondition.Reason.onFirstPacket,
            Direction.input
        ),
        (.connectionStatus(.assured, isNegated: true), .onFirstPacket, .input),
        (.connectionStatus([.expected, .dnat], isNegated: false), .onFirstPacket, .input),
        (.connectionState(.established, isNegated: false), .neverOnFirstPacket, .input),
        (.connectionState([.new, .related], isNegated: true), .neverOnFirstPacket, .input),
        (.limit(Limit(rate: 5, period: .second)), .countsAgain, .input),
        (to("eth0"), .unknownBehindLoopback, .output),
        (.socketUser(users(0...0)), .unknownBehindLoopback, .output),
        (.socketGroup(users(0...0)), .unknownBehindLoopback, .output),
    ])
    func aConditionThatCannotBeAskedForAgainIsRefused(
        _ match: Match,
        _ reason: LostCondition.Reason,
        _ direction: Direction
    ) {
        let rule = Rule(direction: direction, matches: [tcp, dport(.port(21)), match], action: Self.redirect(27664))
        #expect(throws: LostCondition(match: match, reason: reason)) { try rule.derivedAccepts() }
        var ruleset = Ruleset()
        ruleset.rules = [rule]
        let lost = LoweringError.Reason.lostCondition(LostCondition(match: match, reason: reason))
        #expect(throws: LoweringError(origin: .derivedAccept(rule: 0), reason: lost)) { try lower(ruleset) }
    }

    /// The hook in which this host's packets are translated knows both to its end.
    @Test func whoSentItAndWhereItWasToLeaveAreAskedForInOutput() throws {
        let rule = Rule(
            direction: .output,
            matches: [to("eth0"), tcp, dport(.port(21)), .socketUser(users(1...1))],
            action: Self.dnat("10.0.0.7", 2121)
        )
        #expect(
            try rule.derivedAccepts().map(\.description) == [
                "accept out on eth0 daddr 10.0.0.7 tcp dport 2121 ct status dnat ct original dport 21 skuid 1"
            ]
        )
    }

    @Test func aDerivedRuleStandsWhereItsStatementStands() throws {
        let action = Self.redirect(27664)
        var ruleset = Ruleset()
        ruleset.rules = [
            Rule(direction: .input, matches: [saddr("192.0.2.1")], action: .drop),
            Rule(direction: .input, matches: [tcp, dport(.port(21))], action: action),
            Rule(direction: .input, action: .drop),
        ]
        let lowered = try lower(ruleset)
        let firewall = try #require(lowered.state.firewall)
        #expect(firewall.chains.map(\.name) == ["input", "prerouting-nat"])
        let origins = firewall.chains[0].rules.map { lowered.origin($0.origin) }
        #expect(origins == [.rule(0), .derivedAccept(rule: 1), .rule(2)])
        #expect(
            try liftedRules(of: firewall).map(\.description) == [
                "drop in saddr 192.0.2.1", "accept in tcp dport 27664 ct status dnat ct original dport 21", "drop in",
                "redirect in tcp dport 21 to :27664",
            ]
        )
    }

    @Test func derivedRulesOfChainsHaveTheConditionsOfTheJump() throws {
        var ruleset = Ruleset()
        ruleset.chains = [
            Chain(
                name: "outer",
                rules: [
                    Rule(matches: [tcp], action: .jump("ports")),
                    Rule(matches: [.family(.ipv6)], action: Self.dnat("2001:db8::1")),
                ]
            ),
            Chain(name: "ports", rules: [Rule(matches: [dport(.port(443))], action: Self.dnat("10.0.0.7", 8443))]),
        ]
        ruleset.rules = [
            Rule(direction: .input, matches: [from("eth0"), .family(.ipv4)], action: .jump("outer")),
            Rule(direction: .input, matches: [from("eth1")], action: .goto("ports")),
        ]
        // The rule for a port needs a protocol of its own.
        #expect(throws: LoweringError(origin: .derivedAccept(rule: 1), reason: .portsWithoutProtocol)) {
            try lower(ruleset)
        }
        ruleset.chains[1].rules[0] = Rule(
            matches: [tcp, dport(.port(443))],
            action: Self.dnat("10.0.0.7", 8443)
        )
        let lowered = try lower(ruleset)
        let firewall = try #require(lowered.state.firewall)
        let forward = try #require(firewall.chains.first { $0.name == "forward" })
        let lifter = RuleLifter(firewall)
        #expect(
            forward.rules.map { lifter.lift($0.rule, inChain: "forward")?.rule.description } == [
                "accept forward from eth0 daddr 10.0.0.7 tcp tcp dport 8443 ct status dnat ct original dport 443",
                "accept forward from eth1 daddr 10.0.0.7 tcp dport 8443 ct status dnat ct original dport 443",
            ]
        )
        #expect(
            forward.rules.map { lowered.origin($0.origin) } == [
                .chainRule(chain: 1, rule: 0), .chainRule(chain: 1, rule: 0),
            ]
        )
    }

    @Test func chainsThatJumpInACircleAndChainsThatBranchWithoutEndAreBounded() throws {
        let accepting = Rule(matches: [tcp, dport(.port(1))], action: Self.redirect(2))
        var ruleset = Ruleset()
        ruleset.chains = [Chain(name: "a", rules: [accepting, Rule(action: .jump("a"))])]
        ruleset.rules = [Rule(direction: .input, action: .jump("a"))]
        #expect(try lower(ruleset).state.firewall?.chains.first { $0.name == "input" }?.rules.count == 16)

        ruleset.chains = [Chain(name: "a", rules: [accepting] + (0..<10).map { _ in Rule(action: .jump("a")) })]
        #expect(throws: LoweringError(origin: .derivedAccept(rule: 0), reason: .tooLarge)) { try lower(ruleset) }
    }

    @Test func aDeclaredBaseChainHasNoPlaceForDerivedRules() throws {
        let kind = Chain.Kind.base(type: .nat, hook: .prerouting, priority: -90, policy: .accept)
        let rule = Rule(matches: [tcp, dport(.port(1))], action: Self.redirect(2))
        var ruleset = Ruleset()
        ruleset.chains = [Chain(name: "early", kind: kind, rules: [rule])]
        #expect(throws: LoweringError(origin: .chain(0), reason: .acceptInBaseChain)) { try lower(ruleset) }
    }
}
