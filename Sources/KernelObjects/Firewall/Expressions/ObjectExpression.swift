/// Runs a named object: a counter, a quota, a helper of connection tracking (`nft_objref.c`).
public enum ObjectExpression: Sendable, Hashable {
    /// The object with a name.
    case named(String, Kind)
    /// The object that a map has for a register's content; the rule does not hold if there is none.
    case map(String, in: Register)

    /// The kind of object (`NFT_OBJECT_*`).
    public struct Kind: RawRepresentable, Sendable, Hashable {
        /// The kernel's number.
        public let rawValue: UInt32

        /// Creates the kind with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// `NFT_OBJECT_COUNTER`
        public static let counter = Kind(rawValue: 1)
        /// `NFT_OBJECT_QUOTA`
        public static let quota = Kind(rawValue: 2)
        /// `NFT_OBJECT_CT_HELPER`
        public static let helper = Kind(rawValue: 3)
        /// `NFT_OBJECT_LIMIT`
        public static let limit = Kind(rawValue: 4)
        /// `NFT_OBJECT_CONNLIMIT`
        public static let connectionLimit = Kind(rawValue: 5)
        /// `NFT_OBJECT_TUNNEL`
        public static let tunnel = Kind(rawValue: 6)
        /// `NFT_OBJECT_CT_TIMEOUT`
        public static let timeout = Kind(rawValue: 7)
        /// `NFT_OBJECT_SECMARK`
        public static let secmark = Kind(rawValue: 8)
        /// `NFT_OBJECT_CT_EXPECT`
        public static let expectation = Kind(rawValue: 9)
        /// `NFT_OBJECT_SYNPROXY`
        public static let synproxy = Kind(rawValue: 10)
    }
}

/// `enum nft_objref_attributes`
enum ObjectReferenceAttribute {
    static let kind: UInt16 = 1
    static let name: UInt16 = 2
    static let source: UInt16 = 3
    static let set: UInt16 = 4
    static let setID: UInt16 = 5
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ object: ObjectExpression) {
        expression(.objref) { writer in
            switch object {
            case .named(let name, let kind):
                writer.name(ObjectReferenceAttribute.name, name)
                writer.networkOrder(ObjectReferenceAttribute.kind, kind.rawValue)
            case .map(let set, let source):
                writer.networkOrder(ObjectReferenceAttribute.source, source.rawValue)
                writer.name(ObjectReferenceAttribute.set, set)
            }
        }
    }
}

extension ObjectExpression: KernelExpression {
    /// `NFTA_OBJREF_SET_ID`
    static let highestAttribute: UInt16 = 5

    init?(_ fields: inout ExpressionFields) {
        if let name = fields.name(ObjectReferenceAttribute.name) {
            guard let kind = fields.networkOrder32(ObjectReferenceAttribute.kind) else { return nil }
            self = .named(name, Kind(rawValue: kind))
        } else {
            guard let set = fields.name(ObjectReferenceAttribute.set),
                let source = fields.networkOrder32(ObjectReferenceAttribute.source)
            else { return nil }
            self = .map(set, in: Register(rawValue: source))
        }
    }
}
