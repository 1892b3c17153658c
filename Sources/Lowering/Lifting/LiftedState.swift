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
    /// How the kernel rules behind the ruleset's rules outside declared chains differ from what Weir would make; in their order.
    public var notes: [LiftNotes] = []

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
        var countingRules = 0
        var allRules = 0
        for chain in firewall.chains {
            if chain.isForeign {
                leftovers.append(.chain(chain.name))
                continue
            }
            let standard = lifter.standardChains[chain.name]
            var rules: [Rule] = []
            for (index, entry) in chain.rules.enumerated() {
                guard let lifted = lifter.lift(entry.rule, inChain: chain.name) else {
                    leftovers.append(.rule(chain: chain.name, index: index))
                    continue
                }
                rules.append(lifted.rule)
                if standard != nil { notes.append(lifted.notes) }
                // A rule that only counts says nothing about the others.
                guard lifted.rule.action != .count else { continue }
                allRules += 1
                countingRules += lifted.notes.contains(.noCounter) ? 0 : 1
            }
            if standard == nil {
                ruleset.chains.append(Chain(name: chain.name, kind: Chain.Kind(chain.base), rules: rules))
            } else {
                ruleset.rules += rules
                readPolicy(chain)
            }
        }
        ruleset.chains.sort { $0.name < $1.name }
        ruleset.options.counters = allRules == 0 || countingRules > 0
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

extension Chain.Kind {
    fileprivate init(_ base: ChainObject.Base?) {
        guard let base else {
            self = .regular
            return
        }
        self = .base(type: base.type, hook: base.hook, priority: base.priority, policy: base.policy)
    }
}
