/// Puts what a map has for a register's content into another register, or takes it as the verdict; goes on only if there is something
/// (`nft_lookup.c`).
public struct MapExpression: Sendable, Hashable {
    /// The map's name; `SetObject.anonymousMapName` stands for the rule's next anonymous one.
    public var map: String
    /// The register with the key.
    public var source: Register
    /// The register that is written; `.verdict` for a map of verdicts.
    public var destination: Register

    /// Creates an expression.
    public init(_ map: String, from source: Register = .r1, into destination: Register = .r1) {
        self.map = map
        self.source = source
        self.destination = destination
    }
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ map: MapExpression) {
        expression(.lookup) { writer in
            writer.name(LookupAttribute.set, map.map)
            writer.networkOrder(LookupAttribute.source, map.source.rawValue)
            writer.networkOrder(LookupAttribute.destination, map.destination.rawValue)
            writer.networkOrder(LookupAttribute.flags, UInt32(0))
        }
    }
}

extension MapExpression: KernelExpression {
    static let highestAttribute = LookupExpression.highestAttribute

    init?(_ fields: inout ExpressionFields) {
        guard let map = fields.name(LookupAttribute.set),
            let source = fields.networkOrder32(LookupAttribute.source),
            let destination = fields.networkOrder32(LookupAttribute.destination),
            // A map cannot be inverted.
            fields.networkOrder32(LookupAttribute.flags) ?? 0 == 0
        else { return nil }
        self.init(map, from: Register(rawValue: source), into: Register(rawValue: destination))
    }
}
