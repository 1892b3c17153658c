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
    /// Load bytes of an extension header, an option or a chunk, or whether there is one.
    case extensionHeader(ExtensionHeaderExpression)
    /// Ask the routing tables about an address.
    case fib(FibExpression)
    /// Load a number that is made of a register or of the packet's flow.
    case hash(HashExpression)
    /// Fill a register, or decide.
    case immediate(ImmediateExpression)
    /// Load from the packet that a tunnel's packet carries.
    case inner(InnerExpression)
    /// Load what is known of the packet's IPsec.
    case ipsec(IPsecExpression)
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
    /// Load a number that each packet gets anew.
    case numberGenerator(NumberGeneratorExpression)
    /// Load the name of the operating system that the packet looks as if it came from.
    case osf(OSFExpression)
    /// Load bytes of the packet.
    case payload(PayloadExpression)
    /// Compare a register with a range.
    case range(RangeExpression)
    /// Send the connection to this host.
    case redirect(RedirectExpression)
    /// Drop the packet and tell its sender.
    case reject(RejectExpression)
    /// Load what the packet's route says.
    case route(RouteExpression)
    /// Load what is known of the socket that the packet is for.
    case socket(SocketExpression)
    /// Load what is known of the packet's tunnel.
    case tunnel(TunnelExpression)
    /// A kind of expression, or an attribute or value of one, that Weir does not know.
    case unknown(UnknownExpression)
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
        case .extensionHeader(let expression): append(expression)
        case .fib(let expression): append(expression)
        case .hash(let expression): append(expression)
        case .immediate(let expression): append(expression)
        case .inner(let expression): append(expression)
        case .ipsec(let expression): append(expression)
        case .limit(let expression): append(expression)
        case .log(let expression): append(expression)
        case .lookup(let expression): append(expression)
        case .masquerade(let expression): append(expression)
        case .meta(let expression): append(expression)
        case .nat(let expression): append(expression)
        case .notrack: appendNotrack()
        case .numberGenerator(let expression): append(expression)
        case .osf(let expression): append(expression)
        case .payload(let expression): append(expression)
        case .range(let expression): append(expression)
        case .redirect(let expression): append(expression)
        case .reject(let expression): append(expression)
        case .route(let expression): append(expression)
        case .socket(let expression): append(expression)
        case .tunnel(let expression): append(expression)
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
        let reading = ExpressionReading(element)
        if reading.additions.isEmpty, let expression = reading.expression {
            self = expression
        } else {
            self = .unknown(UnknownExpression(element))
        }
    }

    /// Reads an expression that is part of another one; nil unless it is of one of some kinds, and understood wholly.
    init?(nested element: AttributeReader.Attribute, among kinds: [ExpressionName]) {
        var reader = element.nested
        // The kind comes first: what may hold more expressions is not even looked into.
        guard let name = reader.next(), name.type == ExpressionAttribute.name,
            kinds.contains(where: { $0.bits == name.leadingBits })
        else { return nil }
        let reading = ExpressionReading(element)
        guard reading.additions.isEmpty, let expression = reading.expression else { return nil }
        self = expression
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
        case .extensionHeader: "exthdr"
        case .fib: "fib"
        case .hash: "hash"
        case .immediate: "immediate"
        case .inner: "inner"
        case .ipsec: "xfrm"
        case .limit: "limit"
        case .log: "log"
        case .lookup: "lookup"
        case .masquerade: "masq"
        case .meta: "meta"
        case .nat: "nat"
        case .notrack: "notrack"
        case .numberGenerator: "numgen"
        case .osf: "osf"
        case .payload: "payload"
        case .range: "range"
        case .redirect: "redir"
        case .reject: "reject"
        case .route: "rt"
        case .socket: "socket"
        case .tunnel: "tunnel"
        case .unknown(let expression): expression.name
        }
    }
}
