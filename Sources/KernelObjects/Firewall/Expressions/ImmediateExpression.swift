/// Puts a value into a register, or decides about the packet (`nft_immediate.c`).
public enum ImmediateExpression: Sendable, Hashable {
    /// A value for a register.
    case data(RegisterData, into: Register)
    /// A verdict.
    case verdict(Verdict)
}

/// What happens to the packet (`NFTA_VERDICT_CODE`).
public enum Verdict: Sendable, Hashable {
    /// `NF_ACCEPT`
    case accept
    /// `NF_DROP`
    case drop
    /// `NFT_CONTINUE`
    case `continue`
    /// `NFT_RETURN`
    case `return`
    /// `NFT_JUMP`: the chain, then back here.
    case jump(String)
    /// `NFT_GOTO`: the chain, then back to where this one was jumped to from.
    case goto(String)

    fileprivate var code: Int32 {
        switch self {
        case .drop: 0
        case .accept: 1
        case .continue: -1
        case .jump: -3
        case .goto: -4
        case .return: -5
        }
    }

    fileprivate init?(code: Int32, chain: String?) {
        switch (code, chain) {
        case (0, nil): self = .drop
        case (1, nil): self = .accept
        case (-1, nil): self = .continue
        case (-3, let chain?): self = .jump(chain)
        case (-4, let chain?): self = .goto(chain)
        case (-5, nil): self = .return
        default: return nil
        }
    }
}

/// `enum nft_immediate_attributes`, `enum nft_verdict_attributes`
private enum ImmediateAttribute {
    static let destination: UInt16 = 1
    static let data: UInt16 = 2
    static let verdictCode: UInt16 = 1
    static let verdictChain: UInt16 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ immediate: ImmediateExpression) {
        switch immediate {
        case .data(let value, let register):
            expression(.immediate) { writer in
                writer.networkOrder(ImmediateAttribute.destination, register.rawValue)
                writer.value(ImmediateAttribute.data, value)
            }
        case .verdict(let verdict):
            append(verdict)
        }
    }

    /// Writes a verdict.
    public mutating func append(_ verdict: Verdict) {
        expression(.immediate) { writer in
            writer.networkOrder(ImmediateAttribute.destination, Register.verdict.rawValue)
            let data = writer.open(ImmediateAttribute.data)
            let value = writer.open(DataAttribute.verdict)
            writer.networkOrder(ImmediateAttribute.verdictCode, UInt32(bitPattern: verdict.code))
            switch verdict {
            case .jump(let chain), .goto(let chain): writer.name(ImmediateAttribute.verdictChain, chain)
            case .accept, .drop, .continue, .return: break
            }
            writer.close(value)
            writer.close(data)
        }
    }

    /// Writes a value for a register.
    public mutating func append(_ value: RegisterData, into register: Register) {
        append(.data(value, into: register) as ImmediateExpression)
    }
}

extension ImmediateExpression: KernelExpression {
    /// `NFTA_IMMEDIATE_DATA`
    static let highestAttribute: UInt16 = 2

    init?(_ fields: inout ExpressionFields) {
        guard let destination = fields.networkOrder32(ImmediateAttribute.destination) else { return nil }
        if destination == Register.verdict.rawValue {
            guard let verdict = fields.verdict(ImmediateAttribute.data) else { return nil }
            self = .verdict(verdict)
        } else {
            guard let value = fields.value(ImmediateAttribute.data) else { return nil }
            self = .data(value, into: Register(rawValue: destination))
        }
    }
}

extension ExpressionFields {
    /// The only verdict in a nested `NFTA_DATA_VERDICT`.
    fileprivate mutating func verdict(_ type: UInt16) -> Verdict? {
        guard var outer = nested(type), var verdict = outer.nested(DataAttribute.verdict), outer.areAllUnderstood,
            let code = verdict.networkOrder32(ImmediateAttribute.verdictCode)
        else { return nil }
        let chain = verdict.name(ImmediateAttribute.verdictChain)
        guard verdict.areAllUnderstood else { return nil }
        return Verdict(code: Int32(bitPattern: code), chain: chain)
    }
}
