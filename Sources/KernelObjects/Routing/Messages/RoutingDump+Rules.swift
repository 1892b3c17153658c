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
        case RoutingRuleAttribute.suppressGroup, RoutingRuleAttribute.suppressPrefixLength:
            if attribute.hostOrder32 != .max { hasUnknown = true }
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
        var hasUnknown = hasUnknown || header[3] != 0
        if header.hostOrder32(at: 8) & ~RoutingRuleAttribute.stateFlags != 0 { hasUnknown = true }
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
            action: header[7],
            table: table ?? UInt32(header[4]),
            hasUnknownAttributes: hasUnknown || !additions.isEmpty,
            additions: hasUnknown ? [] : additions.sorted()
        )
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
