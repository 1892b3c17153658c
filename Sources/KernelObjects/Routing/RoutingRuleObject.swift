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
    /// `fib_rule_hdr.action` (`FR_ACT_*`): 1 lookup, 6 blackhole, 7 unreachable, 8 prohibit, others for foreign rules.
    public var action: UInt8
    /// The number of the routing table that is asked (`FRA_TABLE`); 0 for other actions.
    public var table: UInt32
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
        action: UInt8,
        table: UInt32 = 0,
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
        self.action = action
        self.table = table
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
            && mark == other.mark && action == other.action && table == other.table
            && hasUnknownAttributes == other.hasUnknownAttributes
    }
}
