import KernelObjects
import NetworkTypes
import RulesetModel

/// Interfaces, families and addresses.
extension RuleEncoder {
    /// Tests that a packet came in by some interface: one that this host made has none. The kernel gives 0 for none.
    mutating func appendForwardedOnly() {
        writer.append(MetaExpression(.iif))
        writer.append(CompareExpression(.notEqual, RegisterData(hostOrder: UInt32(0))))
    }

    /// Tests the family that the kernel rule is for, once; addresses can be loaded only after this.
    mutating func appendFamily() {
        guard let family = part.family, !hasFamily else { return }
        hasFamily = true
        writer.append(MetaExpression(.nfproto))
        writer.append(CompareExpression(.equal, RegisterData(family.rawValue)))
    }

    mutating func append(
        _ interfaces: Membership<[InterfacePattern]>,
        key: MetaExpression.Key
    ) throws(LoweringError.Reason) {
        writer.append(MetaExpression(key))
        switch interfaces.operand {
        case .namedSet(let name): try appendLookup(name, .interfaces, isNegated: interfaces.isNegated)
        case .values(let values):
            let patterns = values.uncovered
            if patterns.count == 1 {
                let value = RegisterData(patterns[0])
                writer.append(CompareExpression(interfaces.isNegated ? .notEqual : .equal, value))
            } else {
                try appendLookup(
                    .interfaceName,
                    isInterval: patterns.contains(where: \.isPrefix),
                    elements: patterns.elements,
                    isNegated: interfaces.isNegated
                )
            }
        }
    }

    mutating func append(_ addresses: Membership<AddressSet>, in place: AddressPlace) throws(LoweringError.Reason) {
        guard let family = part.family else { throw .matchesNothing }
        let field = AddressLoad(family, place)
        switch addresses.operand {
        case .namedSet(let name):
            guard let shape = sets[name], shape.kind == .addresses else { throw .unknownSet(name) }
            field.write(to: &writer)
            writer.append(LookupExpression(shape.name(family), isInverted: addresses.isNegated))
        case .values(let values) where family == .ipv4:
            try append(values.ipv4, field: field, isNegated: addresses.isNegated)
        case .values(let values):
            try append(values.ipv6, field: field, isNegated: addresses.isNegated)
        }
    }

    private mutating func append(
        _ addresses: IntervalSet<IPv4Address>,
        field: AddressLoad,
        isNegated: Bool
    ) throws(LoweringError.Reason) {
        guard addresses.intervals.count == 1, let only = addresses.intervals.first else {
            field.write(to: &writer)
            let isInterval = !addresses.isSingles
            try appendLookup(
                .ipv4Address,
                isInterval: isInterval,
                elements: addresses.elements,
                isNegated: isNegated
            )
            return
        }
        let (lower, upper) = (only.lower.rawValue, only.upper.rawValue)
        let hostBits = lower ^ upper
        guard hostBits & (hostBits &+ 1) == 0, lower & hostBits == 0, hostBits != 0 else {
            field.write(to: &writer)
            appendComparison(RegisterData(only.lower), RegisterData(only.upper), isNegated: isNegated)
            return
        }
        let value = RegisterData(only.lower)
        switch hostBits {
        case 0x00ff_ffff: appendLeadingBytes(1, of: value, field: field, isNegated: isNegated)
        case 0x0000_ffff: appendLeadingBytes(2, of: value, field: field, isNegated: isNegated)
        case 0x0000_00ff where !field.isHeader:
            appendLeadingBytes(3, of: value, field: field, isNegated: isNegated)
        // nft loads three bytes of the header for a /24, which takes the kernel eight times as long as four.
        default: appendMasked(value, mask: RegisterData(networkOrder: ~hostBits), field: field, isNegated: isNegated)
        }
    }

    private mutating func append(
        _ addresses: IntervalSet<IPv6Address>,
        field: AddressLoad,
        isNegated: Bool
    ) throws(LoweringError.Reason) {
        guard addresses.intervals.count == 1, let only = addresses.intervals.first else {
            field.write(to: &writer)
            let isInterval = !addresses.isSingles
            try appendLookup(
                .ipv6Address,
                isInterval: isInterval,
                elements: addresses.elements,
                isNegated: isNegated
            )
            return
        }
        let (lower, upper) = (only.lower.rawValue, only.upper.rawValue)
        let hostBits = lower ^ upper
        guard hostBits & (hostBits &+ 1) == 0, lower & hostBits == 0, hostBits != 0 else {
            field.write(to: &writer)
            appendComparison(RegisterData(only.lower), RegisterData(only.upper), isNegated: isNegated)
            return
        }
        let value = RegisterData(only.lower)
        let length = hostBits.leadingZeroBitCount
        if length > 0, length % 8 == 0 {
            appendLeadingBytes(length / 8, of: value, field: field, isNegated: isNegated)
        } else {
            let mask = RegisterData(leadingBytes: ~hostBits, length: 16)
            appendMasked(value, mask: mask, field: field, isNegated: isNegated)
        }
    }

    private mutating func appendLeadingBytes(
        _ count: Int,
        of value: RegisterData,
        field: AddressLoad,
        isNegated: Bool
    ) {
        field.write(to: &writer, count: UInt32(count))
        let bytes = RegisterData(leadingBytes: value.bits, length: count)
        writer.append(CompareExpression(isNegated ? .notEqual : .equal, bytes))
    }

    private mutating func appendMasked(
        _ value: RegisterData,
        mask: RegisterData,
        field: AddressLoad,
        isNegated: Bool
    ) {
        field.write(to: &writer)
        writer.append(BitwiseExpression(mask: mask))
        writer.append(CompareExpression(isNegated ? .notEqual : .equal, value))
    }
}

/// Which address of a packet, or of its connection, a condition is about.
enum AddressPlace {
    case source
    case destination
    /// The destination of the connection's first packet, before translation.
    case originalDestination
}

/// How an address gets into a register.
private enum AddressLoad {
    case header(AddressField)
    case connection(ConntrackExpression.Key)

    init(_ family: AddressFamily, _ place: AddressPlace) {
        self =
            switch place {
            case .source: .header(AddressField(family, isSource: true))
            case .destination: .header(AddressField(family, isSource: false))
            case .originalDestination: .connection(family == .ipv4 ? .destinationIPv4 : .destinationIPv6)
            }
    }

    /// Whether the address is loaded from the packet itself, of which the first bytes can be had alone.
    var isHeader: Bool {
        if case .header = self { true } else { false }
    }

    /// Loads the address, or at least its first bytes.
    func write(to writer: inout ExpressionWriter, count: UInt32? = nil) {
        switch self {
        case .header(let field): writer.append(field.load(count))
        case .connection(let key): writer.append(ConntrackExpression(key, direction: .original))
        }
    }
}

/// Where an address stands in the IPv4 header (RFC 791) or the IPv6 header (RFC 8200).
struct AddressField {
    /// The first byte in the header.
    let offset: UInt32
    /// The length in bytes.
    let length: UInt32

    init(_ family: AddressFamily, isSource: Bool) {
        switch family {
        case .ipv4: (offset, length) = (isSource ? 12 : 16, 4)
        case .ipv6: (offset, length) = (isSource ? 8 : 24, 16)
        }
    }

    /// Loads the address, or its first bytes.
    func load(_ count: UInt32? = nil) -> PayloadExpression {
        PayloadExpression(.network, offset: offset, length: count ?? length)
    }
}
