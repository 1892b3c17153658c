import NetworkTypes

/// What a policy routing rule of another program asks for beyond what Weir's own rules can say.
///
/// It is read from the rule's bytes when it is needed: such a rule is restored from its bytes, never from this.
public struct RoutingRuleSelector: Sendable, Hashable {
    /// The mark that packets have to have, bits outside of the mask do not count (`FRA_FWMARK`, `FRA_FWMASK`).
    public var mark: UInt32 = 0
    /// Which bits of the mark count.
    public var markMask: UInt32 = 0
    /// A source port of which some bits count (`FRA_SPORT_MASK`).
    public var sourcePort = MaskedPort()
    /// A destination port of which some bits count (`FRA_DPORT_MASK`).
    public var destinationPort = MaskedPort()
    /// Whether packets have to have some bits of a DSCP, or a flow label: what a session gives its own.
    public var hasTypeOfService = false
    /// Whether there is something that cannot be judged: a tunnel's number, or what Weir does not know.
    public var hasMore = false

    /// A port and which of its bits count; none at first.
    public struct MaskedPort: Sendable, Hashable {
        var port: UInt16 = 0
        var mask: UInt16 = 0

        /// Whether it is meant (`fib_rule_port_match`).
        public func includes(_ other: UInt16) -> Bool {
            (port ^ other) & mask == 0
        }
    }

    /// Reads a rule's bytes.
    /// - Returns: nil if they are none.
    public init?(_ rule: RoutingRuleObject) {
        let size = RoutingRuleAttribute.headerSize
        guard rule.raw.count >= size else { return nil }
        let flags = rule.raw.hostOrder32(at: 8)
        if flags & ~(RoutingRuleAttribute.stateFlags | RoutingRuleAttribute.invert) != 0 { hasMore = true }
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
        // These are what every rule can have (`RoutingRuleObject`).
        case RoutingRuleAttribute.destination, RoutingRuleAttribute.source, RoutingRuleAttribute.priority,
            RoutingRuleAttribute.table, RoutingRuleAttribute.protocol, RoutingRuleAttribute.ipProtocol,
            RoutingRuleAttribute.userRange, RoutingRuleAttribute.gotoTarget, RoutingRuleAttribute.masterDevice,
            RoutingRuleAttribute.suppressPrefixLength, RoutingRuleAttribute.suppressGroup, RoutingRuleAttribute.dscp:
            break
        case RoutingRuleAttribute.inputInterface, RoutingRuleAttribute.outputInterface:
            if attribute.string == nil { hasMore = true }
        case RoutingRuleAttribute.mark: mark = known(attribute.hostOrder32) ?? 0
        case RoutingRuleAttribute.markMask: mask = known(attribute.hostOrder32)
        case RoutingRuleAttribute.sourcePorts: sourcePort.port = known(attribute.interval(UInt16.self))?.lower ?? 0
        case RoutingRuleAttribute.destinationPorts:
            destinationPort.port = known(attribute.interval(UInt16.self))?.lower ?? 0
        case RoutingRuleAttribute.sourcePortMask: sourcePort.mask = known(attribute.hostOrder16) ?? 0
        case RoutingRuleAttribute.destinationPortMask: destinationPort.mask = known(attribute.hostOrder16) ?? 0
        case RoutingRuleAttribute.tunnelID: if attribute.value.contains(where: { $0 != 0 }) { hasMore = true }
        case RoutingRuleAttribute.dscpMask: if attribute.byte != PacketSelector.greatestDSCP { hasTypeOfService = true }
        case RoutingRuleAttribute.flowLabel, RoutingRuleAttribute.flowLabelMask: hasTypeOfService = true
        default: hasMore = true
        }
    }

    /// A value that must be there if its attribute is.
    private mutating func known<Value>(_ value: Value?) -> Value? {
        if value == nil { hasMore = true }
        return value
    }
}
