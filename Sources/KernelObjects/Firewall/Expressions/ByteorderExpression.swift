/// Swaps the bytes of numbers in a register between the machine's and the network's order (`nft_byteorder.c`).
public struct ByteorderExpression: Sendable, Hashable {
    /// The direction (`enum nft_byteorder_ops`).
    public enum Operation: UInt32, Sendable, Hashable {
        /// `NFT_BYTEORDER_NTOH`
        case networkToHost = 0
        /// `NFT_BYTEORDER_HTON`
        case hostToNetwork = 1
    }

    /// The register that is read.
    public var source: Register
    /// The register that is written.
    public var destination: Register
    /// The direction.
    public var operation: Operation
    /// How many bytes there are.
    public var length: UInt32
    /// The size of each number in bytes.
    public var size: UInt32

    /// Creates an expression for one number that stays in its register.
    public init(_ operation: Operation, size: UInt32, in register: Register = .r1) {
        self.init(operation, length: size, size: size, from: register, into: register)
    }

    /// Creates an expression.
    public init(
        _ operation: Operation,
        length: UInt32,
        size: UInt32,
        from source: Register,
        into destination: Register
    ) {
        self.source = source
        self.destination = destination
        self.operation = operation
        self.length = length
        self.size = size
    }
}

/// `enum nft_byteorder_attributes`
private enum ByteorderAttribute {
    static let source: UInt16 = 1
    static let destination: UInt16 = 2
    static let operation: UInt16 = 3
    static let length: UInt16 = 4
    static let size: UInt16 = 5
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ byteorder: ByteorderExpression) {
        expression(.byteorder) { writer in
            writer.networkOrder(ByteorderAttribute.source, byteorder.source.rawValue)
            writer.networkOrder(ByteorderAttribute.destination, byteorder.destination.rawValue)
            writer.networkOrder(ByteorderAttribute.operation, byteorder.operation.rawValue)
            writer.networkOrder(ByteorderAttribute.length, byteorder.length)
            writer.networkOrder(ByteorderAttribute.size, byteorder.size)
        }
    }
}

extension ByteorderExpression: KernelExpression {
    /// `NFTA_BYTEORDER_SIZE`
    static let highestAttribute: UInt16 = 5

    init?(_ fields: inout ExpressionFields) {
        guard let source = fields.networkOrder32(ByteorderAttribute.source),
            let destination = fields.networkOrder32(ByteorderAttribute.destination),
            let operation = fields.networkOrder32(ByteorderAttribute.operation).flatMap(Operation.init(rawValue:)),
            let length = fields.networkOrder32(ByteorderAttribute.length),
            let size = fields.networkOrder32(ByteorderAttribute.size)
        else { return nil }
        self.init(
            operation,
            length: length,
            size: size,
            from: Register(rawValue: source),
            into: Register(rawValue: destination)
        )
    }
}
