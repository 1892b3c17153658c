import KernelObjects
import NetworkTypes
import RulesetModel

/// What conditions on registers mean.
extension RuleReader {
    /// Adds the condition; false where the language has no words for it.
    mutating func add(_ loaded: Loaded, _ test: Test) -> Bool {
        guard loaded.xor.map({ $0.bits == 0 }) ?? true else { return false }
        switch loaded.source {
        case .meta(let key) where add(meta: key, loaded, test): return true
        case .conntrack(let key, let direction) where add(conntrack: key, direction, loaded, test): return true
        case .payload(let payload) where payload.base == .network && addNetwork(payload, loaded, test): return true
        case .payload(let payload) where payload.base == .transport && addTransport(payload, loaded, test): return true
        default: return addField(loaded, test)
        }
    }

    private mutating func add(_ match: Match?) -> Bool {
        guard let match else { return false }
        matches.append(match)
        return true
    }

    // MARK: meta

    private mutating func add(meta key: MetaExpression.Key, _ loaded: Loaded, _ test: Test) -> Bool {
        switch key {
        case .mark: return add(test.mark(loaded).map(Match.mark))
        case .skuid: return add(test.numbers(loaded).map(Match.socketUser))
        case .skgid: return add(test.numbers(loaded).map(Match.socketGroup))
        default: break
        }
        guard loaded.isPlain else { return false }
        switch key {
        case .iifname: return add(test.interfaces.map(Match.inputInterface))
        case .oifname: return add(test.interfaces.map(Match.outputInterface))
        case .iif:
            guard case .equal(let value, isNegated: true) = test, value == RegisterData(hostOrder: UInt32(0)) else {
                return false
            }
            isForwardedOnly = true
            return true
        case .nfproto:
            guard case .equal(let value, let isNegated) = test, value.length == 1,
                let family = AddressFamily(rawValue: value.firstByte)
            else { return false }
            return fix(isNegated ? family.other : family)
        case .protocol:
            guard case .equal(let value, isNegated: false) = test, let family = AddressFamily(etherType: value) else {
                return false
            }
            return fix(family)
        case .l4proto: return add(test.protocols.map(Match.transportProtocol))
        default: return false
        }
    }

    /// Takes note of the only family that the rule is for.
    private mutating func fix(_ family: AddressFamily) -> Bool {
        guard self.family == nil || self.family == family else { return false }
        self.family = family
        return true
    }

    // MARK: ct

    private mutating func add(
        conntrack key: ConntrackExpression.Key,
        _ direction: ConntrackExpression.Direction?,
        _ loaded: Loaded,
        _ test: Test
    ) -> Bool {
        switch (key, direction) {
        case (.mark, nil): return add(test.mark(loaded).map(Match.connectionMark))
        case (.state, nil):
            guard let (bits, isNegated) = test.anyBits(loaded, hasOneBit: true) else { return false }
            let states = ConntrackStates(rawValue: bits)
            guard ConntrackStates.known.isSuperset(of: states) else { return false }
            return add(.connectionState(states, isNegated: isNegated))
        case (.status, nil):
            guard let (bits, isNegated) = test.anyBits(loaded, hasOneBit: false) else { return false }
            let status = ConntrackStatus(rawValue: bits)
            guard ConntrackStatus.known.isSuperset(of: status) else { return false }
            return add(.connectionStatus(status, isNegated: isNegated))
        case (.destinationIPv4, .original?): return addOriginal(.ipv4, loaded, test)
        case (.destinationIPv6, .original?): return addOriginal(.ipv6, loaded, test)
        case (.destinationPort, .original?) where loaded.isPlain:
            return addOriginal(test.ports)
        default: return false
        }
    }

