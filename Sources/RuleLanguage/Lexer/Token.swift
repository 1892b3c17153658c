/// One token: what it is and where its bytes are; its text stays in the file.
public struct Token: Sendable, Hashable {
    /// What a token is.
    public enum Kind: Sendable, Hashable {
        /// The end of the file, or the place where an oversized file is cut off.
        case endOfFile
        /// A line end (`\n` or `\r\n`).
        case newline
        /// `;`, which separates statements as a line end does.
        case semicolon
        case leftBrace
        case rightBrace
        case leftBracket
        case rightBracket
        case comma
        case colon
        case equals
        case exclamation
        case slash
        case minus
        case plus
        /// `$name`.
        case variable
        /// `@name`.
        case setReference
        /// `"…"`; one that lacks its end reaches to the end of the line and was reported.
        case string
        /// A reserved word.
        case keyword(Keyword)
        /// Any other word, by what it looks like.
        case word(WordShape)
        /// `#` to the end of the line; only for who asks for comments.
        case comment
        /// Bytes without a meaning; they were reported.
        case invalid
    }

    /// What the token is.
    public let kind: Kind
    /// Offset of its first byte.
    public let start: UInt32
    /// Offset after its last byte.
    public let end: UInt32
}

/// What a word looks like, told from its bytes alone.
///
/// Which type it has is for the place it stands in to say.
public enum WordShape: UInt8, Sendable, Hashable {
    /// Decimal digits, or hexadecimal ones after `0x`: `443`, `0x1f`.
    case number
    /// A number with a unit or a rate: `60s`, `1h30m`, `10/second`, `64k`.
    case quantity
    /// Looks like an IPv4, IPv6 or hardware address: `10.0.0.1`, `2001:db8::1`, `52:54:00:12:34:56`.
    case address
    /// An address with a length or mask after a slash: `10.0.0.0/8`.
    case prefix
    /// An IPv4 address, or a range of them, with a port or ports: `10.0.0.7:8443`.
    case endpoint
    /// Two numbers or addresses with a hyphen between them: `1024-65535`.
    case range
    /// Two numbers with a slash between them: `0x10/0xff`.
    case masked
    /// Anything else, such as `ssh`, `eth0`, `wl*`, `net.ipv4.ip_forward`.
    case name
}
