extension IPAddress: TextWritable {
    /// Reads an IPv4 or IPv6 address.
    public init?(parsing text: Span<UInt8>) {
        if text.looksLikeIPv6 {
            guard let address = IPv6Address(parsing: text) else { return nil }
            self = .ipv6(address)
        } else {
            guard let address = IPv4Address(parsing: text) else { return nil }
            self = .ipv4(address)
        }
    }

    /// Reads an IPv4 or IPv6 address.
    public init?(_ text: String) {
        self.init(parsing: text.utf8.span)
    }

    /// Appends the canonical form of the family.
    public func write(to text: inout TextBuffer) {
        switch self {
        case .ipv4(let address): text.write(address)
        case .ipv6(let address): text.write(address)
        }
    }
}

extension Span<UInt8> {
    /// Whether the text can only be an IPv6 address: those have a colon among their first five bytes.
    var looksLikeIPv6: Bool {
        for index in 0..<Swift.min(count, 5) where self[index] == UInt8(ascii: ":") {
            return true
        }
        return false
    }
}