    /// The whole address was loaded, but perhaps only its first bytes are compared. A connection of the other family has no such
    /// address, so that the rule does not hold for it.
    private mutating func addOriginal(_ family: AddressFamily, _ loaded: Loaded, _ test: Test) -> Bool {
        var length = UInt32(family.addressBits / 8)
        if case .equal(let value, _) = test { length = UInt32(value.length) }
        guard !loaded.isSwapped, length * 8 <= family.addressBits, fix(family) else { return false }
        return add(test.addresses(family, loaded, length: length).map(Match.originalDestinationAddress))
    }

    /// Ports that are shut out one after the other are one list.
    private mutating func addOriginal(_ ports: Membership<IntervalSet<UInt16>>?) -> Bool {
        guard let ports, ports.isNegated, case .values(let values) = ports.operand,
            case .originalDestinationPort(let before)? = matches.last, before.isNegated,
            case .values(let valuesBefore) = before.operand
        else { return add(ports.map(Match.originalDestinationPort)) }
        let all = IntervalSet(valuesBefore.intervals + values.intervals)
        matches[matches.count - 1] = .originalDestinationPort(Membership(all, isNegated: true))
        return true
    }

    // MARK: Network header

    private mutating func addNetwork(_ payload: PayloadExpression, _ loaded: Loaded, _ test: Test) -> Bool {
        guard let family, !loaded.isSwapped else { return false }
        for isSource in [true, false] {
            let field = AddressField(family, isSource: isSource)
            guard payload.offset == field.offset, payload.length <= field.length else { continue }
            guard let addresses = test.addresses(family, loaded, length: payload.length) else { return false }
            return add(isSource ? .sourceAddress(addresses) : .destinationAddress(addresses))
        }
        if family == .ipv4, payload.offset == 9, payload.length == 1, loaded.isPlain {
            // The header's own word for the protocol, `ip protocol`; IPv6 has a chain of headers instead.
            return add(test.protocols.map(Match.transportProtocol))
        }
        return addMergedAddresses(payload, loaded, test)
    }

    /// Both IPv4 addresses compared as one.
    private mutating func addMergedAddresses(
        _ payload: PayloadExpression,
        _ loaded: Loaded,
        _ test: Test
    ) -> Bool {
        guard family == .ipv4, payload.offset == 12, payload.length == 8, loaded.isPlain,
            case .equal(let value, isNegated: false) = test, value.length == 8
        else { return false }
        let source = IPv4Address(rawValue: value.networkOrder32)
        let destination = IPv4Address(rawValue: UInt32(truncatingIfNeeded: value.bits >> 64))
        matches.append(.sourceAddress(Membership(AddressSet(ipv4: IntervalSet([Interval(source)])))))
        matches.append(.destinationAddress(Membership(AddressSet(ipv4: IntervalSet([Interval(destination)])))))
        return true
    }

    // MARK: Transport header

    /// What the protocols of packets are known to be among; nothing where the rule does not say.
    private var protocols: Operand<[IPProtocol]>? {
        for case .transportProtocol(let membership) in matches.reversed() where !membership.isNegated {
            return membership.operand
        }
        return nil
    }

    private mutating func addTransport(_ payload: PayloadExpression, _ loaded: Loaded, _ test: Test) -> Bool {
        guard !loaded.isSwapped else { return false }
        let protocols: [IPProtocol]
        switch self.protocols {
        case .values(let values)?: protocols = values
        // Members come and go: that the set is for protocols with ports is what the rule says by asking for ports.
        case .namedSet?: return loaded.mask == nil && addPorts(payload, test)
        case nil: protocols = []
        }
        if protocols == [.tcp], payload.offset == 13, payload.length == 1 {
            return add(TCPFlagsMatch(loaded, test).map(Match.tcpFlags))
        }
        guard loaded.mask == nil else { return false }
        if !protocols.isEmpty, protocols.allSatisfy(\.hasPorts) { return addPorts(payload, test) }
        switch (protocols, family) {
        case ([.icmp], .ipv4?): return addICMP(payload, test, .ipv4)
        case ([.icmpv6], .ipv6?): return addICMP(payload, test, .ipv6)
        default: return addCode(payload, test)
        }
    }

