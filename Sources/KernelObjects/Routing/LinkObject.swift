public import NetworkTypes

/// A network interface (`struct ifinfomsg` and `IFLA_*`).
public struct LinkObject: Sendable, Hashable {
    /// The number (`ifi_index`).
    public var index: UInt32
    /// The name (`IFLA_IFNAME`).
    public var name: String
    /// `ifi_flags`: `IFF_UP` is 1.
    public var flags: UInt32
    /// Largest packet in bytes (`IFLA_MTU`).
    public var mtu: UInt32
    /// The kind (`IFLA_INFO_KIND`), `vxlan` for instance; nil for what is no kind of rtnetlink's: a network card.
    public var kind: String?
    /// The number of the interface that it is on top of (`IFLA_LINK`); nil if it is on none.
    public var lower: UInt32?
    /// Where the packets go that carry its packets; nil if it sends none, or if it is not known.
    public var tunnel: Tunnel?

    /// The ends of the packets that carry other packets.
    public struct Tunnel: Sendable, Hashable {
        /// This host's end.
        public var local: IPAddress
        /// The other end.
        public var remote: IPAddress
        /// The protocol of IP.
        public var ipProtocol: UInt8
        /// The port, for UDP.
        public var port: UInt16?

        /// Creates a description.
        public init(local: IPAddress, remote: IPAddress, ipProtocol: UInt8, port: UInt16? = nil) {
            self.local = local
            self.remote = remote
            self.ipProtocol = ipProtocol
            self.port = port
        }
    }

    /// Whether it is switched on (`IFF_UP`), with a carrier or without.
    public var isUp: Bool { flags & 1 != 0 }

    /// Creates a link.
    public init(
        index: UInt32,
        name: String,
        flags: UInt32,
        mtu: UInt32,
        kind: String? = nil,
        lower: UInt32? = nil,
        tunnel: Tunnel? = nil
    ) {
        self.index = index
        self.name = name
        self.flags = flags
        self.mtu = mtu
        self.kind = kind
        self.lower = lower
        self.tunnel = tunnel
    }
}

/// An address of an interface (`struct ifaddrmsg` and `IFA_*`).
public struct AddressObject: Sendable, Hashable {
    /// The number of the interface.
    public var interfaceIndex: UInt32
    /// The address (`IFA_LOCAL`, or `IFA_ADDRESS`).
    public var address: IPAddress
    /// The length of its prefix.
    public var prefixLength: UInt8
    /// `ifa_scope`
    public var scope: UInt8
    /// Whether it has no lifetime (`IFA_F_PERMANENT`); the program that made one with a lifetime makes it again.
    public var isPermanent: Bool

    /// Creates an address.
    public init(
        interfaceIndex: UInt32,
        address: IPAddress,
        prefixLength: UInt8,
        scope: UInt8,
        isPermanent: Bool = true
    ) {
        self.isPermanent = isPermanent
        self.interfaceIndex = interfaceIndex
        self.address = address
        self.prefixLength = prefixLength
        self.scope = scope
    }
}
