public import NetworkTypes

/// A question to the kernel: which way would it send a packet (`ip route get`, `RTM_GETROUTE`)?
public struct RouteLookup: Sendable, Hashable {
    /// Where the packet goes.
    public var destination: IPAddress
    /// Where it comes from; nothing lets the kernel choose.
    public var source: IPAddress?
    /// Number of the interface that it came in by; nothing for a packet of this host.
    public var inputInterface: UInt32?
    /// Number of the interface that its socket is bound to.
    public var outputInterface: UInt32?
    /// Its mark.
    public var mark: UInt32?
    /// The user whose socket sends it; nil for the user that asks.
    public var user: UInt32?
    /// Protocol and ports; nil where rules that ask for them do not matter.
    public var ports: TCPPorts?

    /// The ports of a TCP segment.
    public struct TCPPorts: Sendable, Hashable {
        /// Where it comes from.
        public var source: UInt16
        /// Where it goes.
        public var destination: UInt16

        /// Creates a pair.
        public init(source: UInt16, destination: UInt16) {
            self.source = source
            self.destination = destination
        }
    }

    /// Creates a question.
    public init(
        destination: IPAddress,
        source: IPAddress? = nil,
        inputInterface: UInt32? = nil,
        outputInterface: UInt32? = nil,
        mark: UInt32? = nil,
        user: UInt32? = nil,
        ports: TCPPorts? = nil
    ) {
        self.destination = destination
        self.source = source
        self.inputInterface = inputInterface
        self.outputInterface = outputInterface
        self.mark = mark
        self.user = user
        self.ports = ports
    }

    /// `RTM_F_FIB_MATCH`: the entry of the table that matched, not a host route made from it. `RTM_F_LOOKUP_TABLE`: IPv4 otherwise names table
    /// 254 whatever table it was; IPv6 refuses the flag.
    private var flags: UInt32 {
        destination.family == .ipv4 ? 0x1000 | 0x2000 : 0x2000
    }

    /// The question; the answer is one `RTM_NEWROUTE`, or an error that tells what would become of the packet: `EINVAL` blackhole,
    /// `EHOSTUNREACH` unreachable, `EACCES` prohibit, `ENETUNREACH` no route.
    public var message: EncodedMessage {
        var writer = AttributeWriter(capacity: 128)
        let bits = UInt8(destination.family.addressBits)
        let start = writer.claim(RouteAttribute.headerSize)
        writer.store(destination.family.rawValue, at: start)
        writer.store(bits, at: start + 1)
        writer.store(source == nil ? 0 : bits, at: start + 2)
        writer.store(UInt8(0), at: start + 3)
        writer.store(UInt32(0), at: start + 4)
        writer.store(flags, at: start + 8)
        writer.address(RouteAttribute.destination, destination)
        if let source { writer.address(RouteAttribute.source, source) }
        if let inputInterface { writer.hostOrder(RouteAttribute.inputInterface, inputInterface) }
        if let outputInterface { writer.hostOrder(RouteAttribute.outputInterface, outputInterface) }
        if let mark { writer.hostOrder(RouteAttribute.mark, mark) }
        if let user { writer.hostOrder(RouteAttribute.userID, user) }
        if let ports {
            writer.byte(RouteAttribute.ipProtocol, IPProtocol.tcp.rawValue)
            writer.networkOrder(RouteAttribute.sourcePort, ports.source)
            writer.networkOrder(RouteAttribute.destinationPort, ports.destination)
        }
        return EncodedMessage(type: RoutingMessage.getRoute, payload: writer.takeBytes())
    }
}
