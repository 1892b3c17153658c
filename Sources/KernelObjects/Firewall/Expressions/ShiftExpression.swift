/// Shifts the bits of a register (`nft_bitwise.c`, `NFT_BITWISE_LSHIFT` and `NFT_BITWISE_RSHIFT`): each word of 4 bytes is a number in the
/// machine's order, and the first word the most significant one.
public struct ShiftExpression: Sendable, Hashable {
    /// Where the bits go (`enum nft_bitwise_ops`).
    public enum Direction: UInt32, Sendable, Hashable {
        /// To the more significant end.
        case left = 1
        /// To the less significant end.
        case right = 2
    }

    /// Where the bits go.
    public var direction: Direction
    /// By how many bits, 1 to 31.
    public var distance: UInt32
    /// How many bytes there are.
    public var length: UInt32
    /// The register that is read.
    public var source: Register
    /// The register that is written.
    public var destination: Register

    /// Creates an expression that leaves its result where it found the value.
    public init(_ direction: Direction, by distance: UInt32, length: UInt32, in register: Register = .r1) {
        self.init(direction, by: distance, length: length, from: register, into: register)
    }

    /// Creates an expression.
    public init(
        _ direction: Direction,
        by distance: UInt32,
        length: UInt32,
        from source: Register,
        into destination: Register
    ) {
        self.direction = direction
        self.distance = distance
        self.length = length
        self.source = source
        self.destination = destination
    }
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ shift: ShiftExpression) {
        expression(.bitwise) { writer in
            writer.networkOrder(BitwiseAttribute.source, shift.source.rawValue)
            writer.networkOrder(BitwiseAttribute.destination, shift.destination.rawValue)
            writer.networkOrder(BitwiseAttribute.length, shift.length)
            writer.networkOrder(BitwiseAttribute.operation, shift.direction.rawValue)
            writer.value(BitwiseAttribute.data, RegisterData(hostOrder: shift.distance))
        }
    }
}

extension ShiftExpression: KernelExpression {
    static let highestAttribute = BitwiseExpression.highestAttribute

    init?(_ fields: inout ExpressionFields) {
        guard let source = fields.networkOrder32(BitwiseAttribute.source),
            let destination = fields.networkOrder32(BitwiseAttribute.destination),
            let length = fields.networkOrder32(BitwiseAttribute.length),
            let direction = fields.networkOrder32(BitwiseAttribute.operation).flatMap(Direction.init(rawValue:)),
            let distance = fields.value(BitwiseAttribute.data), distance.length == 4
        else { return nil }
        self.init(
            direction,
            by: distance.hostOrder32,
            length: length,
            from: Register(rawValue: source),
            into: Register(rawValue: destination)
        )
    }
}
