public import NetworkTypes

extension Rule {
    /// Whether the rule asks for derived rules.
    public var isAccepted: Bool {
        switch action {
        case .redirect(let redirect): redirect.isAccepted
        case .destinationNAT(let translation): translation.isAccepted
        default: false
        }
    }

    /// The rules that `and accept` stands for: each accepts, in a chain that the translated packets still have to pass, the
    /// connections that this rule translated.
    ///
    /// The new port, and the new address if the rule says one, are asked for beside what was asked for first, so that neither the new
    /// port itself is open nor what another program sends elsewhere is let in. No condition is left out: `afterTranslation` says what
    /// becomes of each.
    public func derivedAccepts() throws(LostCondition) -> [Rule] {
        switch action {
        case .redirect(let redirect) where redirect.isAccepted:
            switch direction {
            case .input: return [try derived(.input, [], redirect.ports, keepsAddress: false)]
            // What this host redirects to itself leaves and comes in again by the loopback interface. Without that interface and
            // address the rule would let in what another rule redirects to a port that is closed to those outside.
            case .output:
                let loopback = Match.destinationAddress(Membership(.loopback))
                let interface = Match.inputInterface(Membership([InterfacePattern(.loopback)]))
                return [
                    try derived(.output, [loopback], redirect.ports, keepsAddress: false),
                    try derived(.input, [interface, loopback], redirect.ports, keepsAddress: false),
                ]
            default: return []
            }
        case .destinationNAT(let translation) where translation.isAccepted:
            let address = translation.addresses.map { Match.destinationAddress(Membership(AddressSet($0.range))) }
            let targets: [Direction] =
                switch (direction, translation.addresses) {
                case (.output, _): [.output]
                case (.input, let addresses?): [addresses.range.isLoopback ? .input : .forward]
                // A new port alone leaves the destination as it was: this host or one behind it.
                case (.input, nil): [.input, .forward]
                default: []
                }
            var rules: [Rule] = []
            for target in targets {
                let conditions = [address].compactMap(\.self)
                rules.append(try derived(target, conditions, translation.ports, keepsAddress: address == nil))
            }
            return rules
        default: return []
        }
    }

    private func derived(
        _ target: Direction,
        _ conditions: [Match],
        _ ports: Interval<UInt16>?,
        keepsAddress: Bool
    ) throws(LostCondition) -> Rule {
        var all = [.connectionStatus(.dnat, isNegated: false)] + conditions
        if let ports { all.append(.destinationPort(Membership(IntervalSet(ports)))) }
        for match in matches {
            all += try match.afterTranslation(in: target, keepsAddress: keepsAddress, keepsPort: ports == nil)
        }
        return Rule(direction: target, matches: all, action: .accept)
    }
}

/// A condition of a rule with `and accept` that nobody can ask for again after the translation, so that the derived rule would let in
/// more than the rule translated.
public struct LostCondition: Error, Sendable, Hashable {
    /// Why it cannot be asked for.
    public enum Reason: Sendable, Hashable {
        /// The first packet of a connection has it, and the later ones need not.
        case onFirstPacket
        /// It never holds for the first packet of a connection, which is all that NAT sees.
        case neverOnFirstPacket
        /// Asking for it again counts again.
        case countsAgain
        /// The packet comes in again by `lo`, where this is not known any more.
        case unknownBehindLoopback
    }

    /// The condition.
    public let match: Match
    /// Why it cannot be asked for.
    public let reason: Reason

    /// Creates the error.
    public init(match: Match, reason: Reason) {
        self.match = match
        self.reason = reason
    }
}

extension Match {
    /// What the condition of a rule that translates destinations says of the translated packets, in the filter chain of a direction.
    ///
    /// NAT sees the first packet of a connection only; the filter chain sees them all.
    fileprivate func afterTranslation(
        in target: Direction,
        keepsAddress: Bool,
        keepsPort: Bool
    ) throws(LostCondition) -> [Match] {
        switch self {
        // These stay what they were: sources are translated after the filter chains.
        case .inputInterface, .family, .sourceAddress, .transportProtocol, .sourcePort, .icmp, .connectionMark, .mark,
            .originalDestinationAddress, .originalDestinationPort:
            return [self]
        case .destinationAddress(let addresses):
            return [.originalDestinationAddress(addresses)] + (keepsAddress ? [self] : [])
        case .destinationPort(let ports):
            return [.originalDestinationPort(ports)] + (keepsPort ? [self] : [])
        // The output hook knows the interface of the first route until its end, and the socket.
        case .outputInterface, .socketUser, .socketGroup:
            guard target == .output else { throw LostCondition(match: self, reason: .unknownBehindLoopback) }
            return [self]
        case .connectionState(let states, let isNegated):
            // A connection is related if its first packet was, which its status keeps.
            let first: ConntrackStates = [.new, .related]
            switch isNegated ? first.subtracting(states) : first.intersection(states) {
            case first: return []
            case .new: return [.connectionStatus(.expected, isNegated: true)]
            case .related: return [.connectionStatus(.expected, isNegated: false)]
            default: throw LostCondition(match: self, reason: .neverOnFirstPacket)
            }
        case .connectionStatus(let status, _):
            // The other bits change while the connection lives.
            guard status == .expected else { throw LostCondition(match: self, reason: .onFirstPacket) }
            return [self]
        case .tcpFlags, .field:
            throw LostCondition(match: self, reason: .onFirstPacket)
        case .limit:
            throw LostCondition(match: self, reason: .countsAgain)
        }
    }
}

extension AddressSet {
    /// Where `redirect` sends what this host itself sends: 127.0.0.1 and ::1.
    fileprivate static let loopback = AddressSet([
        AddressRange(.ipv4(IPv4Address(rawValue: 0x7f00_0001))), AddressRange(.ipv6(IPv6Address(rawValue: 1))),
    ])
}

extension AddressRange {
    /// Whether all addresses are this host's own: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        switch self {
        case .ipv4(let range): range.lower.rawValue >> 24 == 127 && range.upper.rawValue >> 24 == 127
        case .ipv6(let range): range.lower.rawValue == 1 && range.upper.rawValue == 1
        }
    }
}
