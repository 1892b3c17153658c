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

    /// Whether it is switched on (`IFF_UP`), with a carrier or without.
    public var isUp: Bool { flags & 1 != 0 }

    /// Creates a link.
    public init(index: UInt32, name: String, flags: UInt32, mtu: UInt32) {
        self.index = index
        self.name = name
        self.flags = flags
        self.mtu = mtu
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
    /// Whether it stays until somebody takes it away (`IFA_F_PERMANENT`): others are made again by whoever made them.
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
