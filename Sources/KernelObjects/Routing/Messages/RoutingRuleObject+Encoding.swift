import NetworkTypes

/// What is done with a policy routing rule; the kernel cannot replace one.
public enum RoutingRuleOperation: Sendable, Hashable {
    /// Make it where there is none that is equal (`NLM_F_CREATE | NLM_F_EXCL`).
    case add
    /// Delete it. The kernel takes what a message does not say for "any": make sure before that no other rule has this priority.
    case delete
}

extension RoutingRuleObject {
    /// The message that does something with the rule.
    ///
    /// A rule with attributes that Weir does not model is made from the bytes that were read, so that nothing of it is lost.
    public func message(_ operation: RoutingRuleOperation) -> EncodedMessage {
        EncodedMessage(
            type: operation == .add ? RoutingMessage.newRule : RoutingMessage.deleteRule,
            flags: operation == .add ? MessageFlag.create | MessageFlag.exclusive : 0,
            payload: hasUnknownAttributes && !raw.isEmpty ? restoringPayload : payload
        )
    }

    private var payload: [UInt8] {
        var writer = AttributeWriter(capacity: 128)
        let start = writer.claim(RoutingRuleAttribute.headerSize)
        writer.store(family.rawValue, at: start)
        writer.store(destination?.length ?? 0, at: start + 1)
        writer.store(source?.length ?? 0, at: start + 2)
        writer.store(packets.typeOfService, at: start + 3)
        writer.store(UInt8(exactly: table) ?? RouteAttribute.compatibleTable, at: start + 4)
        writer.store(UInt16(0), at: start + 5)
        writer.store(action, at: start + 7)
        writer.store(isInverted ? RoutingRuleAttribute.invert : 0, at: start + 8)
        if let destination, destination.length > 0 {
            writer.address(RoutingRuleAttribute.destination, destination.address)
        }
        if let source, source.length > 0 { writer.address(RoutingRuleAttribute.source, source.address) }
        if let inputInterface { writer.name(RoutingRuleAttribute.inputInterface, inputInterface) }
        if let outputInterface { writer.name(RoutingRuleAttribute.outputInterface, outputInterface) }
        writer.hostOrder(RoutingRuleAttribute.priority, priority)
        if let mark {
            writer.hostOrder(RoutingRuleAttribute.mark, mark.value)
            writer.hostOrder(RoutingRuleAttribute.markMask, mark.mask)
        }
        if table != 0 { writer.hostOrder(RoutingRuleAttribute.table, table) }
        if let gotoTarget { writer.hostOrder(RoutingRuleAttribute.gotoTarget, gotoTarget) }
        if let suppressedPrefixLength {
            writer.hostOrder(RoutingRuleAttribute.suppressPrefixLength, suppressedPrefixLength)
        }
        if let suppressedGroup { writer.hostOrder(RoutingRuleAttribute.suppressGroup, suppressedGroup) }
        if asksMasterDevice { writer.byte(RoutingRuleAttribute.masterDevice, 1) }
        writer.selector(packets)
        writer.byte(RoutingRuleAttribute.protocol, ruleProtocol)
        return writer.takeBytes()
    }

    /// The bytes that were read, without what the kernel says about how the rule fares.
    private var restoringPayload: [UInt8] {
        var payload = raw
        guard payload.count >= RoutingRuleAttribute.headerSize else { return payload }
        let flags = payload.hostOrder32(at: 8) & ~RoutingRuleAttribute.stateFlags
        payload.withUnsafeMutableBytes { $0.storeBytes(of: flags, toByteOffset: 8, as: UInt32.self) }
        return payload
    }
}

extension AttributeWriter {
    fileprivate mutating func selector(_ packets: PacketSelector) {
        if let dscp = packets.dscp { byte(RoutingRuleAttribute.dscp, dscp) }
        // `struct fib_rule_uid_range`, `struct fib_rule_port_range`
        if let users = packets.users { interval(RoutingRuleAttribute.userRange, users) }
        if let ipProtocol = packets.ipProtocol { byte(RoutingRuleAttribute.ipProtocol, ipProtocol.rawValue) }
        if let ports = packets.sourcePorts { interval(RoutingRuleAttribute.sourcePorts, ports) }
        if let ports = packets.destinationPorts { interval(RoutingRuleAttribute.destinationPorts, ports) }
    }

    /// Writes both ends of an interval in the machine's byte order.
    private mutating func interval<Bound: FixedWidthInteger & BitwiseCopyable>(
        _ type: UInt16,
        _ interval: Interval<Bound>
    ) {
        let size = MemoryLayout<Bound>.size
        let attribute = open(type)
        let start = claim(2 * size)
        store(interval.lower, at: start)
        store(interval.upper, at: start + size)
        close(attribute)
    }
}
