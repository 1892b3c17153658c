extension IPv4Address: TextWritable {
    /// Reads dotted decimal: four numbers of at most 255 without leading zeros, which other tools read as octal.
    public init?(parsing text: Span<UInt8>) {
        var value: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        guard (7...15).contains(text.count) else { return nil }
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | octet
                (octet, digits, dots) = (0, 0, dots + 1)
                continue
            }
            let digit = UInt32(byte &- UInt8(ascii: "0"))
            guard digit <= 9, digits == 0 || octet != 0 else { return nil }
            octet = octet * 10 + digit
            digits += 1
            guard octet <= 255 else { return nil }
        }
        guard dots == 3, digits > 0 else { return nil }
        rawValue = value << 8 | octet
    }

    /// Reads dotted decimal.
    public init?(_ text: String) {
        self.init(parsing: text.utf8.span)
    }

    /// Appends dotted decimal.
    public func write(to text: inout TextBuffer) {
        for shift: UInt32 in [24, 16, 8, 0] {
            text.write(decimal: rawValue >> shift & 0xff)
            if shift > 0 { text.write(UInt8(ascii: ".")) }
        }
    }
}
