public import KernelObjects

/// What has to be known about a host so that nobody is locked out of it.
public struct HostFacts: Sendable {
    /// The connections that are looked after.
    public var connections: [ConnectionFact]
    /// How many more of them there are than are looked after.
    public var omittedConnections: Int
    /// The ports that a server for management listens on.
    public var managementPorts: Set<UInt16>
    /// Tables of other programs that packets come through.
    public var foreignTables: [ForeignTable]
    /// What could not be found out, in words.
    public var unknowns: [String]

    /// Creates facts.
    public init(
        connections: [ConnectionFact] = [],
        omittedConnections: Int = 0,
        managementPorts: Set<UInt16> = [],
        foreignTables: [ForeignTable] = [],
        unknowns: [String] = []
    ) {
        self.connections = connections
        self.omittedConnections = omittedConnections
        self.managementPorts = managementPorts
        self.foreignTables = foreignTables
        self.unknowns = unknowns
    }
}

/// A TCP connection to this host.
public struct ConnectionFact: Sendable, Hashable {
    /// Why it is looked after.
    public enum Role: Sendable, Hashable {
        /// It is the ssh session that Weir runs in (`SSH_CONNECTION`).
        case ownSession
        /// It belongs to a server for management: an ssh server.
        case management
        /// It carries a session that comes by this host itself: one of this host's own connections, of ssh(1) to a relay for instance.
        case carrier(ofOwnSession: Bool)
        /// Any other one: it only matters that it stays open if it can.
        case other

        /// Whether it is the session that Weir runs in, or carries it.
        public var isOwn: Bool {
            switch self {
            case .ownSession, .carrier(ofOwnSession: true): true
            case .carrier, .management, .other: false
            }
        }

        /// Whether this host opened it.
        var isOutgoing: Bool {
            if case .carrier = self { true } else { false }
        }
    }

    /// What connection tracking knows of it.
    public enum Tracking: Sendable, Hashable {
        /// There is an entry.
        case tracked(ConntrackEntry)
        /// There is none: its packets would be new ones, or none that belong to a connection.
        case untracked
        /// The kernel does not tell.
        case unknown
    }

    /// This host's end.
    public var local: TCPEndpoint
    /// The other end.
    public var peer: TCPEndpoint
    /// Why it is looked after.
    public var role: Role
    /// Whether there is such a connection now; without one only a new one from the same peer is thought of.
    public var isEstablished: Bool
    /// The interface that it is bound to, by name; link-local addresses have one.
    public var interface: String?
    /// What connection tracking knows of it.
    public var tracking: Tracking
    /// The mark of its socket (`SO_MARK`); nil if it is not known.
    public var mark: UInt32?
    /// The user whose socket it is; nil if it is not known.
    public var user: UInt32?
    /// The interface that its packets were seen to come in by, by name; nil if none were seen.
    public var input: String?
    /// How many routers its packets have passed, if any were seen; nil if none were.
    public var distance: Int?
    /// Whether data was seen to get through while it was looked at.
    public var isSeenAlive = false
    /// What carries its packets and cannot be judged: an interface that sends them on in others, or a program. nil if nothing does.
    public var unjudgedCarrier: String?

    /// Creates a description.
    public init(
        local: TCPEndpoint,
        peer: TCPEndpoint,
        role: Role,
        isEstablished: Bool = true,
        interface: String? = nil,
        tracking: Tracking = .unknown,
        mark: UInt32? = nil,
        user: UInt32? = 0,
        input: String? = nil
    ) {
        self.local = local
        self.peer = peer
        self.role = role
        self.isEstablished = isEstablished
        self.interface = interface
        self.tracking = tracking
        self.mark = mark
        self.user = user
        self.input = input
    }
}
