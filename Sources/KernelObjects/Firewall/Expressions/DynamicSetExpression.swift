/// Adds a register's content to a set, or takes it out (`nft_dynset.c`).
public struct DynamicSetExpression: Sendable, Hashable {
    /// What is done with the member (`enum nft_dynset_ops`).
    public enum Operation: UInt32, Sendable, Hashable {
        /// It is added, if it is not there (`NFT_DYNSET_OP_ADD`).
        case add = 0
        /// It is added, or begins its lifetime anew (`NFT_DYNSET_OP_UPDATE`).
        case update = 1
        /// It is taken out (`NFT_DYNSET_OP_DELETE`).
        case delete = 2
    }

    // In an order that leaves few gaps: every expression takes as much room as the largest one.

    /// What is done with the member.
    public var operation: Operation
    /// Whether the rule goes on only if the member could not be added (`NFT_DYNSET_F_INV`).
    public var isInverted: Bool
    /// The register with the key.
    public var key: Register
    /// The set's name.
    public var set: String
    /// The member's lifetime in milliseconds; 0 for that of the set.
    public var timeout: UInt64
    /// What each member has of its own, and the rule goes on only if it holds: counters, limits, quotas.
    public var expressions: [Expression]
    /// The register with what a map has for the key.
    public var data: Register?

    /// Creates an expression.
    public init(
        _ operation: Operation,
        _ set: String,
        key: Register = .r1,
        data: Register? = nil,
        timeout: UInt64 = 0,
        expressions: [Expression] = [],
        isInverted: Bool = false
    ) {
        self.operation = operation
        self.set = set
        self.key = key
        self.data = data
        self.timeout = timeout
        self.expressions = expressions
        self.isInverted = isInverted
    }
}

/// `enum nft_dynset_attributes`, `enum nft_dynset_flags`
enum DynamicSetAttribute {
    static let set: UInt16 = 1
    static let operation: UInt16 = 3
    static let key: UInt16 = 4
    static let data: UInt16 = 5
    static let timeout: UInt16 = 6
    static let expression: UInt16 = 7
    static let flags: UInt16 = 9
    static let expressions: UInt16 = 10

    static let isInverted: UInt32 = 1
    /// `NFT_DYNSET_F_EXPR`: there is a list of expressions. nft sends it, and the kernel does not keep it.
    static let hasList: UInt32 = 2
}

extension ExpressionWriter {
    /// Writes the expression. The kernel does not take all of what it says itself: `FirewallBatch` leaves away what it must not be sent.
    public mutating func append(_ dynamic: DynamicSetExpression) {
        expression(.dynset) { writer in
            writer.networkOrder(DynamicSetAttribute.key, dynamic.key.rawValue)
            if let data = dynamic.data { writer.networkOrder(DynamicSetAttribute.data, data.rawValue) }
            writer.networkOrder(DynamicSetAttribute.operation, dynamic.operation.rawValue)
            writer.name(DynamicSetAttribute.set, dynamic.set)
            writer.networkOrder(DynamicSetAttribute.timeout, dynamic.timeout)
            switch dynamic.expressions.count {
            case 0: break
            case 1: writer.expression(DynamicSetAttribute.expression, dynamic.expressions[0])
            default:
                let list = writer.open(DynamicSetAttribute.expressions)
                for expression in dynamic.expressions { writer.expression(ExpressionAttribute.element, expression) }
                writer.close(list)
            }
            writer.networkOrder(DynamicSetAttribute.flags, dynamic.isInverted ? DynamicSetAttribute.isInverted : 0)
        }
    }
}

extension DynamicSetExpression: KernelExpression {
    /// `NFTA_DYNSET_EXPRESSIONS`
    static let highestAttribute: UInt16 = 10

    /// What members can have of their own (`NFT_EXPR_STATEFUL`).
    private static let stateful: [ExpressionName] = [.counter, .limit, .quota, .connlimit, .last]

    init?(_ fields: inout ExpressionFields) {
        let flags = fields.networkOrder32(DynamicSetAttribute.flags) ?? 0
        guard let set = fields.name(DynamicSetAttribute.set),
            let key = fields.networkOrder32(DynamicSetAttribute.key),
            let operation = fields.networkOrder32(DynamicSetAttribute.operation).flatMap(Operation.init(rawValue:)),
            flags & ~(DynamicSetAttribute.isInverted | DynamicSetAttribute.hasList) == 0
        else { return nil }
        var expressions: [Expression] = []
        if fields.has(DynamicSetAttribute.expression) {
            guard let one = fields.expression(DynamicSetAttribute.expression, among: Self.stateful) else { return nil }
            expressions = [one]
        } else if fields.has(DynamicSetAttribute.expressions) {
            guard let list = fields.expressions(DynamicSetAttribute.expressions, among: Self.stateful) else {
                return nil
            }
            expressions = list
        }
        self.init(
            operation,
            set,
            key: Register(rawValue: key),
            data: fields.networkOrder32(DynamicSetAttribute.data).map(Register.init(rawValue:)),
            timeout: fields.networkOrder64(DynamicSetAttribute.timeout) ?? 0,
            expressions: expressions,
            isInverted: flags & DynamicSetAttribute.isInverted != 0
        )
    }
}
