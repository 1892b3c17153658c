/// The bytes that nft keeps next to kernel objects for its own use: a row of type, length, value (libnftnl's `udata.h`).
///
/// The kernel never looks into them; with the right ones nft prints our objects as if it had made them.
public enum Userdata {
    /// The longest comment that nft reads again from its own listing (`NFTNL_UDATA_COMMENT_MAXLEN`).
    static let longestComment = 128

    /// The userdata of a rule (`NFTNL_UDATA_RULE_COMMENT`) with a comment; nothing for no comment. Longer comments are cut off
    /// at a character.
    public static func comment(_ text: String?) -> [UInt8] {
        guard let text, !text.isEmpty else { return [] }
        return entry(0, terminated(text))
    }

    /// The comment in the userdata of a rule.
    public static func comment(ofRule userdata: [UInt8]) -> String? {
        value(ofType: 0, in: userdata).flatMap(text)
    }

    /// One entry.
    static func entry(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, UInt8(clamping: value.count)] + value
    }

    /// The value of the first entry with a type; nothing where there is none or the bytes are malformed before it.
    static func value(ofType type: UInt8, in userdata: [UInt8]) -> ArraySlice<UInt8>? {
        var rest = userdata[...]
        while rest.count >= 2 {
            let (entryType, length) = (rest[rest.startIndex], Int(rest[rest.startIndex + 1]))
            rest = rest.dropFirst(2)
            guard length <= rest.count else { return nil }
            if entryType == type { return rest.prefix(length) }
            rest = rest.dropFirst(length)
        }
        return nil
    }

    /// Text as nft stores it: with a NUL after it, and no longer than nft reads.
    static func terminated(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for character in text {
            guard bytes.count + character.utf8.count <= longestComment else { break }
            bytes += character.utf8
        }
        return bytes + [0]
    }

    /// Text that nft stored.
    static func text(_ value: ArraySlice<UInt8>) -> String? {
        String(validating: value.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// The userdata of a set, as far as nft needs it.
public struct SetUserdata: Sendable, Hashable {
    /// How the bytes of a key are to be read (`NFTNL_UDATA_SET_KEYBYTEORDER`).
    public enum ByteOrder: UInt32, Sendable, Hashable {
        /// A single byte has no order.
        case none = 0
        /// The machine's.
        case host = 1
        /// The network's.
        case network = 2
    }

    /// The byte order of the keys.
    public var byteOrder: ByteOrder
    /// Text for people (`NFTNL_UDATA_SET_COMMENT`).
    public var comment: String?

    private static let byteOrderType: UInt8 = 0
    private static let commentType: UInt8 = 7

    /// Creates a description.
    public init(byteOrder: ByteOrder, comment: String? = nil) {
        self.byteOrder = byteOrder
        self.comment = comment
    }

    /// Reads what a set has; what is malformed or missing is left out.
    public init(_ userdata: [UInt8]) {
        let bits = Userdata.value(ofType: Self.byteOrderType, in: userdata).flatMap { value in
            value.count == 4 ? value.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } : nil
        }
        byteOrder = bits.flatMap(ByteOrder.init(rawValue:)) ?? .none
        comment = Userdata.value(ofType: Self.commentType, in: userdata).flatMap(Userdata.text)
    }

    /// The bytes for `NFTA_SET_USERDATA`.
    public var bytes: [UInt8] {
        // nft writes this number in the machine's byte order.
        let order = withUnsafeBytes(of: byteOrder.rawValue) { Array($0) }
        let comment = comment.map { $0.isEmpty ? [] : Userdata.entry(Self.commentType, Userdata.terminated($0)) } ?? []
        return Userdata.entry(Self.byteOrderType, order) + comment
    }
}

extension SetObject {
    /// The name that an anonymous set is sent with; the kernel numbers it.
    public static let anonymousName = "__set%d"
    /// The same of a map.
    public static let anonymousMapName = "__map%d"

    /// Whether a name stands for a rule's next anonymous set: the kernel puts a number in the place of `%d`, and no other name has that.
    public static func isAnonymousName(_ name: String) -> Bool {
        name.hasSuffix("%d")
    }

    /// Creates the set of values that stand in one rule, in canonical form: sorted, without size, with nft's byte order note.
    public static func anonymous(_ type: SetDatatype, isInterval: Bool, elements: [SetElement]) -> SetObject {
        anonymous(
            keyType: type.rawValue,
            keyLength: type.keyLength,
            byteOrder: type.byteOrder,
            isInterval: isInterval,
            elements: elements
        )
    }

    /// Creates an anonymous set of keys of any of nft's datatypes.
    public static func anonymous(
        keyType: UInt32,
        keyLength: UInt32,
        byteOrder: SetUserdata.ByteOrder,
        isInterval: Bool,
        elements: [SetElement]
    ) -> SetObject {
        SetObject(
            name: anonymousName,
            flags: isInterval ? [.anonymous, .constant, .interval] : [.anonymous, .constant],
            keyType: keyType,
            keyLength: keyLength,
            userdata: SetUserdata(byteOrder: byteOrder).bytes,
            elements: elements.sorted { $0.start < $1.start }
        )
    }
}
