public import NetworkTypes

extension RoutingRule {
    /// What the kernel compares of the rule.
    public var identity: RoutingRuleIdentity {
        RoutingRuleIdentity(
            family: family,
            priority: priority,
            action: action.number,
            table: action.table,
            source: source.flatMap(Self.meaningful),
            destination: destination.flatMap(Self.meaningful),
            inputInterface: inputInterface?.rawValue,
            outputInterface: outputInterface?.rawValue,
            // Under an empty mask every packet's mark fits, and the kernel reports none.
            mark: mark.flatMap { $0.mask == 0 ? nil : $0 },
            packets: packets,
            asksMasterDevice: action == .lookupOfVRF,
            suppressedPrefixLength: suppressedPrefixLength.map { UInt32($0) },
            suppressedGroup: suppressedGroup
        )
    }

    /// A prefix of length 0 is every address; the kernel does not report it.
    private static func meaningful(_ prefix: IPPrefix) -> IPPrefix? {
        prefix.length == 0 ? nil : prefix
    }
}

extension RoutingRule.Action {
    /// `FR_ACT_*`
    fileprivate var number: UInt8 {
        switch self {
        case .lookup, .lookupOfVRF: 1
        case .goTo: 2
        case .nothing: 3
        case .blackhole: 6
        case .unreachable: 7
        case .prohibit: 8
        }
    }

    fileprivate var table: UInt32 {
        guard case .lookup(let table) = self else { return 0 }
        return table
    }
}
