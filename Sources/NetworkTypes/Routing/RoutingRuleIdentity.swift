/// What the kernel compares of policy routing rules that it keeps and of a message about one (`rule_find`, `rule_exists` in
/// net/core/fib_rules.c). Whether a rule is turned round, and where a `goto` leads, it does not compare.
public struct RoutingRuleIdentity: Sendable, Hashable {
    /// The family.
    public var family: AddressFamily
    /// `FRA_PRIORITY`
    public var priority: UInt32
    /// `fib_rule_hdr.action` (`FR_ACT_*`)
    public var action: UInt8
    /// `FRA_TABLE`; 0 for actions that have none.
    public var table: UInt32
    /// `FRA_SRC`; nothing for all addresses.
    public var source: IPPrefix?
    /// `FRA_DST`; nothing for all addresses.
    public var destination: IPPrefix?
    /// `FRA_IIFNAME`
    public var inputInterface: String?
    /// `FRA_OIFNAME`
    public var outputInterface: String?
    /// `FRA_FWMARK` under `FRA_FWMASK`
    public var mark: Mark?
    /// Everything else that is asked of packets.
    public var packets: PacketSelector
    /// `FRA_L3MDEV`
    public var asksMasterDevice: Bool
    /// `FRA_SUPPRESS_PREFIXLEN`
    public var suppressedPrefixLength: UInt32?
    /// `FRA_SUPPRESS_IFGROUP`
    public var suppressedGroup: UInt32?

    /// Creates a description.
    public init(
        family: AddressFamily,
        priority: UInt32,
        action: UInt8,
        table: UInt32,
        source: IPPrefix?,
        destination: IPPrefix?,
        inputInterface: String?,
        outputInterface: String?,
        mark: Mark?,
        packets: PacketSelector,
        asksMasterDevice: Bool,
        suppressedPrefixLength: UInt32?,
        suppressedGroup: UInt32?
    ) {
        self.family = family
        self.priority = priority
        self.action = action
        self.table = table
        self.source = source
        self.destination = destination
        self.inputInterface = inputInterface
        self.outputInterface = outputInterface
        self.mark = mark
        self.packets = packets
        self.asksMasterDevice = asksMasterDevice
        self.suppressedPrefixLength = suppressedPrefixLength
        self.suppressedGroup = suppressedGroup
    }

    /// Whether the kernel takes a rule like this for the one that is meant by a message about another one: what the message leaves open may
    /// be anything.
    ///
    /// The kernel deletes the first rule that is meant, and adds none where the only difference is in what the message leaves open.
    public func isMeant(byMessageAbout other: RoutingRuleIdentity) -> Bool {
        guard family == other.family, priority == other.priority else { return false }
        let isMarkMeant = other.mark.map { other in
            (other.value == 0 || other.value == mark?.value) && (other.mask == 0 || other.mask == mask)
        }
        return (other.action == 0 || action == other.action) && (other.table == 0 || table == other.table)
            && (other.source == nil || source == other.source)
            && (other.destination == nil || destination == other.destination)
            && (other.inputInterface == nil || inputInterface == other.inputInterface)
            && (other.outputInterface == nil || outputInterface == other.outputInterface)
            && isMarkMeant ?? true
            && packets.isMeant(byMessageAbout: other.packets)
            && (!other.asksMasterDevice || asksMasterDevice)
            && (other.suppressedPrefixLength == nil || suppressedPrefixLength == other.suppressedPrefixLength)
            && (other.suppressedGroup == nil || suppressedGroup == other.suppressedGroup)
    }

    private var mask: UInt32? { mark?.mask }

    /// Whether the kernel cannot tell the two apart in adding or deleting one of them.
    public func isMistakable(for other: RoutingRuleIdentity) -> Bool {
        isMeant(byMessageAbout: other) || other.isMeant(byMessageAbout: self)
    }

    /// How many rules of Weir's can have one priority in one family: each is compared with the others.
    public static let mostOfOnePriority = 256
}

extension PacketSelector {
    fileprivate func isMeant(byMessageAbout other: PacketSelector) -> Bool {
        (other.typeOfService == 0 || typeOfService == other.typeOfService)
            && (other.dscp == nil || dscp == other.dscp)
            && (other.users == nil || users == other.users)
            && (other.ipProtocol == nil || ipProtocol == other.ipProtocol)
            && (other.sourcePorts == nil || sourcePorts == other.sourcePorts)
            && (other.destinationPorts == nil || destinationPorts == other.destinationPorts)
    }
}
