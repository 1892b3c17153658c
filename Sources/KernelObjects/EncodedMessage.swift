/// A message for the kernel without its `struct nlmsghdr`.
public struct EncodedMessage: Sendable, Hashable {
    /// `nlmsg_type`
    public var type: UInt16
    /// `nlmsg_flags`, without those that every request has.
    public var flags: UInt16
    /// The fixed header of the type and the attributes.
    public var payload: [UInt8]

    /// Creates a message.
    public init(type: UInt16, flags: UInt16 = 0, payload: [UInt8]) {
        self.type = type
        self.flags = flags
        self.payload = payload
    }
}
