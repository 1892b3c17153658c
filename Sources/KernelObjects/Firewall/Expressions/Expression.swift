/// One step of a rule, as the nf_tables machine runs it.
public enum Expression: Sendable, Hashable {
    /// Mask and turn over bits of a register.
    case bitwise(BitwiseExpression)
    /// Swap the bytes of a register.
    case byteorder(ByteorderExpression)
    /// Compare a register with a value.
    case compare(CompareExpression)
    /// Load or set what is known of the connection.
    case conntrack(ConntrackExpression)
    /// Count packets and bytes.
    case counter(CounterExpression)
    /// Fill a register, or decide.
    case immediate(ImmediateExpression)
    /// Hold a rate.
    case limit(LimitExpression)
    /// Write a line about the packet.
    case log(LogExpression)
    /// Look a register up in a set.
    case lookup(LookupExpression)
    /// Give the connection the address of the interface that it leaves by.
    case masquerade(MasqueradeExpression)
    /// Load or set what the kernel knows of the packet.
    case meta(MetaExpression)
    /// Give the connection another source or destination.
    case nat(NATExpression)
    /// Take the packet out of connection tracking.
    case notrack
    /// Load bytes of the packet.
    case payload(PayloadExpression)
    /// Compare a register with a range.
    case range(RangeExpression)
    /// Send the connection to this host.
    case redirect(RedirectExpression)
    /// Drop the packet and tell its sender.
    case reject(RejectExpression)
    /// A kind of expression, or an attribute or value of one, that Weir does not know.
    case unknown(UnknownExpression)
}

/// An expression that is carried along as the kernel sent it.
public struct UnknownExpression: Sendable, Hashable {
    /// The kind (`NFTA_EXPR_NAME`).
    public var name: String
    /// The whole `NFTA_LIST_ELEM` attribute.
    public var element: [UInt8]

    /// Creates an expression.
    public init(name: String, element: [UInt8]) {
        self.name = name
        self.element = element
    }

    /// The name of the extension of iptables that a `match` or a `target` runs (`NFTA_MATCH_NAME`, `NFTA_TARGET_NAME`); nil for
    /// other expressions.
    public var extensionName: String? {
        guard name == "match" || name == "target" else { return nil }
        return element.withUnsafeBytes { bytes in
            var elements = AttributeReader(bytes)
            guard let element = elements.next() else { return nil }
            var parts = element.nested
            while let part = parts.next() {
                guard part.type == ExpressionAttribute.data else { continue }
                var fields = part.nested
                while let field = fields.next() {
                    if field.type == 1 { return field.string }
                }
            }
            return nil
        }
    }
}

extension ExpressionWriter {
    /// Writes any expression.
    public mutating func append(_ expression: Expression) {
        switch expression {
        case .bitwise(let expression): append(expression)
        case .byteorder(let expression): append(expression)
        case .compare(let expression): append(expression)
        case .conntrack(let expression): append(expression)
        case .counter(let expression): append(expression)
        case .immediate(let expression): append(expression)
        case .limit(let expression): append(expression)
        case .log(let expression): append(expression)
        case .lookup(let expression): append(expression)
        case .masquerade(let expression): append(expression)
        case .meta(let expression): append(expression)
        case .nat(let expression): append(expression)
        case .notrack: appendNotrack()
        case .payload(let expression): append(expression)
        case .range(let expression): append(expression)
        case .redirect(let expression): append(expression)
        case .reject(let expression): append(expression)
        case .unknown(let expression): element(expression.element)
        }
    }

    /// Writes `notrack`, which has no data.
    public mutating func appendNotrack() {
        expression(.notrack)
    }
}

extension Expression {
    /// The expressions in the content of `NFTA_RULE_EXPRESSIONS`, in order; nothing where these are not well-formed attributes.
    ///
    /// What Weir does not understand wholly becomes `.unknown`: written again, the expressions are always what was read, but for
    /// defaults that the kernel has left out.
    public static func decode(_ bytes: [UInt8]) -> [Expression]? {
        bytes.withUnsafeBytes { buffer in
            var expressions: [Expression] = []
            var reader = AttributeReader(buffer)
            while let element = reader.next() {
                guard element.type == ExpressionAttribute.element else { return nil }
                expressions.append(Expression(element))
            }
            return reader.isMalformed ? nil : expressions
        }
    }

