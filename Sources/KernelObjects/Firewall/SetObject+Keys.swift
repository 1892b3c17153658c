extension SetObject {
    /// The length of a key, as far as keys of this program are long.
    public var significantKeyLength: Int {
        Int(min(max(keyLength, 1), 16))
    }
}

extension SetKey {
    /// The next key of keys with a length in bytes; nil after the largest one.
    public func successor(length: Int) -> SetKey? {
        let (sum, overflow) = rawValue.addingReportingOverflow(1 << UInt128(128 - 8 * length))
        return overflow ? nil : SetKey(rawValue: sum)
    }

    /// The key before, of keys with a length in bytes; nothing before the smallest one.
    public func predecessor(length: Int) -> SetKey? {
        let (difference, overflow) = rawValue.subtractingReportingOverflow(1 << UInt128(128 - 8 * length))
        return overflow ? nil : SetKey(rawValue: difference)
    }

    /// The largest key of a length in bytes.
    static func largest(length: Int) -> SetKey {
        SetKey(rawValue: ~(UInt128.max >> UInt128(8 * length)))
    }
}
