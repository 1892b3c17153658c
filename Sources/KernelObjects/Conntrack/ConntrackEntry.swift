/// What connection tracking knows of a TCP connection (`CTA_*` of nfnetlink_conntrack.h).
public struct ConntrackEntry: Sendable, Hashable {
    /// One direction's first packet.
    public struct Tuple: Sendable, Hashable {
        /// Where it came from.
        public var source: TCPEndpoint
        /// Where it went to.
        public var destination: TCPEndpoint

        /// Creates a tuple.
        public init(source: TCPEndpoint, destination: TCPEndpoint) {
            self.source = source
            self.destination = destination
        }
    }

    /// The connection's first packet, before any translation (`CTA_TUPLE_ORIG`).
    public var original: Tuple
    /// What an answer looks like when it comes in (`CTA_TUPLE_REPLY`).
    public var reply: Tuple
    /// The status bits (`CTA_STATUS`, `enum ip_conntrack_status`).
    public var status: UInt32
    /// The connection's mark (`CTA_MARK`); 0 where the kernel has no marks.
    public var mark: UInt32
    /// Whether both ends have agreed on the connection, as far as tracking saw (`TCP_CONNTRACK_ESTABLISHED`).
    public var isEstablished: Bool

    /// Whether packets outside of the window that tracking knows of are taken in both directions (`IP_CT_TCP_FLAG_BE_LIBERAL`): so it is
    /// where it has seen the connection from its middle on.
    public var isLiberal: Bool

    /// Creates an entry.
    public init(
        original: Tuple,
        reply: Tuple,
        status: UInt32,
        mark: UInt32 = 0,
        isEstablished: Bool = true,
        isLiberal: Bool = false
    ) {
        self.original = original
        self.reply = reply
        self.status = status
        self.mark = mark
        self.isEstablished = isEstablished
        self.isLiberal = isLiberal
    }
}
