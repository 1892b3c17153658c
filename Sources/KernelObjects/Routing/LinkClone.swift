/// What of an interface matters to routes, so that a likeness of it can be made in another namespace.
public struct LinkClone: Sendable, Hashable {
    /// The number (`ifi_index`).
    public var index: UInt32
    /// The name (`IFLA_IFNAME`).
    public var name: String
    /// `ifi_flags`
    public var flags: UInt32
    /// Largest packet in bytes (`IFLA_MTU`).
    public var mtu: UInt32
    /// The hardware address (`IFLA_ADDRESS`).
    public var hardwareAddress: [UInt8]
    /// The kind of a virtual interface (`IFLA_INFO_KIND`): `bridge`, `wireguard`; nothing for a piece of hardware.
    public var kind: String?

    /// Creates a description.
    public init(
        index: UInt32,
        name: String,
        flags: UInt32,
        mtu: UInt32,
        hardwareAddress: [UInt8] = [],
        kind: String? = nil
    ) {
        self.index = index
        self.name = name
        self.flags = flags
        self.mtu = mtu
        self.hardwareAddress = hardwareAddress
        self.kind = kind
    }
}

/// An address of an interface as the kernel described it, so that the same can be given to another interface.
public struct AddressClone: Sendable, Hashable {
    /// The number of the interface.
    public var interfaceIndex: UInt32
    /// `struct ifaddrmsg` and attributes, without what the kernel says about how the address fares.
    public var payload: [UInt8]

    /// Creates a description.
    public init(interfaceIndex: UInt32, payload: [UInt8]) {
        self.interfaceIndex = interfaceIndex
        self.payload = payload
    }
}
