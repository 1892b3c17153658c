public import NetworkTypes
import Vocabulary

extension MatchRegion {
    /// Leaves what the condition holds for.
    mutating func narrow(to match: Match, _ familiesOfSet: (String) -> AddressFamilies) {
        families.formIntersection(match.families(familiesOfSet: familiesOfSet))
        switch match {
        case .family: break
        case .inputInterface(let value):
            narrow(\.inputInterface, to: value, match) { InterfaceNames($0, isNegated: $1) }
        case .outputInterface(let value):
            narrow(\.outputInterface, to: value, match) { InterfaceNames($0, isNegated: $1) }
        case .sourceAddress(let value): narrow(\.source, to: value, match, Self.addresses)
        case .destinationAddress(let value): narrow(\.destination, to: value, match, Self.addresses)
        case .originalDestinationAddress(let value): narrow(\.originalDestination, to: value, match, Self.addresses)
        case .transportProtocol(let value):
            narrow(\.protocols, to: value, match) { protocols, isNegated in
                Self.numbers(IntervalSet(protocols.map { UInt16($0.rawValue) }), isNegated)
            }
        case .sourcePort(let value): narrow(\.sourcePorts, to: value, match, Self.numbers)
        case .destinationPort(let value): narrow(\.destinationPorts, to: value, match, Self.numbers)
        case .originalDestinationPort(let value): narrow(\.originalDestinationPorts, to: value, match, Self.numbers)
        case .tcpFlags(let flags):
            tcpFlags.narrow(
                to: IntervalSet((0...UInt16(UInt8.max)).filter { flags.holds(TCPFlags(rawValue: UInt8($0))) })
            )
        case .icmp(let message): narrow(to: message)
        case .connectionState(let states, let isNegated):
            self.states.narrow(to: isNegated ? ConntrackStates.all.subtracting(states) : states)
        case .connectionStatus(let status, let isNegated):
            let bits = UInt16(truncatingIfNeeded: status.rawValue)
            self.status.narrow(to: IntervalSet(ConntrackStatus.combinations.filter { ($0 & bits != 0) != isNegated }))
        case .connectionMark(let value):
            narrow(\.connectionMark, to: value, match) { MarkRegion($0, isNegated: $1) }
        case .mark(let value): narrow(\.mark, to: value, match) { MarkRegion($0, isNegated: $1) }
        case .socketUser(let value): narrow(\.user, to: value, match, Self.numbers)
        case .socketGroup(let value): narrow(\.group, to: value, match, Self.numbers)
        case .field(let field): narrow(to: field)
        case .limit: isLimited = true
        }
        settleFamilies()
    }

    private mutating func narrow<Values, Region: ValueRegion>(
        _ part: WritableKeyPath<MatchRegion, Region?>,
        to membership: Membership<Values>,
        _ match: Match,
        _ region: (Values, Bool) -> Region
    ) {
        switch membership.operand {
        case .values(let values):
            self[keyPath: part].narrow(to: region(values, membership.isNegated))
        case .namedSet(let name):
            lookups.insert(Lookup(rank: match.rank, set: name, isNegated: membership.isNegated))
        }
    }

    private mutating func narrow(to message: ICMPMatch) {
        protocols.narrow(to: IntervalSet([UInt16((message.family == .ipv4 ? IPProtocol.icmp : .icmpv6).rawValue)]))
        let codes = message.code.map { UInt16($0)...UInt16($0) } ?? 0...0xff
        let messages = message.types.compactMap { type in
            Interval(UInt16(type) << 8 | codes.lowerBound, UInt16(type) << 8 | codes.upperBound)
        }
        icmp.narrow(to: Self.numbers(IntervalSet(messages), message.isNegated))
    }

    private mutating func narrow(to match: FieldMatch) {
        guard let region = match.region else {
            maskedFields.insert(match)
            return
        }
        fields[match.field] = fields[match.field]?.intersection(region) ?? region
        if let number = match.row.layer.transportProtocol {
            protocols.narrow(to: IntervalSet([UInt16(number.rawValue)]))
        }
    }

    /// Addresses, or all others of their families.
    private static func addresses(_ values: AddressSet, _ isNegated: Bool) -> AddressSet {
        guard isNegated else { return values }
        return AddressSet(
            ipv4: values.ipv4.isEmpty ? values.ipv4 : values.ipv4.complement,
            ipv6: values.ipv6.isEmpty ? values.ipv6 : values.ipv6.complement
        )
    }

    /// Numbers, or all others.
    private static func numbers<Number>(_ values: IntervalSet<Number>, _ isNegated: Bool) -> IntervalSet<Number> {
        isNegated ? values.complement : values
    }
}

extension TCPFlagsMatch {
    /// Whether the condition holds for a segment with these flags.
    public func holds(_ segment: TCPFlags) -> Bool {
        (segment.intersection(mask) == flags) != isNegated
    }
}

extension ConntrackStates {
    /// Every state that a packet can be in.
    static let all: ConntrackStates = [.invalid, .established, .related, .new, .untracked]
}

extension ConntrackStatus {
    /// The combinations of the bits that have names.
    fileprivate static let combinations: [UInt16] = {
        let bits = allNames.compactMap { ConntrackStatus(named: $0) }.map { UInt16(truncatingIfNeeded: $0.rawValue) }
        return bits.reduce([0]) { combinations, bit in combinations + combinations.map { $0 | bit } }.sorted()
    }()
}
