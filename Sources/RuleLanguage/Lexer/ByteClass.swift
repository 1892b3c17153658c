/// What a byte can be part of: a bit for each role, so that a word's shape is the union of its bytes' classes.
struct ByteClass: OptionSet {
    let rawValue: UInt8

    /// `0` to `9`.
    static let digit = Self(rawValue: 1)
    /// `a` to `f`, either case: a letter that is also a hexadecimal digit.
    static let hexLetter = Self(rawValue: 2)
    /// Any other letter, and the bytes that only names have: `_` and `*`.
    static let letter = Self(rawValue: 4)
    static let dot = Self(rawValue: 8)
    static let colon = Self(rawValue: 16)
    static let hyphen = Self(rawValue: 32)
    static let slash = Self(rawValue: 64)

    /// What a word can start with and hold without a look at what is around.
    static let plain: Self = [.digit, .hexLetter, .letter, .dot]
    /// What can follow a hyphen or slash inside a word.
    static let alphanumeric: Self = [.digit, .hexLetter, .letter]

    /// The class of every byte.
    static let table: [UInt8] = (0...255).map { of(UInt8($0)).rawValue }

    private static func of(_ byte: UInt8) -> Self {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): .hexLetter
        case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "G")...UInt8(ascii: "Z"): .letter
        case UInt8(ascii: "_"), UInt8(ascii: "*"): .letter
        case UInt8(ascii: "."): .dot
        case UInt8(ascii: ":"): .colon
        case UInt8(ascii: "-"): .hyphen
        case UInt8(ascii: "/"): .slash
        default: []
        }
    }
}
