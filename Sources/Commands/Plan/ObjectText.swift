import KernelObjects
import Lowering
import Netlink
import NetworkTypes
import RulesetModel

/// Says what is in a table, or should be, in the rule language; what has no words there in those of nft.
struct ObjectText {
    private let lifting: DeferredLifting
    private let counts: Bool

    /// Creates a speaker for the rules of one table.
    /// - Parameter counts: Whether a rule is expected to count packets.
    init(_ firewall: FirewallState, counts: Bool) {
        lifting = DeferredLifting(firewall)
        self.counts = counts
    }

    /// A rule, and what a reader has to know besides.
    func text(
        of rule: RuleObject,
        inChain chain: String,
        isCountExpected: Bool? = nil
    ) -> (text: String, note: String?) {
        var notes = rule.additionNames
        guard let lifted = lifting.lifter.lift(notes.isEmpty ? rule : rule.withoutAdditions, inChain: chain) else {
            let note = (["not in the rule language"] + notes).joined(separator: ", ")
            return (Self.bytecode(of: rule).joined(separator: " "), note)
        }
        if isCountExpected ?? counts, lifted.notes.contains(.noCounter) { notes.append("no counter") }
        if lifted.notes.contains(.countsEarly) { notes.append("counts before its last match") }
        return (lifted.rule.description, notes.isEmpty ? nil : notes.joined(separator: ", "))
    }

    /// The expressions that the kernel runs for a rule, in the words of `nft --debug=netlink`.
    static func bytecode(of rule: RuleObject) -> [String] {
        guard let bytecode = try? Bytecode(rulePayload: rule.payload) else {
            return ["\(rule.expressions.count) bytes that libnftnl cannot read"]
        }
        return bytecode.instructions
    }

    /// A chain without its rules.
    static func text(of chain: ChainObject) -> String {
        guard let base = chain.base else { return "chain \(chain.name)" }
        var text = TextBuffer()
        text.write("chain \(chain.name)   \(base.type.rawValue) hook \(base.hook) priority ")
        StandardPriority.write(base.priority, hook: base.hook, to: &text)
        if base.policy == .drop { text.write(" policy drop") }
        return text.text
    }

    /// A route.
    static func text(of route: RouteObject, tables: [RoutingTable]) -> String {
        Route(route.withoutAdditions)?.text(tables: tables)
            ?? "a route for \(route.key.destination) in table \(route.key.table)"
    }

    /// A policy routing rule.
    static func text(of rule: RoutingRuleObject, tables: [RoutingTable]) -> String {
        RoutingRule(rule.withoutAdditions)?.text(tables: tables) ?? "a policy routing rule at priority \(rule.priority)"
    }

    /// Something that the rule language has no words for.
    static func text(of leftover: LiftedState.Leftover, in firewall: FirewallState?) -> String {
        switch leftover {
        case .rule(let name, let index):
            let rule = firewall?.chains.first { $0.name == name }?.rules[index].rule
            return "a rule of chain '\(name)': " + (rule.map { bytecode(of: $0).joined(separator: " ") } ?? "")
        case .chain(let name): return "chain '\(name)'"
        case .set(let name): return "set '\(name)'"
        case .object(let object): return "object '\(object.name)'"
        case .route(let route): return text(of: route, tables: [])
        case .routingRule(let rule): return text(of: rule, tables: [])
        }
    }
}

/// A lifter looks at every rule of the table: it is made when there is something to say about a rule.
private final class DeferredLifting {
    private let firewall: FirewallState
    private(set) lazy var lifter = RuleLifter(firewall)

    init(_ firewall: FirewallState) {
        self.firewall = firewall
    }
}
