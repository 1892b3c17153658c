/// Asks the routing tables about one of the packet's addresses (`nft_fib.c`).
public struct FibExpression: Sendable, Hashable {
    /// What is asked for (`enum nft_fib_result`).
    public enum Result: UInt32, Sendable, Hashable {
        /// Index of the interface that the address is reached by, machine order; 0 for none (`NFT_FIB_RESULT_OIF`).
        case interfaceIndex = 1
        /// Name of the interface that the address is reached by, 16 bytes (`NFT_FIB_RESULT_OIFNAME`).
        case interfaceName = 2
        /// What kind of address it is, `RTN_*` in machine order (`NFT_FIB_RESULT_ADDRTYPE`).
        case addressType = 3
    }

    /// What is looked up, and what the answer depends on (`enum nft_fib_flags`).
    public struct Flags: OptionSet, Sendable, Hashable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The source address is looked up (`NFTA_FIB_F_SADDR`).
        public static let source = Flags(rawValue: 0x01)
        /// The destination address is looked up (`NFTA_FIB_F_DADDR`).
        public static let destination = Flags(rawValue: 0x02)
        /// Routing rules see the packet's mark (`NFTA_FIB_F_MARK`).
        public static let mark = Flags(rawValue: 0x04)
        /// Only the interface that the packet came in by counts (`NFTA_FIB_F_IIF`).
        public static let inputInterface = Flags(rawValue: 0x08)
        /// Only the interface that the packet leaves by counts (`NFTA_FIB_F_OIF`).
        public static let outputInterface = Flags(rawValue: 0x10)
        /// The register gets 1 if there is such a route and 0 if not, instead (`NFTA_FIB_F_PRESENT`).
        public static let presence = Flags(rawValue: 0x20)
    }

    /// What is asked for.
    public var result: Result
    /// What is looked up, and what the answer depends on.
    public var flags: Flags
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ result: Result, _ flags: Flags, into destination: Register = .r1) {
        self.result = result
        self.flags = flags
        self.destination = destination
    }
}

/// `enum nft_fib_attributes`
private enum FibAttribute {
    static let destination: UInt16 = 1
    static let result: UInt16 = 2
    static let flags: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ fib: FibExpression) {
        expression(.fib) { writer in
            writer.networkOrder(FibAttribute.destination, fib.destination.rawValue)
            writer.networkOrder(FibAttribute.result, fib.result.rawValue)
            writer.networkOrder(FibAttribute.flags, fib.flags.rawValue)
        }
    }
}

extension FibExpression: KernelExpression {
    /// `NFTA_FIB_FLAGS`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        guard let destination = fields.networkOrder32(FibAttribute.destination),
            let result = fields.networkOrder32(FibAttribute.result).flatMap(Result.init(rawValue:)),
            let flags = fields.networkOrder32(FibAttribute.flags)
        else { return nil }
        self.init(result, Flags(rawValue: flags), into: Register(rawValue: destination))
    }
}
