extension IPPrefix: TextWritable {
    /// Reads `10.0.0.0/8` or one address; the length has no leading zeros, and no bit after it may be set.
    public init(parsing text: Span<UInt8>) throws(AddressParsingError) {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")) else {
            guard let address = IPAddress(parsing: text) else { throw .malformed }
            self.init(address)
            return
        }
        guard let address = IPAddress(parsing: text.extracting(0..<slash)) else { throw .malformed }
        let length = try Self.length(text.extracting(slash + 1..<text.count), family: address.family)
        guard let prefix = IPPrefix(address: address, length: length) else {
            throw .hostBitsSet(IPPrefix(masking: address, length: length))
        }
        self = prefix
    }

    /// Reads `10.0.0.0/8` or one address.
    public init(_ text: String) throws(AddressParsingError) {
        try self.init(parsing: text.utf8.span)
    }

    /// Appends `10.0.0.0/8`; one address without its length.
    public func write(to text: inout TextBuffer) {
        text.write(address)
        if length < address.family.addressBits {
            text.write(UInt8(ascii: "/"))
            text.write(decimal: length)
        }
    }

    private static func length(_ text: Span<UInt8>, family: AddressFamily) throws(AddressParsingError) -> UInt8 {
        guard !text.isEmpty, text.count == 1 || text[0] != UInt8(ascii: "0") else { throw .malformed }
        var length = 0
        for index in text.indices {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { throw .malformed }
            // Capped, so that no number of digits overflows.
            length = min(length * 10 + Int(digit), 1000)
        }
        guard length <= family.addressBits else { throw .lengthTooLarge(family) }
        return UInt8(length)
    }
}
