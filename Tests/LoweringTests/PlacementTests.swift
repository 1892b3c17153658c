import KernelObjects
import Lowering
import NetworkTypes
import RulesetModel
import Testing

@Suite struct PlacementTests {
    @Test func blockingMailNeedsOneChainWithOneRule() throws {
        var ruleset = Ruleset()
        ruleset.rules = [
            Rule(
                direction: .output,
                matches: [
                    .outputInterface(Membership([pattern("eth0")])),
                    .transportProtocol(Membership([.tcp])),
                    .destinationPort(Membership(IntervalSet([Interval(25)]))),
                ],
                action: .drop
            )
        ]
        let lowered = try lower(ruleset)
        let firewall = try #require(lowered.state.firewall)
        #expect(firewall.sets.isEmpty)
        let chain = try #require(firewall.chains.first)
        #expect(firewall.chains.count == 1)
        #expect(chain.name == "output")
        #expect(chain.base == .init(type: .filter, hook: .output, priority: 0, policy: .accept))
        let entry = try #require(chain.rules.first)
        #expect(chain.rules.count == 1)
        #expect(lowered.origin(entry.origin) == .rule(0))

        var writer = ExpressionWriter()
        writer.append(MetaExpression(.oifname))
        writer.append(CompareExpression(.equal, RegisterData(pattern("eth0"))))
        writer.append(MetaExpression(.l4proto))
        writer.append(CompareExpression(.equal, RegisterData(UInt8(6))))
        writer.append(PayloadExpression(.transport, offset: 2, length: 2))
        writer.append(CompareExpression(.equal, RegisterData(port: 25)))
        writer.append(CounterExpression())
        writer.append(Verdict.drop)
        #expect(entry.rule == RuleObject(expressions: writer.finish()))
    }

    @Test func aRulesetThatSaysNothingNeedsNoTable() throws {
        let lowered = try lower(Ruleset())
        #expect(lowered.state.firewall == nil)
        #expect(lowered.origins.isEmpty)
    }

    @Test func aPolicyMakesItsChainThoughThereIsNoRule() throws {
        var ruleset = Ruleset()
        ruleset.policies = [.forward: .drop]
        let firewall = try #require(try lower(ruleset).state.firewall)
        #expect(firewall.chains.map(\.name) == ["forward"])
        #expect(firewall.chains.first?.base?.policy == .drop)
    }

    static let places: [(Direction, Action, String?)] = {
        let redirect = Action.redirect(Redirect(ports: Interval(27664)))
        let dnat = Action.destinationNAT(AddressTranslation(addresses: nil, ports: Interval(80)))
        let snat = Action.sourceNAT(AddressTranslation(addresses: nil, ports: Interval(80)))
        let masquerade = Action.masquerade(Masquerade())
        let mark = Action.setMark(Mark(1))
        return [
            (.input, .accept, "input"), (.output, .drop, "output"), (.forward, .reject(.tcpReset), "forward"),
            (.input, .count, "input"), (.output, .log(LogStatement()), "output"), (.forward, .return, "forward"),
            (.input, redirect, "prerouting-nat"), (.output, redirect, "output-nat"), (.forward, redirect, nil),
            (.input, dnat, "prerouting-nat"), (.output, dnat, "output-nat"), (.forward, dnat, nil),
            (.input, snat, "input-nat"), (.output, snat, "postrouting-nat"), (.forward, snat, "postrouting-nat"),
            (.input, masquerade, nil), (.output, masquerade, "postrouting-nat"),
            (.forward, masquerade, "postrouting-nat"),
            (.input, mark, "prerouting-mangle"), (.output, mark, "output-mangle"), (.forward, mark, "forward-mangle"),
            (.input, .setConnectionMark(Mark(1)), "prerouting-mangle"),
            (.input, .notrack, "prerouting-raw"), (.output, .notrack, "output-raw"), (.forward, .notrack, nil),
        ]
    }()

    @Test(arguments: places.indices)
    func eachVerbHasItsChainInEachDirection(_ index: Int) throws {
        let (direction, action, name) = Self.places[index]
        let tcp = Match.transportProtocol(Membership([.tcp]))
        var ruleset = Ruleset()
        ruleset.rules = [Rule(direction: direction, matches: [tcp], action: action)]
        guard let name else {
            #expect(throws: LoweringError(origin: .rule(0), reason: .noChain(direction))) { try lower(ruleset) }
            return
        }
        #expect(try lower(ruleset).state.firewall?.chains.map(\.name) == [name])
        // A jump to a chain with this verb stands where the verb would.
        ruleset.chains = [
            Chain(name: "inner", rules: [Rule(matches: [tcp], action: action)]),
            Chain(name: "outer", rules: [Rule(action: .jump("inner")), Rule(action: .accept)]),
        ]
        ruleset.rules = [Rule(direction: direction, action: .goto("outer"))]
        #expect(try lower(ruleset).state.firewall?.chains.map(\.name) == [name, "inner", "outer"])
    }

    @Test func aChainWhoseVerbsNeedDifferentBaseChainsCannotBeJumpedTo() throws {
        var ruleset = Ruleset()
        ruleset.chains = [
            Chain(name: "both", rules: [Rule(action: .jump("nat")), Rule(action: .notrack)]),
            Chain(name: "nat", rules: [Rule(action: .masquerade(Masquerade()))]),
        ]
        ruleset.rules = [Rule(direction: .output, action: .jump("both"))]
        let error = LoweringError(origin: .rule(0), reason: .mixedChain("both"))
        #expect(throws: error) { try lower(ruleset) }
    }

    @Test func chainsThatJumpInACircleAreLeftToTheKernelToRefuse() throws {
        var ruleset = Ruleset()
        ruleset.chains = [
            Chain(name: "one", rules: [Rule(action: .jump("two"))]),
            Chain(name: "two", rules: [Rule(action: .jump("one")), Rule(action: .setMark(Mark(1)))]),
        ]
        ruleset.rules = [Rule(direction: .input, action: .jump("one"))]
        #expect(try lower(ruleset).state.firewall?.chains.map(\.name) == ["prerouting-mangle", "one", "two"])
    }

    @Test func namesThatDoNotExistAndNamesThatExistTwiceAreRefused() throws {
        var ruleset = Ruleset()
        ruleset.rules = [Rule(direction: .input, action: .jump("nowhere"))]
        #expect(throws: LoweringError(origin: .rule(0), reason: .unknownChain("nowhere"))) { try lower(ruleset) }

        ruleset.rules = [Rule(direction: .input, matches: [.sourceAddress(.init(.namedSet("no")))], action: .drop)]
        #expect(throws: LoweringError(origin: .rule(0), reason: .unknownSet("no"))) { try lower(ruleset) }
        ruleset.sets = [NamedSet(name: "no", contents: .ports(IntervalSet([])))]
        #expect(throws: LoweringError(origin: .rule(0), reason: .unknownSet("no"))) { try lower(ruleset) }

        ruleset.rules = []
        ruleset.sets = [
            NamedSet(name: "a", contents: .addresses(AddressSet())),
            NamedSet(name: "a-v6", contents: .ports(IntervalSet([]))),
        ]
        #expect(throws: LoweringError(origin: .set(1), reason: .duplicateName("a-v6"))) { try lower(ruleset) }

        ruleset.sets = []
        ruleset.chains = [Chain(name: "input")]
        #expect(throws: LoweringError(origin: .chain(0), reason: .duplicateName("input"))) { try lower(ruleset) }
    }
}
