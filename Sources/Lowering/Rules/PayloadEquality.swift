import KernelObjects
import NetworkTypes
import RulesetModel
import Vocabulary

/// A condition that whole bytes of a header are these.
///
/// nft makes one comparison of such conditions where they stand one after the other, and their bytes too.
struct PayloadEquality {
    /// The header.
    let base: PayloadExpression.Base
    /// What is asked of a packet first.
    let layer: Layer
    /// The first byte.
    let offset: UInt32
    /// What the bytes are.
    private(set) var value: RegisterData

    /// The condition, where it is one of this kind, for packets of one family; `nil` stands for both.
    init?(_ match: Match, _ family: AddressFamily?, _ transport: IPProtocol?) {
        switch match {
        case .field(let match):
            guard !match.isNegated, case .among(let values) = match.values, values.intervals.count == 1,
                values.intervals[0].isSingle, case .payload(let base, let bits)? = match.row.load.value(for: family)
            else { return nil }
            let layout = FieldLayout(match.row, .payload(base, bits))
            guard layout.mask == nil else { return nil }
            self.base = .init(base)
            layer = match.row.layer
            offset = Bytes(bits).offset
            value = layout.networkOrder(values.intervals[0].lower)
        case .sourcePort(let ports), .destinationPort(let ports):
            guard let transport, let port = ports.only else { return nil }
            base = .transport
            layer = .transport(transport)
            offset = if case .sourcePort = match { 0 } else { 2 }
            value = RegisterData(port: port)
        case .sourceAddress(let addresses), .destinationAddress(let addresses):
            guard let family, let address = addresses.only(family) else { return nil }
            base = .network
            layer = .any
            let isSource = if case .sourceAddress = match { true } else { false }
            offset = AddressField(family, isSource: isSource).offset
            value = RegisterData(address)
        default:
            return nil
        }
    }

    private var end: UInt32 {
        offset + UInt32(value.length)
    }

    /// Takes in a condition on the bytes right after these; false where nft keeps them apart: what the kernel reads fastest from the
    /// headers of IP and after it has four bytes at most.
    private mutating func merge(_ next: PayloadEquality) -> Bool {
        let length = value.length + next.value.length
        guard base == next.base, layer == next.layer, end == next.offset, length <= (base == .link ? 16 : 4) else {
            return false
        }
        let bits = value.bits | next.value.bits >> UInt128(8 * value.length)
        value = RegisterData(leadingBytes: bits, length: Int(length))
        return true
    }

    /// Conditions that stand one after the other as nft compares them.
    static func merged(_ conditions: [PayloadEquality]) -> [PayloadEquality] {
        let order = conditions.indices.sorted { (conditions[$0].offset, $0) < (conditions[$1].offset, $1) }
        var result: [PayloadEquality?] = conditions
        var last = order[0]
        for next in order.dropFirst() {
            if result[last]?.merge(conditions[next]) ?? false {
                result[next] = nil
            } else {
                last = next
            }
        }
        return result.compactMap(\.self)
    }
}

extension Membership<IntervalSet<UInt16>> {
    /// The port, where it must be exactly one.
    fileprivate var only: UInt16? {
        guard !isNegated, case .values(let values) = operand, values.intervals.count == 1, values.intervals[0].isSingle
        else { return nil }
        return values.intervals[0].lower
    }
}

extension Membership<AddressSet> {
    /// The address of a family, where it must be exactly one.
    fileprivate func only(_ family: AddressFamily) -> IPAddress? {
        guard !isNegated, case .values(let values) = operand else { return nil }
        let ranges = Array(values.only(family).ranges)
        guard ranges.count == 1, let prefix = ranges[0].prefix, Int(prefix.length) == family.addressBits else {
            return nil
        }
        return prefix.address
    }
}
