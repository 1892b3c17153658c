/// Combines the bits of a register with those of another one, or of a value (`nft_bitwise.c`, since Linux 6.13).
public struct LogicExpression: Sendable, Hashable {
    /// How (`enum nft_bitwise_ops`).
    public enum Operation: UInt32, Sendable, Hashable {
        /// `NFT_BITWISE_AND`
        case and = 3
        /// `NFT_BITWISE_OR`
        case or = 4
        /// `NFT_BITWISE_XOR`
        case xor = 5
    }

    /// What the register is combined with.
    public enum Operand: Sendable, Hashable {
        /// Another register.
        case register(Register)
        /// Four bytes: of a longer value the kernel lists only a part.
        case value(RegisterData)
    }

    /// How.
    public var operation: Operation
    /// How many bytes there are.
    public var length: UInt32
    /// The register that is read.
    public var source: Register
    /// What it is combined with.
    public var operand: Operand
    /// The register that is written.
    public var destination: Register

    /// Creates an expression.
    public init(
        _ source: Register,
        _ operation: Operation,
        _ operand: Operand,
        length: UInt32,
        into destination: Register = .r1
    ) {
        self.operation = operation
        self.length = length
        self.source = source
        self.operand = operand
        self.destination = destination
    }
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ logic: LogicExpression) {
        expression(.bitwise) { writer in
            writer.networkOrder(BitwiseAttribute.source, logic.source.rawValue)
            writer.networkOrder(BitwiseAttribute.destination, logic.destination.rawValue)
            writer.networkOrder(BitwiseAttribute.length, logic.length)
            writer.networkOrder(BitwiseAttribute.operation, logic.operation.rawValue)
            switch logic.operand {
            case .register(let register): writer.networkOrder(BitwiseAttribute.secondSource, register.rawValue)
            case .value(let value): writer.value(BitwiseAttribute.data, value)
            }
        }
    }
}

extension LogicExpression: KernelExpression {
    static let highestAttribute = BitwiseExpression.highestAttribute

    init?(_ fields: inout ExpressionFields) {
        guard let source = fields.networkOrder32(BitwiseAttribute.source),
            let destination = fields.networkOrder32(BitwiseAttribute.destination),
            let length = fields.networkOrder32(BitwiseAttribute.length),
            let operation = fields.networkOrder32(BitwiseAttribute.operation).flatMap(Operation.init(rawValue:))
        else { return nil }
        let operand: Operand
        if let register = fields.networkOrder32(BitwiseAttribute.secondSource) {
            operand = .register(Register(rawValue: register))
        } else if let value = fields.value(BitwiseAttribute.data), value.length == 4, length == 4 {
            operand = .value(value)
        } else {
            return nil
        }
        self.init(Register(rawValue: source), operation, operand, length: length, into: Register(rawValue: destination))
    }
}
