/// What a policy routing rule of another program asks for and does beyond what Weir's own rules can say.
///
/// It is read from the rule's bytes when it is needed: such a rule is restored from its bytes, never from this.
public struct RoutingRuleSelector: Sendable, Hashable {
    /// `FIB_RULE_INVERT`: the rule holds for all packets that do not fit it.
    public var isInverted = false
    /// The mark that packets have to have, bits outside of the mask do not count (`FRA_FWMARK`, `FRA_FWMASK`).
    public var mark: UInt32 = 0
    /// Which bits of the mark count.
    public var markMask: UInt32 = 0
    /// `FRA_IP_PROTO`; nil for any.
    public var ipProtocol: UInt8?
    /// `FRA_SPORT_RANGE`; nil for any.
    public var sourcePorts: Ports?
    /// `FRA_DPORT_RANGE`; nil for any.
    public var destinationPorts: Ports?
    /// `FRA_UID_RANGE`: whose sockets; nil for any.
    public var users: ClosedRange<UInt32>?
    /// Whether packets have to have a type of service, also as a DSCP, or a flow label: what a session gives its own.
    public var hasTypeOfService = false
    /// The priority of the rule that is asked next (`FRA_GOTO`).
    public var gotoTarget: UInt32?
    /// Routes with a prefix that is not longer do not count (`FRA_SUPPRESS_PREFIXLEN`).
    public var suppressedPrefixLength: UInt32?
    /// Whether there is something that cannot be judged: an interface group, a VRF, a tunnel's number, or what Weir does not know.
    public var hasMore = false

    /// Which ports packets have to have.
    public struct Ports: Sendable, Hashable {
        var range: ClosedRange<UInt16>
        /// Which bits of the first port packets have to have in theirs; 0 if the range counts (`FRA_SPORT_MASK`).
        var mask: UInt16 = 0

        /// Whether it has a port in it (`fib_rule_port_match`).
        public func contains(_ port: UInt16) -> Bool {
            mask == 0 ? range.contains(port) : (range.lowerBound ^ port) & mask == 0
        }
    }

    /// Reads a rule's bytes.
    /// - Returns: nil if they are none.
    public init?(_ rule: RoutingRuleObject) {
        let size = RoutingRuleAttribute.headerSize
        guard rule.raw.count >= size else { return nil }
        let flags = rule.raw.hostOrder32(at: 8)
        isInverted = flags & RoutingRuleAttribute.invert != 0
        if flags & ~(RoutingRuleAttribute.stateFlags | RoutingRuleAttribute.invert) != 0 { hasMore = true }
        hasTypeOfService = rule.raw[3] != 0
        var mask: UInt32?
        let isWellFormed = rule.raw.withUnsafeBytes { bytes in
            var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[size...]))
            while let attribute = reader.next() { read(attribute, &mask) }
            return !reader.isMalformed
        }
        guard isWellFormed else { return nil }
        // A mask of all bits is not sent with every mark.
        markMask = mask ?? (mark == 0 ? 0 : .max)
    }

    private mutating func read(_ attribute: AttributeReader.Attribute, _ mask: inout UInt32?) {
        switch attribute.type {
        // These are what every rule has (`RoutingRuleObject`).
        case RoutingRuleAttribute.destination, RoutingRuleAttribute.source, RoutingRuleAttribute.priority,
            RoutingRuleAttribute.table, RoutingRuleAttribute.protocol:
            break
        case RoutingRuleAttribute.inputInterface, RoutingRuleAttribute.outputInterface:
            if attribute.string == nil { hasMore = true }
        case RoutingRuleAttribute.mark: mark = known(attribute.hostOrder32) ?? 0
        case RoutingRuleAttribute.markMask: mask = known(attribute.hostOrder32)
        case RoutingRuleAttribute.ipProtocol: ipProtocol = known(attribute.byte)
        case RoutingRuleAttribute.sourcePorts: sourcePorts = known(attribute.ports)
        case RoutingRuleAttribute.destinationPorts: destinationPorts = known(attribute.ports)
        // These come after the ports.
        case RoutingRuleAttribute.sourcePortMask:
            let mask = known(attribute.hostOrder16) ?? 0
            sourcePorts?.mask = mask
        case RoutingRuleAttribute.destinationPortMask:
            let mask = known(attribute.hostOrder16) ?? 0
            destinationPorts?.mask = mask
        case RoutingRuleAttribute.userRange: users = known(attribute.users)
        case RoutingRuleAttribute.gotoTarget: gotoTarget = known(attribute.hostOrder32)
        case RoutingRuleAttribute.suppressPrefixLength:
            // -1 stands for "none".
            suppressedPrefixLength = attribute.hostOrder32.flatMap { $0 == .max ? nil : $0 }
        case RoutingRuleAttribute.suppressGroup: if attribute.hostOrder32 != .max { hasMore = true }
        case RoutingRuleAttribute.tunnelID: if attribute.value.contains(where: { $0 != 0 }) { hasMore = true }
        case RoutingRuleAttribute.masterDevice: if attribute.byte != 0 { hasMore = true }
        case RoutingRuleAttribute.dscp, RoutingRuleAttribute.dscpMask, RoutingRuleAttribute.flowLabel,
            RoutingRuleAttribute.flowLabelMask:
            hasTypeOfService = true
        default: hasMore = true
        }
    }

    /// A value that must be there if its attribute is.
    private mutating func known<Value>(_ value: Value?) -> Value? {
        if value == nil { hasMore = true }
        return value
    }
}

extension AttributeReader.Attribute {
    /// `struct fib_rule_port_range`, in the machine's order.
    fileprivate var ports: RoutingRuleSelector.Ports? {
        guard value.count == 4 else { return nil }
        let first = value.loadUnaligned(as: UInt16.self)
        let last = value.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
        return first <= last ? RoutingRuleSelector.Ports(range: first...last) : nil
    }

    fileprivate var hostOrder16: UInt16? {
        value.count == 2 ? value.loadUnaligned(as: UInt16.self) : nil
    }

    /// `struct fib_rule_uid_range`
    fileprivate var users: ClosedRange<UInt32>? {
        guard value.count == 8 else { return nil }
        let first = value.loadUnaligned(as: UInt32.self)
        let last = value.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        return first <= last ? first...last : nil
    }
}
