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
            if known[name] == nil { known.merge(demands(reachedFrom: name, known)) { first, _ in first } }
            return known[name]
        }
    }

    /// What a chain and those that it leads to demand, but for those that are known: the rules of each chain are looked at once.
    private func demands(reachedFrom name: String, _ known: [String: ChainNeeds]) -> [String: ChainNeeds] {
        var needs: [String: ChainNeeds] = [name: []]
        var callers: [String: [String]] = [:]
        var waiting = [name]
        while let name = waiting.popLast() {
            for entry in chains[name]?.rules ?? [] {
                for action in (Expression.decode(entry.rule.expressions) ?? []).compactMap(\.demandingAction) {
                    needs[name, default: []].formUnion(action.chainNeeds)
                    guard let target = action.targetChain, chains[target] != nil else { continue }
                    if let demand = known[target] {
                        needs[name, default: []].formUnion(demand)
                        continue
                    }
                    callers[target, default: []].append(name)
                    if needs[target] == nil {
                        needs[target] = []
                        waiting.append(target)
                    }
                }
            }
        }
        ChainNeeds.handOn(&needs, to: callers)
        return needs
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
