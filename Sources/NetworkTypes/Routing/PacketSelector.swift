/// What a policy routing rule asks for beside addresses, interfaces and a mark.
public struct PacketSelector: Sendable, Hashable {
    /// The type of service as the kernel compared it before there was a DSCP (`fib_rule_hdr.tos`); 0 for any.
    public var typeOfService: UInt8
    /// The six bits of the differentiated services field (RFC 2474): 0...63 (`FRA_DSCP`).
    public var dscp: UInt8?
    /// The users whose sockets send (`FRA_UID_RANGE`).
    public var users: Interval<UInt32>?
    /// The transport protocol; never 0, which stands for any (`FRA_IP_PROTO`).
    public var ipProtocol: IPProtocol?
    /// The source ports (`FRA_SPORT_RANGE`).
    public var sourcePorts: Interval<UInt16>?
    /// The destination ports (`FRA_DPORT_RANGE`).
    public var destinationPorts: Interval<UInt16>?

    /// Creates a selector; nothing stands for any.
    public init(
        typeOfService: UInt8 = 0,
        dscp: UInt8? = nil,
        users: Interval<UInt32>? = nil,
        ipProtocol: IPProtocol? = nil,
        sourcePorts: Interval<UInt16>? = nil,
        destinationPorts: Interval<UInt16>? = nil
    ) {
        self.typeOfService = typeOfService
        self.dscp = dscp
        self.users = users
        self.ipProtocol = ipProtocol
        self.sourcePorts = sourcePorts
        self.destinationPorts = destinationPorts
    }

    /// The largest DSCP.
    public static let greatestDSCP: UInt8 = 63
    /// The ports that the kernel takes in a policy routing rule (`fib_rule_port_range_valid`).
    public static let ports: ClosedRange<UInt16> = 1...65534
    /// The users that it takes: 4294967295 is none.
    public static let users: ClosedRange<UInt32> = 0...4_294_967_294

    /// The bits of a type of service that rules of a family can ask for: what is left of RFC 791 and RFC 1349 in IPv4
    /// (`INET_DSCP_LEGACY_TOS_MASK`), all but those for congestion in IPv6.
    public static func typeOfServiceMask(_ family: AddressFamily) -> UInt8 {
        family == .ipv4 ? 0x1c : 0xfc
    }
}
