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

    /// How many bytes were written since the last `finish`.
    var byteCount: Int {
        attributes.count
    }

    /// Whether what was written from a position on is what an attribute has.
    func ends(with element: AttributeReader.Attribute, from start: Int) -> Bool {
        guard attributes.count - start == element.whole.count else { return false }
        return attributes.withBytes(start..<attributes.count) { isSame($0, from: 0, as: element.whole) }
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
    mutating func element(_ element: AttributeReader.Attribute) {
        attributes.raw(element.whole)
        count += 1
    }

    /// Writes an expression as it was read.
    mutating func element(_ bytes: [UInt8]) {
        attributes.raw(bytes)
        count += 1
    }
}

extension AttributeWriter {
    /// Writes an expression that is part of another one, as an attribute of that.
    mutating func expression(_ type: UInt16, _ expression: Expression) {
        var writer = ExpressionWriter()
        writer.append(expression)
        // The same as `NFTA_LIST_ELEM`, but for the type.
        data(type, Array(writer.finish().dropFirst(Self.headerSize)))
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
///
/// Numbers rather than texts: the compiler makes constants of them, which every single expression needs.
struct ExpressionName: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64
    /// How many bytes there are, the NUL included.
    let length: Int

    /// The bytes, the first one most significant.
    var bits: UInt128 {
        UInt128(high) << 64 | UInt128(low)
    }

    /// The first eight bytes.
    var head: UInt64 {
        high
    }

    private init(_ high: UInt64, _ low: UInt64 = 0, length: Int) {
        self.high = high
        self.low = low
        self.length = length
    }

    static let bitwise = ExpressionName(0x6269_7477_6973_6500, length: 8)
    static let byteorder = ExpressionName(0x6279_7465_6f72_6465, 0x7200_0000_0000_0000, length: 10)
    static let cmp = ExpressionName(0x636d_7000_0000_0000, length: 4)
    static let connlimit = ExpressionName(0x636f_6e6e_6c69_6d69, 0x7400_0000_0000_0000, length: 10)
    static let counter = ExpressionName(0x636f_756e_7465_7200, length: 8)
    static let ct = ExpressionName(0x6374_0000_0000_0000, length: 3)
    static let dup = ExpressionName(0x6475_7000_0000_0000, length: 4)
    static let dynset = ExpressionName(0x6479_6e73_6574_0000, length: 7)
    static let exthdr = ExpressionName(0x6578_7468_6472_0000, length: 7)
    static let fib = ExpressionName(0x6669_6200_0000_0000, length: 4)
    static let flowOffload = ExpressionName(0x666c_6f77_5f6f_6666, 0x6c6f_6164_0000_0000, length: 13)
    static let fwd = ExpressionName(0x6677_6400_0000_0000, length: 4)
    static let hash = ExpressionName(0x6861_7368_0000_0000, length: 5)
    static let immediate = ExpressionName(0x696d_6d65_6469_6174, 0x6500_0000_0000_0000, length: 10)
    static let inner = ExpressionName(0x696e_6e65_7200_0000, length: 6)
    static let last = ExpressionName(0x6c61_7374_0000_0000, length: 5)
    static let limit = ExpressionName(0x6c69_6d69_7400_0000, length: 6)
    static let log = ExpressionName(0x6c6f_6700_0000_0000, length: 4)
    static let lookup = ExpressionName(0x6c6f_6f6b_7570_0000, length: 7)
    static let masq = ExpressionName(0x6d61_7371_0000_0000, length: 5)
    static let meta = ExpressionName(0x6d65_7461_0000_0000, length: 5)
    static let nat = ExpressionName(0x6e61_7400_0000_0000, length: 4)
    static let notrack = ExpressionName(0x6e6f_7472_6163_6b00, length: 8)
    static let numgen = ExpressionName(0x6e75_6d67_656e_0000, length: 7)
    static let objref = ExpressionName(0x6f62_6a72_6566_0000, length: 7)
    static let osf = ExpressionName(0x6f73_6600_0000_0000, length: 4)
    static let payload = ExpressionName(0x7061_796c_6f61_6400, length: 8)
    static let queue = ExpressionName(0x7175_6575_6500_0000, length: 6)
    static let quota = ExpressionName(0x7175_6f74_6100_0000, length: 6)
    static let range = ExpressionName(0x7261_6e67_6500_0000, length: 6)
    static let redir = ExpressionName(0x7265_6469_7200_0000, length: 6)
    static let reject = ExpressionName(0x7265_6a65_6374_0000, length: 7)
    static let rt = ExpressionName(0x7274_0000_0000_0000, length: 3)
    static let socket = ExpressionName(0x736f_636b_6574_0000, length: 7)
    static let synproxy = ExpressionName(0x7379_6e70_726f_7879, length: 9)
    static let tproxy = ExpressionName(0x7470_726f_7879_0000, length: 7)
    static let tunnel = ExpressionName(0x7475_6e6e_656c_0000, length: 7)
    static let xfrm = ExpressionName(0x7866_726d_0000_0000, length: 5)
}
