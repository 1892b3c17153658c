/// What the verbs of a rule or a chain demand of the base chain that packets come from.
///
/// Verbs that any chain allows (`accept`, `drop`, `log`, `count`, `return`) demand nothing.
public struct ChainNeeds: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `reject`: before routing, while a packet comes in, passes through or goes out.
    public static let filter = ChainNeeds(rawValue: 0x01)
    /// `redirect`, `dnat`.
    public static let destinationNAT = ChainNeeds(rawValue: 0x02)
    /// `snat`.
    public static let sourceNAT = ChainNeeds(rawValue: 0x04)
    /// `masquerade`, which the kernel has after routing alone.
    public static let masquerade = ChainNeeds(rawValue: 0x08)
    /// `set mark`, `set ct mark`: before routing decides, unless other verbs choose the chain.
    public static let mangle = ChainNeeds(rawValue: 0x10)
    /// `notrack`: before connection tracking.
    public static let raw = ChainNeeds(rawValue: 0x20)

    /// Whether no standard chain meets them all, in any direction.
    public var areMixed: Bool {
        Direction.allCases.allSatisfy { $0.standardChain(for: self) == nil }
    }
}

extension Action {
    /// What this verb itself demands; a jump's target is not looked into.
    public var chainNeeds: ChainNeeds {
        switch self {
        case .accept, .drop, .log, .count, .return, .jump, .goto: []
        case .reject: .filter
        case .redirect, .destinationNAT: .destinationNAT
        case .sourceNAT: .sourceNAT
        case .masquerade: .masquerade
        case .notrack: .raw
        case .setMark, .setConnectionMark: .mangle
        }
    }

    /// The chain that packets are sent to.
    public var targetChain: String? {
        switch self {
        case .jump(let name), .goto(let name): name
        default: nil
        }
    }
}

extension Ruleset {
    /// What each declared chain demands, with all chains that it leads to; by name, for every declared chain.
    public var chainNeeds: [String: ChainNeeds] {
        var needs: [String: ChainNeeds] = [:]
        var callers: [String: [String]] = [:]
        for chain in chains {
            needs[chain.name] = chain.rules.reduce([]) { $0.union($1.action.chainNeeds) }
            for rule in chain.rules {
                if let target = rule.action.targetChain { callers[target, default: []].append(chain.name) }
            }
        }
        ChainNeeds.handOn(&needs, to: callers)
        return needs
    }
}

extension ChainNeeds {
    /// Adds to what each chain demands itself what the chains demand that it leads to.
    /// - Parameter callers: The chains that jump to a chain, by its name.
    public static func handOn(_ needs: inout [String: ChainNeeds], to callers: [String: [String]]) {
        // Each pass adds bits, of which there are few, so loops end too.
        var changed = Array(needs.keys)
        while let name = changed.popLast() {
            let demand = needs[name, default: []]
            for caller in callers[name, default: []] where !needs[caller, default: []].isSuperset(of: demand) {
                needs[caller, default: []].formUnion(demand)
                changed.append(caller)
            }
        }
    }
}
