/// One step of a rule, as the nf_tables machine runs it.
public enum Expression: Sendable, Hashable {
    /// Mask and turn over bits of a register.
    case bitwise(BitwiseExpression)
    /// Swap the bytes of a register.
    case byteorder(ByteorderExpression)
    /// Compare a register with a value.
    case compare(CompareExpression)
    /// Go on by the number of connections.
    case connectionLimit(ConnectionLimitExpression)
    /// Load or set what is known of the connection.
    case conntrack(ConntrackExpression)
    /// Count packets and bytes.
    case counter(CounterExpression)
    /// Send a copy of the packet elsewhere.
    case duplicate(DuplicateExpression)
    /// Add a register's content to a set, or take it out.
    case dynamicSet(DynamicSetExpression)
    /// Load bytes of an extension header, an option or a chunk, or whether there is one.
    case extensionHeader(ExtensionHeaderExpression)
    /// Ask the routing tables about an address.
    case fib(FibExpression)
    /// Let the connection pass the rules by.
    case flowOffload(FlowOffloadExpression)
    /// Send the packet out by an interface.
    case forward(ForwardExpression)
    /// Load a number that is made of a register or of the packet's flow.
    case hash(HashExpression)
    /// Fill a register, or decide.
    case immediate(ImmediateExpression)
    /// Load from the packet that a tunnel's packet carries.
    case inner(InnerExpression)
    /// Load what is known of the packet's IPsec.
    case ipsec(IPsecExpression)
    /// Remember when a packet came by last.
    case last(LastExpression)
    /// Hold a rate.
    case limit(LimitExpression)
    /// Write a line about the packet.
    case log(LogExpression)
    /// Combine the bits of a register with those of another one.
    case logic(LogicExpression)
    /// Look a register up in a set.
    case lookup(LookupExpression)
    /// Put what a map has for a register into another one.
    case map(MapExpression)
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
    /// Run a named object.
    case object(ObjectExpression)
    /// Load the name of the operating system that the packet looks as if it came from.
    case osf(OSFExpression)
    /// Load bytes of the packet.
    case payload(PayloadExpression)
    /// Write a register into the packet.
    case payloadWrite(PayloadWriteExpression)
    /// Let a program decide.
    case queue(QueueExpression)
    /// Go on by the number of bytes that have come by.
    case quota(QuotaExpression)
    /// Compare a register with a range.
    case range(RangeExpression)
    /// Send the connection to this host.
    case redirect(RedirectExpression)
    /// Drop the packet and tell its sender.
    case reject(RejectExpression)
    /// Load what the packet's route says.
    case route(RouteExpression)
    /// Shift the bits of a register.
    case shift(ShiftExpression)
    /// Load what is known of the socket that the packet is for.
    case socket(SocketExpression)
    /// Answer a client in the place of the server.
    case synproxy(SynproxyExpression)
    /// Change an option of TCP.
    case tcpOption(TCPOptionExpression)
    /// Hand the packet to a socket of this host.
    case transparentProxy(TransparentProxyExpression)
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
        case .connectionLimit(let expression): append(expression)
        case .conntrack(let expression): append(expression)
        case .counter(let expression): append(expression)
        case .duplicate(let expression): append(expression)
        case .dynamicSet(let expression): append(expression)
        case .extensionHeader(let expression): append(expression)
        case .fib(let expression): append(expression)
        case .flowOffload(let expression): append(expression)
        case .forward(let expression): append(expression)
        case .hash(let expression): append(expression)
        case .immediate(let expression): append(expression)
        case .inner(let expression): append(expression)
        case .ipsec(let expression): append(expression)
        case .last(let expression): append(expression)
        case .limit(let expression): append(expression)
        case .log(let expression): append(expression)
        case .logic(let expression): append(expression)
        case .lookup(let expression): append(expression)
        case .map(let expression): append(expression)
        case .masquerade(let expression): append(expression)
        case .meta(let expression): append(expression)
        case .nat(let expression): append(expression)
        case .notrack: appendNotrack()
        case .numberGenerator(let expression): append(expression)
        case .object(let expression): append(expression)
        case .osf(let expression): append(expression)
        case .payload(let expression): append(expression)
        case .payloadWrite(let expression): append(expression)
        case .queue(let expression): append(expression)
        case .quota(let expression): append(expression)
        case .range(let expression): append(expression)
        case .redirect(let expression): append(expression)
        case .reject(let expression): append(expression)
        case .route(let expression): append(expression)
        case .shift(let expression): append(expression)
        case .socket(let expression): append(expression)
        case .synproxy(let expression): append(expression)
        case .tcpOption(let expression): append(expression)
        case .transparentProxy(let expression): append(expression)
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
        var name: UInt128?
        var reader = element.nested
        while name == nil, let attribute = reader.next() {
            if attribute.type == ExpressionAttribute.name { name = attribute.leadingBits }
        }
        // What may hold more expressions is not even looked into.
        guard let name, kinds.contains(where: { $0.bits == name }) else { return nil }
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
        case .connectionLimit: "connlimit"
        case .conntrack: "ct"
        case .counter: "counter"
        case .duplicate: "dup"
        case .dynamicSet: "dynset"
        case .extensionHeader: "exthdr"
        case .fib: "fib"
        case .flowOffload: "flow_offload"
        case .forward: "fwd"
        case .hash: "hash"
        case .immediate: "immediate"
        case .inner: "inner"
        case .ipsec: "xfrm"
        case .last: "last"
        case .limit: "limit"
        case .log: "log"
        case .logic: "bitwise"
        case .lookup: "lookup"
        case .map: "lookup"
        case .masquerade: "masq"
        case .meta: "meta"
        case .nat: "nat"
        case .notrack: "notrack"
        case .numberGenerator: "numgen"
        case .object: "objref"
        case .osf: "osf"
        case .payload: "payload"
        case .payloadWrite: "payload"
        case .queue: "queue"
        case .quota: "quota"
        case .range: "range"
        case .redirect: "redir"
        case .reject: "reject"
        case .route: "rt"
        case .shift: "bitwise"
        case .socket: "socket"
        case .synproxy: "synproxy"
        case .tcpOption: "exthdr"
        case .transparentProxy: "tproxy"
        case .tunnel: "tunnel"
        case .unknown(let expression): expression.name
        }
    }
}
