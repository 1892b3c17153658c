public import NetworkTypes

/// What a rule does with a packet.
public enum Action: Sendable, Hashable {
    /// Lets the packet pass this base chain.
    case accept
    /// Discards it without a word.
    case drop
    /// Discards it and tells the sender.
    case reject(RejectReason)
    /// Sends it to a port of this host.
    case redirect(Redirect)
    /// Gives it another destination.
    case destinationNAT(AddressTranslation)
    /// Gives it another source.
    case sourceNAT(AddressTranslation)
    /// Gives it the address of the interface that it leaves by as source.
    case masquerade(Masquerade)
    /// Writes to the log and goes on.
    case log(LogStatement)
    /// Only counts.
    case count
    /// Takes it out of connection tracking.
    case notrack
    /// Sets the packet's mark; bits outside the mask stay.
    case setMark(Mark)
    /// Sets the connection's mark; bits outside the mask stay.
    case setConnectionMark(Mark)
    /// Tries a chain's rules, then goes on here.
    case jump(String)
    /// Tries a chain's rules and does not come back here.
    case goto(String)
    /// Goes back to where this chain was jumped to from; in a base chain: the policy decides.
    case `return`
}

/// What the sender of a rejected packet is told.
///
/// Canonical forms (`canonical(for:)`): a rule that holds for IPv4 alone has `icmp` or `tcpReset`; for IPv6 alone `icmpv6` or
/// `tcpReset`; for both `icmpx` where it has the meaning, else `icmp` or `icmpv6`, which two kernel rules say.
public enum RejectReason: Sendable, Hashable {
    /// An ICMP destination-unreachable message with this code (RFC 792, RFC 1812 5.2.7.1).
    case icmp(ICMPUnreachableCode)
    /// An ICMPv6 destination-unreachable message with this code (RFC 4443 3.1).
    case icmpv6(ICMPv6UnreachableCode)
    /// One meaning for both families (`NFT_REJECT_ICMPX_UNREACH`).
    case icmpx(ICMPXCode)
    /// A TCP segment with RST.
    case tcpReset
}

/// Where redirected packets go.
public struct Redirect: Sendable, Hashable {
    /// The new destination port or ports; nothing keeps the port.
    public var ports: Interval<UInt16>?
    /// How ports are chosen.
    public var flags: NATFlags
    /// Whether one narrow rule accepts the redirected connections in the input chain.
    public var isAccepted: Bool

    /// Creates the target.
    public init(ports: Interval<UInt16>?, flags: NATFlags = [], isAccepted: Bool = false) {
        self.ports = ports
        self.flags = flags
        self.isAccepted = isAccepted
    }
}

/// The new addresses and ports of translated packets; at least one of the two.
public struct AddressTranslation: Sendable, Hashable {
    /// The new addresses; nothing keeps the address.
    public var addresses: TargetAddresses?
    /// The new port or ports; nothing keeps the port.
    public var ports: Interval<UInt16>?
    /// How addresses and ports are chosen.
    public var flags: NATFlags
    /// Whether one narrow rule accepts the translated connections in the forward (or input) chain; `dnat` only.
    public var isAccepted: Bool

    /// Creates the translation.
    public init(
        addresses: TargetAddresses?,
        ports: Interval<UInt16>? = nil,
        flags: NATFlags = [],
        isAccepted: Bool = false
    ) {
        self.addresses = addresses
        self.ports = ports
        self.flags = flags
        self.isAccepted = isAccepted
    }
}

/// The new source ports of masqueraded packets.
public struct Masquerade: Sendable, Hashable {
    /// The new port or ports; nothing keeps the port where possible.
    public var ports: Interval<UInt16>?
    /// How ports are chosen.
    public var flags: NATFlags

    /// Creates the description.
    public init(ports: Interval<UInt16>? = nil, flags: NATFlags = []) {
        self.ports = ports
        self.flags = flags
    }
}

/// How NAT chooses addresses and ports (`NF_NAT_RANGE_*`).
public struct NATFlags: OptionSet, NamedValue {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Ports are chosen at random (`NF_NAT_RANGE_PROTO_RANDOM`).
    public static let random = NATFlags(rawValue: 0x04)
    /// One client keeps one address (`NF_NAT_RANGE_PERSISTENT`).
    public static let persistent = NATFlags(rawValue: 0x08)
    /// Ports are chosen at random without a look at the original one (`NF_NAT_RANGE_PROTO_RANDOM_FULLY`).
    public static let fullyRandom = NATFlags(rawValue: 0x10)

    /// The language's names, which are nft's.
    public static let nameTable = NameTable<Self>([
        ("random", .random), ("fully-random", .fullyRandom), ("persistent", .persistent),
    ])
}

/// What is written about a packet, and where.
public struct LogStatement: Sendable, Hashable {
    /// The kernel log, or a user-space listener.
    public enum Target: Sendable, Hashable {
        /// The kernel log, at this level.
        case kernel(LogLevel)
        /// The listener of this `nfnetlink_log` group.
        case group(UInt16)
    }

    /// Text at the start of the line: at most 127 bytes.
    public var prefix: String
    /// Where it goes; the kernel log at level warn unless the rule says otherwise.
    public var target: Target

    /// Creates the description.
    public init(prefix: String = "", target: Target = .kernel(.warn)) {
        self.prefix = prefix
        self.target = target
    }
}

/// How grave a log line is (syslog(3)).
public enum LogLevel: UInt32, NamedValue, TextWritable, CaseIterable {
    case emerg = 0
    case alert = 1
    case crit = 2
    case err = 3
    case warn = 4
    case notice = 5
    case info = 6
    case debug = 7

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("emerg", .emerg), ("alert", .alert), ("crit", .crit), ("err", .err), ("warn", .warn), ("notice", .notice),
        ("info", .info), ("debug", .debug),
    ])
}
