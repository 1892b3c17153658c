import NetworkTypes

extension RoutingDump {
    /// A policy routing rule, from a `RTM_NEWRULE`; nothing for one of a family that Weir does not know.
    public static func routingRule(_ payload: RawSpan) throws(KernelObjectsError) -> RoutingRuleObject? {
        let kind = "RTM_NEWRULE"
        let number = payload.isEmpty ? 0 : payload.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
        guard let family = AddressFamily(rawValue: number) else { return nil }
        var fields = RoutingRuleFields(family: family)
        let size = RoutingRuleAttribute.headerSize
        let header = try forEachAttribute(of: payload, headerSize: size, kind) { fields.read($0) }
        guard var rule = fields.rule(header: header) else { throw .malformed(message: kind) }
        rule.raw = payload.withUnsafeBytes { Array($0) }
        return rule
    }
}

/// What the attributes of a policy routing rule say.
private struct RoutingRuleFields {
    let family: AddressFamily

    private var destination: IPAddress?
    private var source: IPAddress?
    private var inputInterface: String?
    private var outputInterface: String?
    private var priority: UInt32 = 0
    private var mark: UInt32?
    private var mask: UInt32?
    private var table: UInt32?
    private var ruleProtocol: UInt8 = 0
    private var packets = PacketSelector()
    private var sourcePortMask: UInt16?
    private var destinationPortMask: UInt16?
    private var asksMasterDevice = false
    private var gotoTarget: UInt32?
    private var suppressedPrefixLength: UInt32?
    private var suppressedGroup: UInt32?
    private var hasUnknown = false
    private var additions: [UInt16] = []
    private var isMalformed = false

    init(family: AddressFamily) {
        self.family = family
    }

    mutating func read(_ attribute: AttributeReader.Attribute) {
        switch attribute.type {
        case RoutingRuleAttribute.destination: destination = known(attribute.address(family))
        case RoutingRuleAttribute.source: source = known(attribute.address(family))
        case RoutingRuleAttribute.inputInterface: inputInterface = attribute.interfaceName
        case RoutingRuleAttribute.outputInterface: outputInterface = attribute.interfaceName
        case RoutingRuleAttribute.priority: priority = known(attribute.hostOrder32) ?? 0
        case RoutingRuleAttribute.mark: mark = known(attribute.hostOrder32)
        case RoutingRuleAttribute.markMask: mask = known(attribute.hostOrder32)
        case RoutingRuleAttribute.table: table = known(attribute.hostOrder32)
        case RoutingRuleAttribute.protocol: ruleProtocol = known(attribute.byte) ?? 0
        // -1 stands for "do not".
        case RoutingRuleAttribute.suppressGroup:
            suppressedGroup = known(attribute.hostOrder32).flatMap { $0 == .max ? nil : $0 }
        case RoutingRuleAttribute.suppressPrefixLength:
            suppressedPrefixLength = known(attribute.hostOrder32).flatMap { $0 == .max ? nil : $0 }
        case RoutingRuleAttribute.gotoTarget: gotoTarget = known(attribute.hostOrder32)
        case RoutingRuleAttribute.masterDevice: asksMasterDevice = known(attribute.byte) ?? 0 != 0
        default: readSelector(attribute)
        }
    }

    private mutating func readSelector(_ attribute: AttributeReader.Attribute) {
        switch attribute.type {
        case RoutingRuleAttribute.userRange: packets.users = known(attribute.interval(UInt32.self))
        case RoutingRuleAttribute.ipProtocol:
            packets.ipProtocol = known(attribute.byte).flatMap { $0 == 0 ? nil : IPProtocol(rawValue: $0) }
        case RoutingRuleAttribute.sourcePorts: packets.sourcePorts = known(attribute.interval(UInt16.self))
        case RoutingRuleAttribute.destinationPorts: packets.destinationPorts = known(attribute.interval(UInt16.self))
        case RoutingRuleAttribute.sourcePortMask: sourcePortMask = known(attribute.hostOrder16)
        case RoutingRuleAttribute.destinationPortMask: destinationPortMask = known(attribute.hostOrder16)
        case RoutingRuleAttribute.dscp: packets.dscp = known(attribute.byte)
        // All bits of it count where nothing else is said.
        case RoutingRuleAttribute.dscpMask: if attribute.byte != PacketSelector.greatestDSCP { hasUnknown = true }
        case ...RoutingRuleAttribute.highest: hasUnknown = true
        default: additions.append(attribute.type)
        }
    }

    /// The rule; nothing where the attributes do not make one.
    func rule(header: [UInt8]) -> RoutingRuleObject? {
        guard !isMalformed else { return nil }
        guard let destinationPrefix = prefix(destination, length: header[1]),
            let sourcePrefix = prefix(source, length: header[2])
        else { return nil }
        var hasUnknown = hasUnknown
        let flags = header.hostOrder32(at: 8) & ~RoutingRuleAttribute.stateFlags
        if flags & ~RoutingRuleAttribute.invert != 0 { hasUnknown = true }
        var packets = packets
        packets.typeOfService = header[3]
        if !Self.isWhole(sourcePortMask, packets.sourcePorts) {
            packets.sourcePorts = nil
            hasUnknown = true
        }
        if !Self.isWhole(destinationPortMask, packets.destinationPorts) {
            packets.destinationPorts = nil
            hasUnknown = true
        }
        // Bits after the length never count, but are kept.
        if let destination, destination != destinationPrefix.address { hasUnknown = true }
        if let source, source != sourcePrefix.address { hasUnknown = true }
        var match: Mark?
        if mark != nil || mask != nil {
            // A mark of 0 is not sent with its mask; a mask of all bits not without a mark.
            match = Mark(value: mark ?? 0, mask: mask ?? .max)
            if match == nil { hasUnknown = true }
        }
        return RoutingRuleObject(
            family: family,
            priority: priority,
            ruleProtocol: ruleProtocol,
            source: sourcePrefix.length > 0 ? sourcePrefix : nil,
            destination: destinationPrefix.length > 0 ? destinationPrefix : nil,
            inputInterface: inputInterface,
            outputInterface: outputInterface,
            mark: match,
            packets: packets,
            isInverted: flags & RoutingRuleAttribute.invert != 0,
            asksMasterDevice: asksMasterDevice,
            action: header[7],
            table: table ?? UInt32(header[4]),
            gotoTarget: gotoTarget,
            suppressedPrefixLength: suppressedPrefixLength,
            suppressedGroup: suppressedGroup,
            hasUnknownAttributes: hasUnknown || !additions.isEmpty,
            additions: hasUnknown ? [] : additions.sorted()
        )
    }

    /// Whether all bits of a port count: the kernel says so of a single port, and no mask of a range (`FRA_SPORT_MASK`).
    private static func isWhole(_ mask: UInt16?, _ ports: Interval<UInt16>?) -> Bool {
        guard let mask, mask != 0 else { return true }
        return mask == .max && ports?.isSingle == true
    }

    /// The addresses that a rule is for; nothing where address and length do not fit.
    private func prefix(_ address: IPAddress?, length: UInt8) -> IPPrefix? {
        guard length > 0 else { return .all(family) }
        guard length <= family.addressBits else { return nil }
        return address.flatMap { IPPrefix(address: $0.masked(to: length), length: length) }
    }

    /// A value that must be there if its attribute is.
    private mutating func known<Value>(_ value: Value?) -> Value? {
        if value == nil { isMalformed = true }
        return value
    }
}
