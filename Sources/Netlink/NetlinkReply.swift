/// A reply of the kernel that is kept: header and payload.
public struct NetlinkReply: Hashable, Sendable {
    /// The message's header.
    public var header: NetlinkHeader
    /// The family's header and the attributes.
    public var payload: [UInt8]

    /// Creates a reply from its parts.
    public init(header: NetlinkHeader, payload: [UInt8]) {
        self.header = header
        self.payload = payload
    }
}
