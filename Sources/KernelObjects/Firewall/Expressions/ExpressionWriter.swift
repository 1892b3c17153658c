/// Writes the expressions of a rule in the form in which the kernel dumps them: every default written out, attributes in the
/// kernel's order, no `NLA_F_NESTED`. What was written can therefore be compared with a dump byte for byte.
///
/// One writer serves any number of rules: `finish` starts it anew.
public struct ExpressionWriter: Sendable {
    /// The most expressions that a rule may have (`NFT_RULE_MAXEXPRS`).
    public static let mostExpressions = 128

    var attributes: AttributeWriter
    /// How many expressions were written since the last `finish`.
    public private(set) var count = 0

    /// Creates a writer.
    public init() {
        attributes = AttributeWriter(capacity: 4096)
    }

    /// Returns the content of `NFTA_RULE_EXPRESSIONS` and starts anew.
    public mutating func finish() -> [UInt8] {
        defer {
            attributes.removeAll()
            count = 0
        }
        return attributes.bytes
    }

    /// Whether nothing was written since the last `finish`.
    public var isEmpty: Bool {
        count == 0
    }

    /// Writes an expression with what a closure writes as its data.
    @inline(__always)
    mutating func expression(_ name: ExpressionName, _ body: (inout AttributeWriter) -> Void) {
        let element = attributes.open(ExpressionAttribute.element)
        attributes.leadingBytes(ExpressionAttribute.name, name.bits, count: name.length)
        let data = attributes.open(ExpressionAttribute.data)
        body(&attributes)
        attributes.close(data)
        attributes.close(element)
        count += 1
    }

    /// Writes an expression that has no data.
    mutating func expression(_ name: ExpressionName) {
        let element = attributes.open(ExpressionAttribute.element)
        attributes.leadingBytes(ExpressionAttribute.name, name.bits, count: name.length)
        attributes.close(element)
        count += 1
    }

    /// Writes an expression as it was read.
    mutating func element(_ bytes: [UInt8]) {
        attributes.raw(bytes)
        count += 1
    }
}

/// The attributes around an expression.
enum ExpressionAttribute {
    /// `NFTA_LIST_ELEM`
    static let element: UInt16 = 1
    /// `NFTA_EXPR_NAME`
    static let name: UInt16 = 1
    /// `NFTA_EXPR_DATA`
    static let data: UInt16 = 2
}

/// The name of a kind of expression, as bytes with a NUL.
struct ExpressionName: Sendable, Hashable {
    /// The bytes, the first one most significant.
    let bits: UInt128
    /// How many bytes there are, the NUL included.
    let length: Int

    private init(_ text: StaticString) {
        bits = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
            .enumerated()
            .reduce(0) { bits, byte in bits | UInt128(byte.element) << UInt128(120 - 8 * byte.offset) }
        length = text.utf8CodeUnitCount + 1
    }

    static let bitwise = ExpressionName("bitwise")
    static let byteorder = ExpressionName("byteorder")
    static let cmp = ExpressionName("cmp")
    static let counter = ExpressionName("counter")
    static let ct = ExpressionName("ct")
    static let immediate = ExpressionName("immediate")
    static let limit = ExpressionName("limit")
    static let log = ExpressionName("log")
    static let lookup = ExpressionName("lookup")
    static let masq = ExpressionName("masq")
    static let meta = ExpressionName("meta")
    static let nat = ExpressionName("nat")
    static let notrack = ExpressionName("notrack")
    static let payload = ExpressionName("payload")
    static let quota = ExpressionName("quota")
    static let range = ExpressionName("range")
    static let redir = ExpressionName("redir")
    static let reject = ExpressionName("reject")
}
