import SystemPackage

/// What was announced to the groups that a socket has joined.
public struct Announcements: Sendable {
    /// The messages in order.
    public var messages: [NetlinkReply] = []
    /// Whether others were lost (`ENOBUFS`). What the listener knows is then out of date: read it anew.
    public var hasLost = false

    /// Creates an empty list.
    public init() {}
}

extension NetlinkSocket {
    /// Opens a socket in a network namespace that hears of what is announced to multicast groups.
    public static func listener(
        _ family: Family,
        in namespace: borrowing NetworkNamespace,
        groups: [UInt32]
    ) throws(NetlinkError) -> NetlinkSocket {
        var socket = try NetlinkSocket(family, in: namespace)
        for group in groups { try socket.join(group: group) }
        return socket
    }

    /// More than this is not taken at once, so that a flood of announcements cannot keep the listener from looking up.
    private static let mostAnnouncements = 10_000

    /// Takes the announcements that have arrived, without waiting.
    public mutating func takeAnnouncements() throws(NetlinkError) -> Announcements {
        var announcements = Announcements()
        while announcements.messages.count < Self.mostAnnouncements {
            switch try receive() {
            case .nothing: return announcements
            case .overrun: announcements.hasLost = true
            case .bytes(let bytes):
                var walk = MessageWalk(bytes)
                while let message = try walk.next() {
                    announcements.messages.append(
                        NetlinkReply(header: message.header, payload: Array(message.payload))
                    )
                }
            }
        }
        return announcements
    }

    /// Waits for announcements of the groups that the socket has joined and returns those that have arrived.
    /// - Parameter milliseconds: How long to wait for the first one; negative for as long as it takes.
    /// - Returns: The announcements in order; none if the time is over.
    /// - Throws: `ENOBUFS` if announcements were lost. What the listener knows is then out of date: read it anew.
    public mutating func announcements(timeout milliseconds: Int32) throws(NetlinkError) -> [NetlinkReply] {
        guard try wait(milliseconds: milliseconds) else { return [] }
        let announcements = try takeAnnouncements()
        guard !announcements.hasLost else {
            throw NetlinkError(.receive, .noBufferSpace, message: "announcements were lost")
        }
        return announcements.messages
    }
}
