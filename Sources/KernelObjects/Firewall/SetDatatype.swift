/// nft's number for what a set's keys are (`enum datatypes` of nft's `datatype.h`); the kernel only keeps it.
public enum SetDatatype: UInt32, Sendable, Hashable, CaseIterable {
    /// `ipv4_addr`, 4 bytes.
    case ipv4Address = 7
    /// `ipv6_addr`, 16 bytes.
    case ipv6Address = 8
    /// `inet_proto`, 1 byte.
    case inetProtocol = 12
    /// `inet_service`, 2 bytes.
    case inetService = 13
    /// `icmp_type`, 1 byte.
    case icmpType = 14
    /// `mark`, 4 bytes in the machine's order; in network order in an interval set.
    case mark = 19
    /// `uid`, 4 bytes in the machine's order; in network order in an interval set.
    case userID = 24
    /// `gid`, 4 bytes in the machine's order; in network order in an interval set.
    case groupID = 25
    /// `ct_state`, 4 bytes in the machine's order: one bit in each key.
    case conntrackState = 26
    /// `icmpv6_type`, 1 byte.
    case icmpv6Type = 29
    /// `ifname`, 16 bytes padded with NULs.
    case interfaceName = 41

    /// The length of a key in bytes (`NFTA_SET_KEY_LEN`).
    public var keyLength: UInt32 {
        switch self {
        case .inetProtocol, .icmpType, .icmpv6Type: 1
        case .inetService: 2
        case .ipv4Address, .mark, .userID, .groupID, .conntrackState: 4
        case .ipv6Address, .interfaceName: 16
        }
    }

    /// What nft records as the keys' byte order, and needs in order to print them; also where an interval set has them in network order.
    public var byteOrder: SetUserdata.ByteOrder {
        switch self {
        case .inetProtocol: .none
        case .ipv4Address, .ipv6Address, .inetService, .icmpType, .icmpv6Type: .network
        case .mark, .userID, .groupID, .conntrackState, .interfaceName: .host
        }
    }
}
