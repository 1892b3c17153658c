public import KernelObjects
import NetworkTypes
public import RulesetModel

/// What is in the kernel, in the rule language's terms, and what is left over because it has no words there.
public struct LiftedState: Sendable {
    /// Something of Weir's that the rule language has no words for.
    public enum Leftover: Sendable, Hashable {
        /// A rule, by its place in its chain.
        case rule(chain: String, index: Int)
        /// A chain; its rules are left over too.
        case chain(String)
        /// A named set.
        case set(String)
        /// Another object of the table.
        case object(ForeignObject)
        /// A route with Weir's protocol number.
        case route(RouteObject)
        /// A policy routing rule with Weir's protocol number.
        case routingRule(RoutingRuleObject)
    }

    /// The ruleset.
    public var ruleset = Ruleset()
    /// What has no words.
    public var leftovers: [Leftover] = []
    /// How the kernel rules of the ruleset's rules outside declared chains differ from what Weir would make; in their order.
    public var notes: [LiftNotes] = []
    /// The same for the rules of the declared chains.
    public var chainNotes: [[LiftNotes]] = []

    /// Reads the content of Weir's table, and the routes and policy routing rules that carry Weir's protocol number.
    public init(firewall: FirewallState?, routes: [RouteObject] = [], routingRules: [RoutingRuleObject] = []) {
        if let firewall { read(firewall) }
        for object in routes where object.routeProtocol == weirProtocol {
            if let route = Route(object) { ruleset.routes.append(route) } else { leftovers.append(.route(object)) }
        }
        for object in routingRules where object.ruleProtocol == weirProtocol {
            if let rule = RoutingRule(object) {
                ruleset.routingRules.append(rule)
            } else {
                leftovers.append(.routingRule(object))
            }
        }
    }

    private mutating func read(_ firewall: FirewallState) {
        let (sets, others) = firewall.liftedSets
        ruleset.sets = sets.map(\.value)
        leftovers += others.map(Leftover.set)
        leftovers += firewall.foreignObjects.map(Leftover.object)
        let lifter = RuleLifter(firewall)
        var counters = CounterHabit()
        var declared: [(ChainObject, [LiftedRule])] = []
        for chain in firewall.chains {
            if chain.isForeign {
                leftovers.append(.chain(chain.name))
                continue
            }
            let standard = lifter.standardChains[chain.name]
            var rules: [LiftedRule] = []
            for (index, entry) in chain.rules.enumerated() {
                guard let lifted = lifter.lift(entry.rule, inChain: chain.name) else {
                    leftovers.append(.rule(chain: chain.name, index: index))
                    continue
                }
                rules.append(lifted)
                counters.see(lifted)
            }
            if standard == nil {
                declared.append((chain, rules))
            } else {
                ruleset.rules += rules.map(\.rule)
                notes += rules.map(\.notes)
                readPolicy(chain)
            }
        }
        for (chain, rules) in declared.sorted(by: { $0.0.name < $1.0.name }) {
            ruleset.chains.append(Chain(name: chain.name, kind: Chain.Kind(chain.base), rules: rules.map(\.rule)))
            chainNotes.append(rules.map(\.notes))
        }
        if !counters.isOn { turnOffCounters() }
    }

    /// Where rules do not count, one that counts and logs is a `count` rule.
    private mutating func turnOffCounters() {
        ruleset.options.counters = false
        for index in ruleset.rules.indices { ruleset.rules[index].countIfLogging(notes[index]) }
        for chain in ruleset.chains.indices {
            for index in ruleset.chains[chain].rules.indices {
                ruleset.chains[chain].rules[index].countIfLogging(chainNotes[chain][index])
            }
        }
    }

    /// The policy of a standard chain; one that would be there without a word about the policy needs none.
    private mutating func readPolicy(_ chain: ChainObject) {
        guard let policy = chain.base?.policy, policy == .drop || chain.rules.isEmpty else { return }
        if let direction = Direction.allCases.first(where: { $0.filterChain.name == chain.name }) {
            ruleset.policies[direction] = policy
        } else if policy == .drop {
            leftovers.append(.chain(chain.name))
        }
    }
}

/// Whether a table's rules count packets.
private struct CounterHabit {
    private var counting = 0
    private var notCounting = 0

    /// Takes note of a rule, but not of one that may count for a reason of its own.
    mutating func see(_ lifted: LiftedRule) {
        let isSilent = lifted.notes.contains(.noCounter)
        switch lifted.rule.action {
        case .count: return
        case .log where !isSilent: return
        default: break
        }
        if isSilent { notCounting += 1 } else { counting += 1 }
    }

    /// Whether the option should say that rules count: a few added by hand do not change that.
    var isOn: Bool {
        counting >= notCounting
    }
}

extension Rule {
    fileprivate mutating func countIfLogging(_ notes: LiftNotes) {
        guard case .log(let statement) = action, !notes.contains(.noCounter) else { return }
        action = .count
        log = statement
    }
}

extension Chain.Kind {
    fileprivate init(_ base: ChainObject.Base?) {
        guard let base else {
            self = .regular
            return
        }
        self = .base(type: base.type, hook: base.hook, priority: base.priority, policy: base.policy)
    }
}
