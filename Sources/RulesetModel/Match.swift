public import NetworkTypes
import Vocabulary

/// One condition on a packet.
public enum Match: Sendable, Hashable {
    /// The interface that the packet came in by (`iifname`).
    case inputInterface(Membership<[InterfacePattern]>)
    /// The interface that the packet leaves by (`oifname`).
    case outputInterface(Membership<[InterfacePattern]>)
    /// The address family alone (`meta nfproto`).
    case family(AddressFamily)
    /// The source address (`ip saddr`, `ip6 saddr`).
    case sourceAddress(Membership<AddressSet>)
    /// The destination address (`ip daddr`, `ip6 daddr`).
    case destinationAddress(Membership<AddressSet>)
    /// The transport protocol (`meta l4proto`); ascending.
    case transportProtocol(Membership<[IPProtocol]>)
    /// The source port; the rule also has a `transportProtocol` whose protocols have ports.
    case sourcePort(Membership<IntervalSet<UInt16>>)
    /// The destination port; the rule also has a `transportProtocol` whose protocols have ports.
    case destinationPort(Membership<IntervalSet<UInt16>>)
    /// Flags of the TCP header; the rule also has the `transportProtocol` TCP.
    case tcpFlags(TCPFlagsMatch)
    /// ICMP type and code; implies the family and the protocol.
    case icmp(ICMPMatch)
    /// The connection's state (`ct state`): any of the bits.
    case connectionState(ConntrackStates, isNegated: Bool)
    /// The connection's status (`ct status`): any of the bits.
    case connectionStatus(ConntrackStatus, isNegated: Bool)
    /// The connection's mark (`ct mark`).
    case connectionMark(Membership<Mark>)
    /// The destination address of the connection's first packet, before translation (`ct original ip daddr`).
    case originalDestinationAddress(Membership<AddressSet>)
    /// The destination port of the connection's first packet, before translation (`ct original proto-dst`).
    case originalDestinationPort(Membership<IntervalSet<UInt16>>)
    /// The packet's mark (`meta mark`).
    case mark(Membership<Mark>)
    /// The user who owns the socket that sent the packet (`meta skuid`).
    case socketUser(Membership<IntervalSet<UInt32>>)
    /// The group that owns the socket that sent the packet (`meta skgid`).
    case socketGroup(Membership<IntervalSet<UInt32>>)
    /// A field of the vocabulary.
    case field(FieldMatch)
    /// A rate; it is tried last, since trying it uses it up.
    case limit(Limit)

    /// The place among a rule's matches: cheap and narrowing ones first, `limit` last.
    public var rank: Int {
        switch self {
        case .inputInterface: 0
        case .outputInterface: 1
        case .family: 2
        case .sourceAddress: 3
        case .destinationAddress: 4
        case .transportProtocol: 5
        case .sourcePort: 6
        case .destinationPort: 7
        case .tcpFlags: 8
        case .icmp: 9
        case .connectionState: 10
        case .connectionStatus: 11
        case .connectionMark: 12
        case .originalDestinationAddress: 13
        case .originalDestinationPort: 14
        case .mark: 15
        case .socketUser: 16
        case .socketGroup: 17
        case .field(let match): 18 + match.field.rawValue
        case .limit: .max
        }
    }

    /// Whether the condition holds for what is not among its values.
    public var isNegated: Bool {
        switch self {
        case .inputInterface(let value), .outputInterface(let value): value.isNegated
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            value.isNegated
        case .transportProtocol(let value): value.isNegated
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value): value.isNegated
        case .tcpFlags(let flags): flags.isNegated
        case .icmp(let message): message.isNegated
        case .connectionState(_, let isNegated), .connectionStatus(_, let isNegated): isNegated
        case .connectionMark(let value), .mark(let value): value.isNegated
        case .socketUser(let value), .socketGroup(let value): value.isNegated
        case .field(let match): match.isNegated
        case .family, .limit: false
        }
    }

    /// Sorts by rank; matches of equal rank keep their order.
    static func canonicalOrder(_ matches: [Match]) -> [Match] {
        for (left, right) in zip(matches, matches.dropFirst()) where left.rank > right.rank {
            return matches.enumerated()
                .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
                .map(\.element)
        }
        return matches
    }
}

/// What a value is looked for in.
public enum Operand<Values: Sendable & Hashable>: Sendable, Hashable {
    /// Values written in the rule.
    case values(Values)
    /// A named set.
    case namedSet(String)
}

/// Whether a packet's value is (or is not) among others.
public struct Membership<Values: Sendable & Hashable>: Sendable, Hashable {
    /// What the value is looked for in.
    public var operand: Operand<Values>
    /// Whether the value must not be there.
    public var isNegated: Bool

    /// Creates the condition.
    public init(_ operand: Operand<Values>, isNegated: Bool = false) {
        self.operand = operand
        self.isNegated = isNegated
    }

    /// Creates the condition from values written in the rule.
    public init(_ values: Values, isNegated: Bool = false) {
        self.init(.values(values), isNegated: isNegated)
    }
}

extension Membership<[IPProtocol]> {
    /// The protocol, where it must be exactly this one.
    public var single: IPProtocol? {
        guard case .values(let values) = operand, values.count == 1, !isNegated else { return nil }
        return values[0]
    }
}

extension Membership<IntervalSet<UInt16>> {
    /// The port, where exactly one is shut out.
    public var shutOutPort: UInt16? {
        guard isNegated, case .values(let values) = operand, values.intervals.count == 1, values.intervals[0].isSingle
        else { return nil }
        return values.intervals[0].lower
    }
}

/// A condition on TCP flags: of the bits in `mask`, exactly those in `flags` are set.
public struct TCPFlagsMatch: Sendable, Hashable {
    /// The bits that must be set; none outside the mask.
    public let flags: TCPFlags
    /// The bits that are looked at.
    public let mask: TCPFlags
    /// Whether the opposite is meant; never of one bit, which is then the other way.
    public let isNegated: Bool

    /// Creates the condition.
    public init(flags: TCPFlags, mask: TCPFlags, isNegated: Bool = false) {
        let turnsOneBit = isNegated && mask.rawValue.nonzeroBitCount == 1
        self.flags = turnsOneBit ? mask.subtracting(flags) : flags
        self.mask = mask
        self.isNegated = isNegated && !turnsOneBit
    }
}

/// A condition on ICMP (RFC 792) or ICMPv6 (RFC 4443) type and code.
public struct ICMPMatch: Sendable, Hashable {
    /// IPv4 for ICMP, IPv6 for ICMPv6.
    public var family: AddressFamily
    /// The types, ascending, at least one.
    public var types: [UInt8]
    /// The code; only with exactly one type.
    public var code: UInt8?
    /// Whether the opposite is meant (of the type; a code is never negated).
    public var isNegated: Bool

    /// Creates the condition.
    public init(family: AddressFamily, types: [UInt8], code: UInt8? = nil, isNegated: Bool = false) {
        self.family = family
        self.types = types
        self.code = code
        self.isNegated = isNegated
    }
}
