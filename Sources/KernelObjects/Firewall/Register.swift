public import NetworkTypes

/// A register of the nf_tables machine (`enum nft_registers`).
public struct Register: RawRepresentable, Sendable, Hashable {
    /// The kernel's number.
    public let rawValue: UInt32

    /// Creates the register with this number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// `NFT_REG_VERDICT`: what happens to the packet.
    public static let verdict = Register(rawValue: 0)
    /// `NFT_REG_1`, 16 bytes.
    public static let r1 = Register(rawValue: 1)
    /// `NFT_REG_2`, 16 bytes.
    public static let r2 = Register(rawValue: 2)
    /// `NFT_REG_3`, 16 bytes.
    public static let r3 = Register(rawValue: 3)
    /// `NFT_REG_4`, 16 bytes.
    public static let r4 = Register(rawValue: 4)
}

/// What stands in a register, or is compared with it: up to 16 bytes (`NFTA_DATA_VALUE`).
///
/// Each initialiser's label says in which byte order the kernel keeps that kind of value: packet contents in network order;
/// marks, user and group ids, interface indices and connection states in the machine's.
public struct RegisterData: Sendable, Hashable {
    // Two halves: values that hold an UInt128 are 16-byte aligned, and Swift 6.3 passes some of them misaligned (a crash in the
    // closure behind `??`, in debug builds).
    private let high: UInt64
    private let low: UInt64
    /// How many bytes count: 1...16.
    public let length: UInt8

    /// The bytes, the first one most significant, padded with zeros at the end.
    public var bits: UInt128 {
        UInt128(high) << 64 | UInt128(low)
    }

    /// Creates the value from the leading bytes of a number; a length outside 1...16 is clamped.
    public init(leadingBytes bits: UInt128, length: Int) {
        let length = min(max(length, 1), 16)
        let bits = bits & ~(UInt128.max >> UInt128(8 * length))
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
        self.length = UInt8(length)
    }

    /// One byte: a protocol, a family, TCP flags, an ICMP type.
    public init(_ byte: UInt8) {
        high = UInt64(byte) << 56
        low = 0
        length = 1
    }

    /// A port: two bytes in network order.
    public init(port: UInt16) {
        high = UInt64(port) << 48
        low = 0
        length = 2
    }

    /// Four bytes in network order.
    public init(networkOrder value: UInt32) {
        high = UInt64(value) << 32
        low = 0
        length = 4
    }

    /// Four bytes in the machine's order: a mark, a user or group id, an interface index, connection states.
    public init(hostOrder value: UInt32) {
        self.init(networkOrder: UInt32(bigEndian: value))
    }

    /// An IPv4 address: four bytes.
    public init(_ address: IPv4Address) {
        self.init(networkOrder: address.rawValue)
    }

    /// An IPv6 address: 16 bytes.
    public init(_ address: IPv6Address) {
        self.init(leadingBytes: address.rawValue, length: 16)
    }

    /// An address of either family.
    public init(_ address: IPAddress) {
        switch address {
        case .ipv4(let address): self.init(address)
        case .ipv6(let address): self.init(address)
        }
    }

    /// An interface's name: 16 bytes padded with NULs; only the name's own bytes where any ending is meant (`wl*`).
    public init(_ pattern: InterfacePattern) {
        var bits: UInt128 = 0
        var count = 0
        for byte in pattern.name.rawValue.utf8 {
            bits = bits << 8 | UInt128(byte)
            count += 1
        }
        self.init(leadingBytes: bits << UInt128(8 * (16 - count)), length: pattern.isPrefix ? count : 16)
    }

    /// The four bytes as a number in network order; of a shorter or longer value, its first four.
    public var networkOrder32: UInt32 {
        UInt32(truncatingIfNeeded: high >> 32)
    }

    /// The four bytes as a number in the machine's order.
    public var hostOrder32: UInt32 {
        UInt32(bigEndian: networkOrder32)
    }

    /// The first two bytes as a port.
    public var port: UInt16 {
        UInt16(truncatingIfNeeded: high >> 48)
    }

    /// The first byte.
    public var firstByte: UInt8 {
        UInt8(truncatingIfNeeded: high >> 56)
    }
}

extension SetKey {
    /// The key that a register with this content finds.
    public init(_ data: RegisterData) {
        self.init(rawValue: data.bits)
    }

    /// An IPv4 address.
    public init(_ address: IPv4Address) {
        self.init(RegisterData(address))
    }

    /// An IPv6 address.
    public init(_ address: IPv6Address) {
        self.init(RegisterData(address))
    }

    /// A port: two bytes in network order.
    public init(port: UInt16) {
        self.init(RegisterData(port: port))
    }

    /// A protocol, an ICMP type or another value of one byte.
    public init(byte: UInt8) {
        self.init(RegisterData(byte))
    }

    /// A mark, a user or group id or another value of four bytes in the machine's order, as a hash set has it.
    public init(hostOrder value: UInt32) {
        self.init(RegisterData(hostOrder: value))
    }

    /// The same in network order, as an interval set has it: the rule swaps bytes before it looks (`byteorder`).
    public init(networkOrder value: UInt32) {
        self.init(RegisterData(networkOrder: value))
    }

    /// An interface's name, padded with NULs.
    public init(_ name: InterfaceName) {
        self.init(RegisterData(InterfacePattern(name)))
    }
}

extension SetElement {
    /// One key.
    public init(_ key: SetKey, timeout: UInt64 = 0) {
        self.init(start: key, end: key, timeout: timeout)
    }

    /// The keys that interfaces of this pattern have, as nft writes them into an interval set of names: for `wl*` everything
    /// from `wl` to the last name before `wm`.
    public init(_ pattern: InterfacePattern) {
        let start = SetKey(pattern.name)
        let end =
            pattern.isPrefix
            ? start.rawValue | UInt128.max >> UInt128(8 * pattern.name.rawValue.utf8.count) : start.rawValue
        self.init(start: start, end: SetKey(rawValue: end))
    }
}
