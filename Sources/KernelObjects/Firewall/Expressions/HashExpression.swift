/// Loads a number that is made of a register's content, or of the packet's flow, machine order (`nft_hash.c`).
public struct HashExpression: Sendable, Hashable {
    /// What the number is made of (`enum nft_hash_types`).
    public enum Input: Sendable, Hashable {
        /// So many bytes from a register on (`NFT_HASH_JENKINS`). Without a seed the kernel takes one that nobody knows.
        case register(Register, length: UInt32, seed: UInt32?)
        /// Addresses, ports and protocol, so that both directions of a connection get the same number (`NFT_HASH_SYM`).
        case flow
    }

    /// What the number is made of.
    public var input: Input
    /// How many numbers there are.
    public var modulus: UInt32
    /// The smallest number.
    public var offset: UInt32
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ input: Input, modulus: UInt32, offset: UInt32 = 0, into destination: Register = .r1) {
        self.input = input
        self.modulus = modulus
        self.offset = offset
        self.destination = destination
    }
}

/// `enum nft_hash_attributes`, `enum nft_hash_types`
private enum HashAttribute {
    static let source: UInt16 = 1
    static let destination: UInt16 = 2
    static let length: UInt16 = 3
    static let modulus: UInt16 = 4
    static let seed: UInt16 = 5
    static let offset: UInt16 = 6
    static let type: UInt16 = 7

    static let jenkins: UInt32 = 0
    static let symmetric: UInt32 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ hash: HashExpression) {
        expression(.hash) { writer in
            if case .register(let source, _, _) = hash.input {
                writer.networkOrder(HashAttribute.source, source.rawValue)
            }
            writer.networkOrder(HashAttribute.destination, hash.destination.rawValue)
            if case .register(_, let length, _) = hash.input { writer.networkOrder(HashAttribute.length, length) }
            writer.networkOrder(HashAttribute.modulus, hash.modulus)
            if case .register(_, _, let seed?) = hash.input { writer.networkOrder(HashAttribute.seed, seed) }
            if hash.offset != 0 { writer.networkOrder(HashAttribute.offset, hash.offset) }
            writer.networkOrder(HashAttribute.type, hash.input.type)
        }
    }
}

extension HashExpression: KernelExpression {
    /// `NFTA_HASH_SET_ID`
    static let highestAttribute: UInt16 = 9

    init?(_ fields: inout ExpressionFields) {
        guard let destination = fields.networkOrder32(HashAttribute.destination),
            let modulus = fields.networkOrder32(HashAttribute.modulus),
            let input = Input(&fields)
        else { return nil }
        let offset = fields.networkOrder32(HashAttribute.offset) ?? 0
        self.init(input, modulus: modulus, offset: offset, into: Register(rawValue: destination))
    }
}

extension HashExpression.Input {
    fileprivate var type: UInt32 {
        switch self {
        case .register: HashAttribute.jenkins
        case .flow: HashAttribute.symmetric
        }
    }

    fileprivate init?(_ fields: inout ExpressionFields) {
        // Before Linux 4.12 there was one type only, and no attribute for it.
        switch fields.networkOrder32(HashAttribute.type) ?? HashAttribute.jenkins {
        case HashAttribute.jenkins:
            guard let source = fields.networkOrder32(HashAttribute.source),
                let length = fields.networkOrder32(HashAttribute.length)
            else { return nil }
            let seed = fields.networkOrder32(HashAttribute.seed)
            self = .register(Register(rawValue: source), length: length, seed: seed)
        case HashAttribute.symmetric: self = .flow
        default: return nil
        }
    }
}
