/// `enum nft_data_attributes`
enum DataAttribute {
    /// `NFTA_DATA_VALUE`
    static let value: UInt16 = 1
    /// `NFTA_DATA_VERDICT`
    static let verdict: UInt16 = 2
}

extension AttributeWriter {
    /// Writes a value as nested `NFTA_DATA_VALUE`.
    @inline(__always)
    mutating func value(_ type: UInt16, _ value: RegisterData) {
        let start = open(type)
        leadingBytes(DataAttribute.value, value.bits, count: Int(value.length))
        close(start)
    }
}

/// A kind of expression that is read from its attributes, in whatever order they stand.
protocol KernelExpression {
    /// The largest number of an attribute of this kind that is known, whether it is of use here or not. What comes after it a later kernel
    /// has added.
    static var highestAttribute: UInt16 { get }

    /// Reads an expression; nil if something is missing, or says what cannot be expressed. Whether all attributes were asked for is found out
    /// by the caller.
    init?(_ fields: inout ExpressionFields)
}

/// The attributes of an expression by type, with a record of which ones were asked for: an expression counts as understood
/// only if all of its attributes were, so that nothing that the kernel said is lost.
struct ExpressionFields {
    /// The kernel's expressions have at most a dozen attributes.
    private static let highestType: UInt16 = 31

    private let attributes: AttributeReader
    private var present: UInt32 = 0
    private var asked: UInt32 = 0
    private var isMalformed = false

    init(_ attributes: AttributeReader) {
        self.attributes = attributes
        var reader = attributes
        while let attribute = reader.next() {
            guard attribute.type <= Self.highestType, present & 1 << attribute.type == 0 else {
                isMalformed = true
                return
            }
            present |= 1 << attribute.type
        }
        isMalformed = reader.isMalformed
    }

    /// Whether everything that is there was asked for and well formed.
    var areAllUnderstood: Bool {
        !isMalformed && present & ~asked == 0
    }

    /// The attributes that nobody asked for, in order, if all of them come after the highest one that is known, and all else is well formed;
    /// nil if not.
    func additions(after highest: UInt16) -> [UInt16]? {
        let unasked = present & ~asked
        guard !isMalformed, unasked & (2 << highest &- 1) == 0 else { return nil }
        return (highest + 1...Self.highestType).filter { unasked & 1 << $0 != 0 }
    }

    mutating func byte(_ type: UInt16) -> UInt8? {
        read(type, \.byte)
    }

    mutating func networkOrder16(_ type: UInt16) -> UInt16? {
        read(type, \.networkOrder16)
    }

    mutating func networkOrder32(_ type: UInt16) -> UInt32? {
        read(type, \.networkOrder32)
    }

    mutating func networkOrder64(_ type: UInt16) -> UInt64? {
        read(type, \.networkOrder64)
    }

    mutating func string(_ type: UInt16) -> String? {
        read(type, \.terminatedString)
    }

    mutating func name(_ type: UInt16) -> String? {
        read(type, \.terminatedName)
    }

    /// The attributes in an attribute.
    mutating func nested(_ type: UInt16) -> ExpressionFields? {
        attribute(type).map { ExpressionFields($0.nested) }
    }

    /// Whether there is an attribute with a type.
    func has(_ type: UInt16) -> Bool {
        present & 1 << type != 0
    }

    /// An expression in an attribute, if it is understood wholly, and of one of some kinds; no expression of these holds others.
    mutating func expression(_ type: UInt16, among kinds: [ExpressionName]) -> Expression? {
        attribute(type).flatMap { Expression(nested: $0, among: kinds) }
    }

    /// A list of such expressions.
    mutating func expressions(_ type: UInt16, among kinds: [ExpressionName]) -> [Expression]? {
        guard var reader = attribute(type)?.nested else { return nil }
        var expressions: [Expression] = []
        while let element = reader.next() {
            guard element.type == ExpressionAttribute.element,
                let expression = Expression(nested: element, among: kinds)
            else { return nil }
            expressions.append(expression)
        }
        return reader.isMalformed ? nil : expressions
    }

    /// The value in a nested `NFTA_DATA_VALUE`.
    mutating func value(_ type: UInt16) -> RegisterData? {
        guard var fields = nested(type), let value = fields.read(DataAttribute.value, \.registerData) else {
            return nil
        }
        if !fields.areAllUnderstood { isMalformed = true }
        return value
    }

    /// The value of an attribute; one of another form than the caller expects makes the whole malformed.
    private mutating func read<Value>(
        _ type: UInt16,
        _ value: (AttributeReader.Attribute) -> Value?
    ) -> Value? {
        guard let attribute = attribute(type) else { return nil }
        let value = value(attribute)
        if value == nil { isMalformed = true }
        return value
    }

    /// The attribute with a type.
    private mutating func attribute(_ type: UInt16) -> AttributeReader.Attribute? {
        guard !isMalformed, present & 1 << type != 0 else { return nil }
        asked |= 1 << type
        var reader = attributes
        while let attribute = reader.next() {
            if attribute.type == type { return attribute }
        }
        return nil
    }
}

extension AttributeReader.Attribute {
    /// The value as text that ends with its only NUL.
    fileprivate var terminatedString: String? {
        isTerminated ? string : nil
    }

    /// A name with one NUL, at its end.
    fileprivate var terminatedName: String? {
        isTerminated ? name : nil
    }

    private var isTerminated: Bool {
        value.last == 0 && value.firstIndex(of: 0) == value.count - 1
    }

    /// A value of 1...16 bytes.
    fileprivate var registerData: RegisterData? {
        guard !value.isEmpty, let bits = leadingBits else { return nil }
        return RegisterData(leadingBytes: bits, length: value.count)
    }
}
