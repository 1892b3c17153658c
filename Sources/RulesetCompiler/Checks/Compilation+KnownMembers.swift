import NetworkTypes
import RulesetModel

extension Compilation {
    /// The most members of a set that are written out.
    private static var mostKnownMembers: Int { 1_000 }

    /// The rule with the members of named sets in their place.
    func withKnownMembers(_ rule: Rule) -> Rule {
        guard rule.matches.contains(where: \.asksSet) else { return rule }
        var rule = rule
        rule.matches = withKnownMembers(rule.matches)
        return rule
    }

    /// The matches with the members of named sets in their place, where the rule file alone says what they are: what is in a set with a
    /// timeout, or in one without members, is known at run time only.
    func withKnownMembers(_ matches: [Match]) -> [Match] {
        matches.map { match in
            switch match {
            case .inputInterface(let value): .inputInterface(known(value, \.interfaces))
            case .outputInterface(let value): .outputInterface(known(value, \.interfaces))
            case .sourceAddress(let value): .sourceAddress(known(value, \.addresses))
            case .destinationAddress(let value): .destinationAddress(known(value, \.addresses))
            case .originalDestinationAddress(let value): .originalDestinationAddress(known(value, \.addresses))
            case .transportProtocol(let value): .transportProtocol(known(value, \.protocols))
            case .sourcePort(let value): .sourcePort(known(value, \.ports))
            case .destinationPort(let value): .destinationPort(known(value, \.ports))
            case .originalDestinationPort(let value): .originalDestinationPort(known(value, \.ports))
            default: match
            }
        }
    }

    private func known<Values>(
        _ value: Membership<Values>,
        _ members: (NamedSet.Contents) -> Values?
    ) -> Membership<Values> {
        guard case .namedSet(let name) = value.operand, let index = sets.index(of: name), let set = namedSets[index],
            set.timeout == nil, (1...Self.mostKnownMembers).contains(set.contents.count),
            let values = members(set.contents)
        else { return value }
        return Membership(values, isNegated: value.isNegated)
    }
}

extension Match {
    fileprivate var asksSet: Bool {
        switch self {
        case .inputInterface(let value), .outputInterface(let value): value.asksSet
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            value.asksSet
        case .transportProtocol(let value): value.asksSet
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value): value.asksSet
        default: false
        }
    }
}

extension Membership {
    fileprivate var asksSet: Bool {
        if case .namedSet = operand { true } else { false }
    }
}

extension NamedSet.Contents {
    fileprivate var count: Int {
        switch self {
        case .addresses(let values), .prefixes(let values): values.rangeCount
        case .ports(let values): values.intervals.count
        case .interfaces(let values): values.count
        case .marks(let values): values.intervals.count
        case .protocols(let values): values.count
        }
    }
}
