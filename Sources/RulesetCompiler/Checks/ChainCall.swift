import NetworkTypes
import RulesetModel

/// What the kernel judges the rules of a chain by: how it calls the base chain that leads to them.
struct ChainCall: Hashable {
    let type: ChainType
    let hook: NetfilterHook
    /// Whether packets come by before connection tracking.
    let isBeforeTracking: Bool
}

/// What a base chain lacks for a verb.
enum MissingForVerb {
    /// It must have this type.
    case type(ChainType)
    /// It must be in one of these hooks.
    case hooks([NetfilterHook])
    /// It must come before connection tracking.
    case earlyPriority
}

extension BaseChain {
    /// The priority of connection tracking (`NF_IP_PRI_CONNTRACK`).
    static let trackingPriority: Int32 = -200
}

extension ChainCall {
    init(_ chain: BaseChain) {
        self.init(
            type: chain.type,
            hook: chain.hook,
            isBeforeTracking: chain.priority < BaseChain.trackingPriority
        )
    }

    init(_ chain: StandardChain) {
        self.init(
            type: chain.type,
            hook: chain.hook,
            isBeforeTracking: chain.priority < BaseChain.trackingPriority
        )
    }

    /// What the call lacks for rules with these demands; nil if they can do what they say.
    ///
    /// The kernel has the same table, but for `notrack`: it takes that everywhere, and it does nothing once the packet has a connection.
    func missing(for needs: ChainNeeds) -> MissingForVerb? {
        let demands: [(ChainNeeds, ChainType?, [NetfilterHook])] = [
            (.filter, nil, [.prerouting, .input, .forward, .output]),
            (.destinationNAT, .nat, [.prerouting, .output]),
            (.sourceNAT, .nat, [.input, .postrouting]),
            (.masquerade, .nat, [.postrouting]),
            (.raw, nil, [.prerouting, .output]),
        ]
        for (need, neededType, hooks) in demands where needs.contains(need) {
            if let neededType, type != neededType { return .type(neededType) }
            if !hooks.contains(hook) { return .hooks(hooks) }
            if need == .raw, !isBeforeTracking { return .earlyPriority }
        }
        return nil
    }
}
