import KernelObjects
import NetworkTypes
import RulesetModel

/// Transport protocols, ports, TCP flags and ICMP types.
extension RuleEncoder {
    mutating func append(_ protocols: Membership<[IPProtocol]>) throws(LoweringError.Reason) {
        writer.append(MetaExpression(.l4proto))
        switch protocols.operand {
        case .namedSet(let name):
            hasPorts = hasPorts || !protocols.isNegated
            try appendLookup(name, .protocols, isNegated: protocols.isNegated)
        case .values(let values):
            hasPorts = hasPorts || (!protocols.isNegated && values.allSatisfy(\.hasPorts))
            if let only = values.count == 1 ? values.first : part.transportProtocol.take() {
                if !protocols.isNegated { transportProtocol = only }
                let value = RegisterData(only.rawValue)
                writer.append(CompareExpression(protocols.isNegated ? .notEqual : .equal, value))
            } else {
                let elements = values.map { SetElement(SetKey(byte: $0.rawValue)) }
                try appendLookup(.inetProtocol, isInterval: false, elements: elements, isNegated: protocols.isNegated)
            }
        }
    }

    mutating func append(_ ports: Membership<IntervalSet<UInt16>>, offset: UInt32) throws(LoweringError.Reason) {
        guard hasPorts else { throw .portsWithoutProtocol }
        writer.append(PayloadExpression(.transport, offset: offset, length: 2))
        try appendPorts(ports)
    }

    /// The destination port of the connection's first packet.
    mutating func appendOriginal(_ ports: Membership<IntervalSet<UInt16>>) throws(LoweringError.Reason) {
        let load = ConntrackExpression(.destinationPort, direction: .original)
        guard case .values(let values) = ports.operand else {
            writer.append(load)
            return try appendPorts(ports)
        }
        if values.isEmpty { throw .matchesNothing }
        if ports.isNegated || values.intervals.count == 1 {
            // nft prints no list of these ports, but one condition for each range that is shut out.
            for interval in values.intervals {
                writer.append(load)
                append(interval, isNegated: ports.isNegated)
            }
        } else {
            writer.append(load)
            if let interval = part.originalDestinationPort.take() {
                append(interval, isNegated: false)
            } else {
                try appendPorts(ports)
            }
        }
    }

    private mutating func appendPorts(_ ports: Membership<IntervalSet<UInt16>>) throws(LoweringError.Reason) {
        switch ports.operand {
        case .namedSet(let name): try appendLookup(name, .ports, isNegated: ports.isNegated)
        case .values(let values):
            if values.intervals.count == 1 {
                append(values.intervals[0], isNegated: ports.isNegated)
            } else {
                try appendLookup(
                    .inetService,
                    isInterval: !values.isSingles,
                    elements: values.elements,
                    isNegated: ports.isNegated
                )
            }
        }
    }

    private mutating func append(_ ports: Interval<UInt16>, isNegated: Bool) {
        appendComparison(
            RegisterData(port: ports.lower),
            RegisterData(port: ports.upper),
            isNegated: isNegated
        )
    }

    /// A source and a destination port next to each other are loaded and compared as one, as nft does; says whether they were.
    mutating func appendMergedPorts(_ first: Match, _ second: Match) -> Bool {
        guard hasPorts else { return false }
        if let ports = PortPair(shutOutBy: first, second) {
            appendShutOut(ports)
            return true
        }
        guard let ports = PortPair(first, second) else { return false }
        writer.append(PayloadExpression(.transport, offset: 0, length: 4))
        let both = UInt32(ports.source) << 16 | UInt32(ports.destination)
        writer.append(CompareExpression(.equal, RegisterData(networkOrder: both)))
        return true
    }

    /// Two ports of which a packet may have neither. Of its own listing of two such ports nft 1.0.6 makes one comparison, which holds for a packet
    /// that has only one of them; of a range it does not.
    private mutating func appendShutOut(_ ports: PortPair) {
        writer.append(PayloadExpression(.transport, offset: 0, length: 2))
        writer.append(CompareExpression(.notEqual, RegisterData(port: ports.source)))
        writer.append(PayloadExpression(.transport, offset: 2, length: 2))
        let destination = RegisterData(port: ports.destination)
        writer.append(RangeExpression(.notEqual, destination, destination))
    }

    mutating func append(_ match: TCPFlagsMatch) {
        writer.append(PayloadExpression(.transport, offset: 13, length: 1))
        let isSingleFlag = match.mask.rawValue.nonzeroBitCount == 1
        if match.mask.rawValue != .max { writer.append(BitwiseExpression(mask: RegisterData(match.mask.rawValue))) }
        if isSingleFlag {
            // One flag is set or not: nft's `tcp flags syn` and `tcp flags ! syn`.
            writer.append(CompareExpression(match.flags.isEmpty ? .equal : .notEqual, RegisterData(UInt8(0))))
        } else {
            let value = RegisterData(match.flags.rawValue)
            writer.append(CompareExpression(match.isNegated ? .notEqual : .equal, value))
        }
    }

    mutating func append(_ match: ICMPMatch) throws(LoweringError.Reason) {
        writer.append(MetaExpression(.l4proto))
        let number: IPProtocol = match.family == .ipv4 ? .icmp : .icmpv6
        writer.append(CompareExpression(.equal, RegisterData(number.rawValue)))
        guard match.types.count == 1, let type = match.types.first else {
            writer.append(PayloadExpression(.transport, offset: 0, length: 1))
            try appendLookup(
                match.family == .ipv4 ? .icmpType : .icmpv6Type,
                isInterval: false,
                elements: match.types.map { SetElement(SetKey(byte: $0)) },
                isNegated: match.isNegated
            )
            return
        }
        if let code = match.code, !match.isNegated {
            writer.append(PayloadExpression(.transport, offset: 0, length: 2))
            let both = UInt128(type) << 120 | UInt128(code) << 112
            writer.append(CompareExpression(.equal, RegisterData(leadingBytes: both, length: 2)))
            return
        }
        writer.append(PayloadExpression(.transport, offset: 0, length: 1))
        writer.append(CompareExpression(match.isNegated ? .notEqual : .equal, RegisterData(type)))
        if let code = match.code {
            writer.append(PayloadExpression(.transport, offset: 1, length: 1))
            writer.append(CompareExpression(.equal, RegisterData(code)))
        }
    }
}
