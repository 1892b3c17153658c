extension AddressRange: TextWritable {
    /// Reads an address, a prefix or a range of two addresses: `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`.
    public init(parsing text: Span<UInt8>) throws(AddressParsingError) {
        guard let hyphen = text.firstIndex(of: UInt8(ascii: "-")) else {
            self.init(try IPPrefix(parsing: text))
            return
        }
        guard let first = IPAddress(parsing: text.extracting(0..<hyphen)) else { throw .malformed }
        guard let last = IPAddress(parsing: text.extracting(hyphen + 1..<text.count)) else { throw .malformed }
        guard first.family == last.family else { throw .mixedFamilies }
        guard let range = AddressRange(first, last) else { throw .reversed }
        self = range
    }

    /// Reads an address, a prefix or a range of two addresses.
    public init(_ text: String) throws(AddressParsingError) {
        try self.init(parsing: text.utf8.span)
    }

    /// Appends the address or prefix where the range is one, else its two ends.
    public func write(to text: inout TextBuffer) {
        if let prefix {
            text.write(prefix)
        } else {
            text.write(first)
            text.write(UInt8(ascii: "-"))
            text.write(last)
        }
    }
}