    /// Reads one `NFTA_LIST_ELEM`.
    init(_ element: AttributeReader.Attribute) {
        var name: UInt128?
        var data: AttributeReader?
        var isPlain = true
        var reader = element.nested
        while let attribute = reader.next() {
            switch attribute.type {
            case ExpressionAttribute.name where name == nil: name = attribute.leadingBits
            case ExpressionAttribute.data where data == nil: data = attribute.nested
            default: isPlain = false
            }
        }
        if isPlain, !reader.isMalformed, let name, let known = Expression(name: name, data: data) {
            self = known
        } else {
            self = .unknown(UnknownExpression(element))
        }
    }

    private init?(name: UInt128, data: AttributeReader?) {
        guard let data else {
            guard name == ExpressionName.notrack.bits else { return nil }
            self = .notrack
            return
        }
        let decoded: Expression? =
            switch name {
            case ExpressionName.bitwise.bits: BitwiseExpression(data: data).map(Expression.bitwise)
            case ExpressionName.byteorder.bits: ByteorderExpression(data: data).map(Expression.byteorder)
            case ExpressionName.cmp.bits: CompareExpression(data: data).map(Expression.compare)
            case ExpressionName.counter.bits: CounterExpression(data: data).map(Expression.counter)
            case ExpressionName.ct.bits: ConntrackExpression(data: data).map(Expression.conntrack)
            case ExpressionName.immediate.bits: ImmediateExpression(data: data).map(Expression.immediate)
            case ExpressionName.limit.bits: LimitExpression(data: data).map(Expression.limit)
            case ExpressionName.log.bits: LogExpression(data: data).map(Expression.log)
            case ExpressionName.lookup.bits: LookupExpression(data: data).map(Expression.lookup)
            case ExpressionName.masq.bits: MasqueradeExpression(data: data).map(Expression.masquerade)
            case ExpressionName.meta.bits: MetaExpression(data: data).map(Expression.meta)
            case ExpressionName.nat.bits: NATExpression(data: data).map(Expression.nat)
            case ExpressionName.payload.bits: PayloadExpression(data: data).map(Expression.payload)
            case ExpressionName.range.bits: RangeExpression(data: data).map(Expression.range)
            case ExpressionName.redir.bits: RedirectExpression(data: data).map(Expression.redirect)
            case ExpressionName.reject.bits: RejectExpression(data: data).map(Expression.reject)
            default: nil
            }
        guard let decoded else { return nil }
        self = decoded
    }
}

extension UnknownExpression {
    fileprivate init(_ element: AttributeReader.Attribute) {
        var name: String?
        var reader = element.nested
        while name == nil, let attribute = reader.next() {
            if attribute.type == ExpressionAttribute.name { name = attribute.string }
        }
        // Malformed bytes can end before the last padding.
        let padding = padded(element.whole.count) - element.whole.count
        self.init(name: name ?? "", element: element.whole + [UInt8](repeating: 0, count: padding))
    }
}

extension Expression {
    /// The kernel's name for the kind of expression (`NFTA_EXPR_NAME`).
    public var kindName: String {
        switch self {
        case .bitwise: "bitwise"
        case .byteorder: "byteorder"
        case .compare: "cmp"
        case .conntrack: "ct"
        case .counter: "counter"
        case .immediate: "immediate"
        case .limit: "limit"
        case .log: "log"
        case .lookup: "lookup"
        case .masquerade: "masq"
        case .meta: "meta"
        case .nat: "nat"
        case .notrack: "notrack"
        case .payload: "payload"
        case .range: "range"
        case .redirect: "redir"
        case .reject: "reject"
        case .unknown(let expression): expression.name
        }
    }
}
