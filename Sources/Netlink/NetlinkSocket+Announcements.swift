import SystemPackage

extension NetlinkSocket {
    /// Waits for announcements of the groups that the socket has joined and returns those that have arrived.
    /// - Parameter milliseconds: How long to wait for the first one; negative for as long as it takes.
    /// - Returns: The announcements in order; none if the time is over.
    /// - Throws: `ENOBUFS` if announcements were lost. What the listener knows is then out of date: read it anew.
    public mutating func announcements(timeout milliseconds: Int32) throws(NetlinkError) -> [NetlinkReply] {
        guard try wait(milliseconds: milliseconds) else { return [] }
        var announcements: [NetlinkReply] = []
        while true {
            switch try receive() {
            case .nothing: return announcements
            case .overrun: throw NetlinkError(.receive, .noBufferSpace, message: "announcements were lost")
            case .bytes(let bytes):
                var walk = MessageWalk(bytes)
                while let message = try walk.next() {
                    announcements.append(NetlinkReply(header: message.header, payload: Array(message.payload)))
                }
            }
        }
    }
}
