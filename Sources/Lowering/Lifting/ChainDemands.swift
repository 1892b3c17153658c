import KernelObjects
import NetworkTypes
import RulesetModel
import Synchronization

/// What chains of a kernel table demand of the base chain that leads to them, found out when it is asked for: that takes a look at every
/// rule of a chain and of all chains that it leads to, and most rules can be put into words without it.
final class ChainDemands: Sendable {
    private let chains: [String: ChainObject]
    private let known = Mutex<[String: ChainNeeds]>([:])

    /// - Parameter chains: Those without a standard place.
    init(_ chains: some Sequence<ChainObject>) {
        self.chains = Dictionary(chains.map { ($0.name, $0) }) { first, _ in first }
    }

    /// What a chain demands, with all chains that it leads to; nil if there is none of that name.
    func needs(of name: String) -> ChainNeeds? {
        guard chains[name] != nil else { return nil }
        return known.withLock { known in
            if let needs = known[name] { return needs }
            known.merge(ruleset(reachedFrom: name).chainNeeds) { first, _ in first }
            return known[name]
        }
    }

    /// The chains that a chain leads to, itself included, with what each rule demands.
    private func ruleset(reachedFrom name: String) -> Ruleset {
        var ruleset = Ruleset()
        var waiting = [name]
        var seen: Set<String> = [name]
        while let name = waiting.popLast(), let chain = chains[name] {
            let actions = chain.rules.flatMap { entry in
                (Expression.decode(entry.rule.expressions) ?? []).compactMap(\.demandingAction)
            }
            ruleset.chains.append(Chain(name: name, rules: actions.map { Rule(action: $0) }))
            for target in actions.compactMap(\.targetChain) where chains[target] != nil && seen.insert(target).inserted
            {
                waiting.append(target)
            }
        }
        return ruleset
    }
}

extension Expression {
    /// An action that demands of a chain what this expression does.
    fileprivate var demandingAction: Action? {
        switch self {
        case .reject: .reject(.tcpReset)
        case .redirect: .redirect(Redirect(ports: nil))
        case .masquerade: .masquerade(Masquerade())
        case .nat(let nat) where nat.kind == .destination: .destinationNAT(AddressTranslation(addresses: nil))
        case .nat: .sourceNAT(AddressTranslation(addresses: nil))
        case .notrack: .notrack
        case .meta(let meta) where meta.isSet: .setMark(Mark(0))
        case .conntrack(let conntrack) where conntrack.isSet: .setConnectionMark(Mark(0))
        case .immediate(.verdict(.jump(let chain))): .jump(chain)
        case .immediate(.verdict(.goto(let chain))): .goto(chain)
        default: nil
        }
    }
}
