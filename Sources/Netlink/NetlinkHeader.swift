/// The header of a netlink message (`struct nlmsghdr`) without its length, in host byte order.
public struct NetlinkHeader: Hashable, Sendable {
    /// Size of the encoded header in bytes (`NLMSG_HDRLEN`).
    public static let encodedSize = 16

    /// Kind of message; for nf_tables `NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_…`.
    public var type: UInt16
    /// The message's flags.
    public var flags: NetlinkFlags
    /// The number that joins requests and replies.
    public var sequence: UInt32
    /// Netlink port of the socket that caused the message, zero for the kernel.
    public var portID: UInt32

    /// Creates a header.
    public init(type: UInt16, flags: NetlinkFlags, sequence: UInt32, portID: UInt32 = 0) {
        self.type = type
        self.flags = flags
        self.sequence = sequence
        self.portID = portID
    }

    /// Types below `NLMSG_MIN_TYPE` belong to netlink itself.
    enum ControlType {
        static let noOperation: UInt16 = 1
        static let error: UInt16 = 2
        static let done: UInt16 = 3
        static let overrun: UInt16 = 4
    }

    /// Appends the encoded header of a message whose payload has the given size.
    func encode(payloadSize: Int, into bytes: inout [UInt8]) {
        bytes.append(hostOrder: UInt32(Self.encodedSize + payloadSize))
        bytes.append(hostOrder: type)
        bytes.append(hostOrder: flags.rawValue)
        bytes.append(hostOrder: sequence)
        bytes.append(hostOrder: portID)
    }
}

/// Rounds up to netlink's alignment of four bytes (`NLMSG_ALIGN`).
func netlinkAligned(_ size: Int) -> Int {
    (size + 3) & ~3
}

extension [UInt8] {
    /// Appends an integer in the machine's byte order, netlink's order for headers.
    mutating func append(hostOrder value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }

    /// Appends an integer in network byte order, netfilter's order for attributes.
    mutating func append(networkOrder value: some FixedWidthInteger) {
        append(hostOrder: value.bigEndian)
    }

    /// Writes an integer in the machine's byte order over the bytes at an offset.
    mutating func store(hostOrder value: some FixedWidthInteger, at offset: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: type(of: value)) }
    }
}
