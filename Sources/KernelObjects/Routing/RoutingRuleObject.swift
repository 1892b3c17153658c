public import NetworkTypes

/// A policy routing rule as the kernel has it or should have it (`struct fib_rule_hdr` and `FRA_*`).
public struct RoutingRuleObject: Sendable, Hashable {
    /// The family.
    public var family: AddressFamily
    /// `FRA_PRIORITY`
    public var priority: UInt32
    /// `FRA_PROTOCOL`: who made it; 172 is Weir.
    public var ruleProtocol: UInt8
    /// `FRA_SRC`
    public var source: IPPrefix?
    /// `FRA_DST`
    public var destination: IPPrefix?
    /// `FRA_IIFNAME`
    public var inputInterface: String?
    /// `FRA_OIFNAME`
    public var outputInterface: String?
    /// `FRA_FWMARK` under `FRA_FWMASK`
    public var mark: Mark?
    /// Everything else that it asks of packets.
    public var packets: PacketSelector
    /// `FIB_RULE_INVERT`: it holds for the packets that do not have all that it asks for.
    public var isInverted: Bool
    /// `FRA_L3MDEV`: it holds for packets of a VRF and asks the VRF's own routing table.
    public var asksMasterDevice: Bool
    /// `fib_rule_hdr.action` (`FR_ACT_*`): 1 lookup, 2 goto, 3 nop, 6 blackhole, 7 unreachable, 8 prohibit, others for foreign rules.
    public var action: UInt8
    /// The number of the routing table that is asked (`FRA_TABLE`); 0 for other actions.
    public var table: UInt32
    /// The priority of the rule that is asked next (`FRA_GOTO`).
    public var gotoTarget: UInt32?
    /// Routes that it finds do not count if their prefix is not longer (`FRA_SUPPRESS_PREFIXLEN`).
    public var suppressedPrefixLength: UInt32?
    /// Nor do those out of an interface of this group (`FRA_SUPPRESS_IFGROUP`).
    public var suppressedGroup: UInt32?
    /// The kernel's message (`struct fib_rule_hdr` and attributes), where it was read.
    public var raw: [UInt8]
    /// Whether `raw` has attributes or flags that carry meaning and that Weir does not model.
    public var hasUnknownAttributes: Bool
    /// If all that this program does not model are attributes that no kernel had when it was written: their numbers.
    public var additions: [UInt16]
    /// Index into the list of origins that came with the desired state; -1 for an observed rule.
    public var origin: Int32

    /// Creates a rule.
    public init(
        family: AddressFamily,
        priority: UInt32,
        ruleProtocol: UInt8,
        source: IPPrefix? = nil,
        destination: IPPrefix? = nil,
        inputInterface: String? = nil,
        outputInterface: String? = nil,
        mark: Mark? = nil,
        packets: PacketSelector = PacketSelector(),
        isInverted: Bool = false,
        asksMasterDevice: Bool = false,
        action: UInt8,
        table: UInt32 = 0,
        gotoTarget: UInt32? = nil,
        suppressedPrefixLength: UInt32? = nil,
        suppressedGroup: UInt32? = nil,
        raw: [UInt8] = [],
        hasUnknownAttributes: Bool = false,
        additions: [UInt16] = [],
        origin: Int32 = -1
    ) {
        self.family = family
        self.priority = priority
        self.ruleProtocol = ruleProtocol
        self.source = source
        self.destination = destination
        self.inputInterface = inputInterface
        self.outputInterface = outputInterface
        self.mark = mark
        self.packets = packets
        self.isInverted = isInverted
        self.asksMasterDevice = asksMasterDevice
        self.action = action
        self.table = table
        self.gotoTarget = gotoTarget
        self.suppressedPrefixLength = suppressedPrefixLength
        self.suppressedGroup = suppressedGroup
        self.raw = raw
        self.hasUnknownAttributes = hasUnknownAttributes
        self.additions = additions
        self.origin = origin
    }

    /// Whether both do the same and have the same owner: raw bytes and origin do not count.
    public func isEquivalent(to other: RoutingRuleObject) -> Bool {
        family == other.family && priority == other.priority && ruleProtocol == other.ruleProtocol
            && source == other.source && destination == other.destination
            && inputInterface == other.inputInterface && outputInterface == other.outputInterface
            && mark == other.mark && packets == other.packets && isInverted == other.isInverted
            && asksMasterDevice == other.asksMasterDevice && action == other.action && table == other.table
            && gotoTarget == other.gotoTarget && suppressedPrefixLength == other.suppressedPrefixLength
            && suppressedGroup == other.suppressedGroup
            && hasUnknownAttributes == other.hasUnknownAttributes
    }
}
