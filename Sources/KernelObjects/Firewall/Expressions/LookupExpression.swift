/// Goes on only if a set holds (or does not hold) a register's content (`nft_lookup.c`).
public struct LookupExpression: Sendable, Hashable {
    /// The set's name; `SetObject.anonymousName` stands for the rule's next anonymous set.
    public var set: String
    /// The register.
    public var source: Register
    /// Whether the set must not hold it (`NFT_LOOKUP_F_INV`).
    public var isInverted: Bool

    /// Creates an expression.
    public init(_ set: String, isInverted: Bool = false, in source: Register = .r1) {
        self.set = set
        self.source = source
        self.isInverted = isInverted
    }
}

/// `enum nft_lookup_attributes`
enum LookupAttribute {
    static let set: UInt16 = 1
    static let source: UInt16 = 2
    static let destination: UInt16 = 3
    static let setID: UInt16 = 4
    static let flags: UInt16 = 5
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ lookup: LookupExpression) {
        expression(.lookup) { writer in
            writer.name(LookupAttribute.set, lookup.set)
            writer.networkOrder(LookupAttribute.source, lookup.source.rawValue)
            writer.networkOrder(LookupAttribute.flags, UInt32(lookup.isInverted ? 1 : 0))
        }
    }
}

extension LookupExpression: KernelExpression {
    /// `NFTA_LOOKUP_FLAGS`
    static let highestAttribute: UInt16 = 5

    init?(_ fields: inout ExpressionFields) {
        let flags = fields.networkOrder32(LookupAttribute.flags) ?? 0
        guard let set = fields.name(LookupAttribute.set),
            let source = fields.networkOrder32(LookupAttribute.source),
            flags <= 1
        else { return nil }
        self.init(set, isInverted: flags == 1, in: Register(rawValue: source))
    }
}
