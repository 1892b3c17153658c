public import NetworkTypes

/// The new addresses of translated packets: one family.
public enum TargetAddresses: Sendable, Hashable {
    /// One of these; the kernel chooses for each connection.
    case pool(AddressRange)
    /// The old address with these first bits: its host part is kept (`NF_NAT_RANGE_NETMAP`). The rule asks for one prefix of the same
    /// length in the place of the old address (`Rule.prefixFault`). A prefix of one address is a pool.
    case prefix(IPPrefix)

    /// One of these addresses.
    public init(_ range: AddressRange) {
        self = .pool(range)
    }

    /// The prefix that takes the place of another.
    public init(_ prefix: IPPrefix) {
        let range = AddressRange(prefix)
        self = range.isSingle ? .pool(range) : .prefix(prefix)
    }

    /// All addresses that there may be.
    public var range: AddressRange {
        switch self {
        case .pool(let range): range
        case .prefix(let prefix): AddressRange(prefix)
        }
    }

    /// The family of the addresses.
    public var family: AddressFamily {
        range.family
    }
}

extension TargetAddresses: TextWritable {
    /// Appends `10.0.0.1`, `10.0.0.1-10.0.0.9` or `10.0.0.0/24`: a pool always by its two ends.
    public func write(to text: inout TextBuffer) {
        write(to: &text, isBracketed: false)
    }

    /// Appends the same, each address or prefix in brackets if a port follows that could be taken for a part of it.
    public func write(to text: inout TextBuffer, isBracketed: Bool) {
        switch self {
        case .pool(let range):
            text.write(range.first, isBracketed: isBracketed)
            guard !range.isSingle else { return }
            text.write(UInt8(ascii: "-"))
            text.write(range.last, isBracketed: isBracketed)
        case .prefix(let prefix):
            text.write(prefix, isBracketed: isBracketed)
        }
    }
}

extension TextBuffer {
    fileprivate mutating func write(_ value: some TextWritable, isBracketed: Bool) {
        if isBracketed { write(UInt8(ascii: "[")) }
        write(value)
        if isBracketed { write(UInt8(ascii: "]")) }
    }
}

/// Why the host part of an address cannot be kept.
public enum PrefixFault: Sendable, Hashable {
    /// The rule asks for no addresses in that place, or for a named set, which may hold anything.
    case noPrefix
    /// It asks for several ranges, for one that is no prefix, or for all but some.
    case notOnePrefix
    /// It asks for a prefix of another length.
    case otherLength(IPPrefix)
}

extension Rule {
    /// Why a translation of a prefix to a prefix has no meaning; nil if it has one, and for any other rule.
    public var prefixFault: PrefixFault? {
        guard case .prefix(let new)? = action.translation?.addresses else { return nil }
        guard let addresses = translatedAddresses, case .values(let values) = addresses.operand else {
            return .noPrefix
        }
        let ranges = Array(values.ranges)
        guard !addresses.isNegated, ranges.count == 1, let old = ranges.first?.prefix else { return .notOnePrefix }
        return old.family == new.family && old.length != new.length ? .otherLength(old) : nil
    }

    /// What the rule asks of the address that it changes.
    public var translatedAddresses: Membership<AddressSet>? {
        for match in matches {
            switch (match, action) {
            case (.destinationAddress(let addresses), .destinationNAT), (.sourceAddress(let addresses), .sourceNAT):
                return addresses
            default: continue
            }
        }
        return nil
    }
}

extension Action {
    /// The new addresses and ports of `dnat` and `snat`.
    public var translation: AddressTranslation? {
        switch self {
        case .destinationNAT(let translation), .sourceNAT(let translation): translation
        default: nil
        }
    }
}