    private mutating func addPorts(_ payload: PayloadExpression, _ test: Test) -> Bool {
        switch (payload.offset, payload.length) {
        case (0, 2): return add(test.ports.map(Match.sourcePort))
        case (2, 2): return add(test.ports.map(Match.destinationPort))
        case (0, 4):
            guard case .equal(let value, isNegated: false) = test, value.length == 4 else { return false }
            let (source, destination) = (value.port, UInt16(truncatingIfNeeded: value.networkOrder32))
            matches.append(.sourcePort(Membership(IntervalSet([Interval(source)]))))
            matches.append(.destinationPort(Membership(IntervalSet([Interval(destination)]))))
            return true
        default: return false
        }
    }

    /// A condition on the ICMP type takes the place of the one on the protocol, which it implies.
    private mutating func addICMP(_ payload: PayloadExpression, _ test: Test, _ family: AddressFamily) -> Bool {
        guard payload.offset == 0, let match = ICMPMatch(family, test, length: payload.length) else { return false }
        matches.removeAll { if case .transportProtocol = $0 { true } else { false } }
        matches.append(.icmp(match))
        return true
    }

    /// A condition on the ICMP code adds to the one on the type before.
    private mutating func addCode(_ payload: PayloadExpression, _ test: Test) -> Bool {
        guard payload.offset == 1, payload.length == 1, case .equal(let value, isNegated: false) = test,
            value.length == 1, case .icmp(var match)? = matches.last, match.code == nil, match.types.count == 1
        else { return false }
        match.code = value.firstByte
        matches[matches.count - 1] = .icmp(match)
        return true
    }
}

extension AddressFamily {
    /// The family of packets with this EtherType (`ETH_P_IP`, `ETH_P_IPV6`).
    fileprivate init?(etherType value: RegisterData) {
        switch (value.length, value.port) {
        case (2, 0x0800): self = .ipv4
        case (2, 0x86dd): self = .ipv6
        default: return nil
        }
    }

    fileprivate var other: AddressFamily {
        self == .ipv4 ? .ipv6 : .ipv4
    }
}

extension ConntrackStates {
    fileprivate static let known: ConntrackStates = [.invalid, .established, .related, .new, .untracked]
}

extension ConntrackStatus {
    fileprivate static let known: ConntrackStatus = [
        .expected, .seenReply, .assured, .confirmed, .snat, .dnat, .dying,
    ]
}

extension TCPFlagsMatch {
    fileprivate init?(_ loaded: Loaded, _ test: Test) {
        guard case .equal(let value, let isNegated) = test, value.length == 1 else { return nil }
        let mask = TCPFlags(rawValue: loaded.mask?.firstByte ?? .max)
        let flags = TCPFlags(rawValue: value.firstByte)
        guard mask.isSuperset(of: flags) else { return nil }
        self.init(flags: flags, mask: mask, isNegated: isNegated)
    }
}

extension ICMPMatch {
    fileprivate init?(_ family: AddressFamily, _ test: Test, length: UInt32) {
        switch (test, length) {
        case (.equal(let value, let isNegated), 1) where value.length == 1:
            self.init(family: family, types: [value.firstByte], isNegated: isNegated)
        case (.equal(let value, isNegated: false), 2) where value.length == 2:
            let code = UInt8(truncatingIfNeeded: value.bits >> 112)
            self.init(family: family, types: [value.firstByte], code: code)
        case (.among(.elements(let set), let isNegated), 1) where set.keyLength == 1:
            let types = set.elements.compactMap {
                $0.start == $0.end ? RegisterData($0.start, length: 1).firstByte : nil
            }
            guard types.count == set.elements.count, !types.isEmpty else { return nil }
            self.init(family: family, types: types.sorted(), isNegated: isNegated)
        default: return nil
        }
    }
}
