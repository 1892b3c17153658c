import NetworkTypes
public import RulesetModel

extension Rule {
    /// The rules that `and accept` stands for: each accepts, in a chain that the translated packets still have to pass, the
    /// connections that this rule translated.
    ///
    /// They know those connections by `ct status dnat` and by the port that was first asked for, so that the new port itself stays
    /// closed. Conditions that no longer hold behind the translation are left out.
    public var derivedAccepts: [Rule] {
        switch action {
        case .redirect(let redirect) where redirect.isAccepted:
            switch direction {
            case .input: [derived(.input, newAddress: nil)]
            // What this host redirects to itself leaves and comes in again by the loopback interface.
            case .output: [derived(.output, newAddress: nil), derived(.input, newAddress: nil)]
            default: []
            }
        case .destinationNAT(let translation) where translation.isAccepted:
            switch (direction, translation.addresses) {
            case (.output, let addresses): [derived(.output, newAddress: addresses)]
            case (.input, let addresses?):
                [derived(addresses.isLoopback ? .input : .forward, newAddress: addresses)]
            // A new port alone leaves the destination as it was: this host or one behind it.
            case (.input, nil): [derived(.input, newAddress: nil), derived(.forward, newAddress: nil)]
            default: []
            }
        default: []
        }
    }

    /// Whether the rule asks for derived rules.
    var isAccepted: Bool {
        switch action {
        case .redirect(let redirect): redirect.isAccepted
        case .destinationNAT(let translation): translation.isAccepted
        default: false
        }
    }

    private func derived(_ target: Direction, newAddress: AddressRange?) -> Rule {
        var conditions: [Match] = [.connectionStatus(.dnat, isNegated: false)]
        if let newAddress { conditions.append(.destinationAddress(Membership(AddressSet(newAddress)))) }
        for match in matches {
            switch match {
            case .inputInterface, .family, .sourceAddress, .transportProtocol, .sourcePort, .icmp:
                conditions.append(match)
            case .destinationPort(let ports):
                conditions.append(.originalDestinationPort(ports))
            default: break
            }
        }
        return Rule(direction: target, matches: conditions, action: .accept)
    }
}

extension AddressRange {
    /// Whether all addresses are this host's own: 127.0.0.0/8 or ::1.
    fileprivate var isLoopback: Bool {
        switch self {
        case .ipv4(let range): range.lower.rawValue >> 24 == 127 && range.upper.rawValue >> 24 == 127
        case .ipv6(let range): range.lower.rawValue == 1 && range.upper.rawValue == 1
        }
    }
}

extension AddressSet {
    fileprivate init(_ range: AddressRange) {
        switch range {
        case .ipv4(let range): self.init(ipv4: IntervalSet([range]))
        case .ipv6(let range): self.init(ipv6: IntervalSet([range]))
        }
    }
}
