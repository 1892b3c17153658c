/// Lets a program decide about the packet (`nft_queue.c`).
public struct QueueExpression: Sendable, Hashable {
    /// The queue that the packet gets into.
    public enum Target: Sendable, Hashable {
        /// One of so many queues, the first of which has a number.
        case numbers(first: UInt16, count: UInt16)
        /// The one whose number stands in a register, machine order.
        case register(Register)
    }

    /// `NFT_QUEUE_FLAG_*`
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt16

        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// Accept the packet where no program listens (`NFT_QUEUE_FLAG_BYPASS`).
        public static let bypass = Flags(rawValue: 1)
        /// The processor that works on the packet chooses among the queues (`NFT_QUEUE_FLAG_CPU_FANOUT`).
        public static let fanout = Flags(rawValue: 2)
    }

    /// The queue that the packet gets into.
    public var target: Target
    /// What else there is to say.
    public var flags: Flags

    /// Creates an expression.
    public init(_ target: Target, _ flags: Flags = []) {
        self.target = target
        self.flags = flags
    }
}

/// `enum nft_queue_attributes`
private enum QueueAttribute {
    static let number: UInt16 = 1
    static let count: UInt16 = 2
    static let flags: UInt16 = 3
    static let register: UInt16 = 4
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ queue: QueueExpression) {
        expression(.queue) { writer in
            switch queue.target {
            case .numbers(let first, let count):
                writer.networkOrder(QueueAttribute.number, first)
                writer.networkOrder(QueueAttribute.count, count)
            case .register(let register): writer.networkOrder(QueueAttribute.register, register.rawValue)
            }
            writer.networkOrder(QueueAttribute.flags, queue.flags.rawValue)
        }
    }
}

extension QueueExpression: KernelExpression {
    /// `NFTA_QUEUE_SREG_QNUM`
    static let highestAttribute: UInt16 = 4

    init?(_ fields: inout ExpressionFields) {
        let flags = Flags(rawValue: fields.networkOrder16(QueueAttribute.flags) ?? 0)
        if let register = fields.networkOrder32(QueueAttribute.register) {
            self.init(.register(Register(rawValue: register)), flags)
        } else if let first = fields.networkOrder16(QueueAttribute.number) {
            let count = fields.networkOrder16(QueueAttribute.count) ?? 1
            self.init(.numbers(first: first, count: count), flags)
        } else {
            return nil
        }
    }
}
