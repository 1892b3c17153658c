public import NetworkTypes

extension Rule {
    /// The families of packets that the rule can hold for; none where its parts contradict each other.
    ///
    /// `familiesOfSet` gives the families of a named set of addresses by the set's name.
    public func families(familiesOfSet: (String) -> AddressFamilies) -> AddressFamilies {
        var families = AddressFamilies.both
        for match in matches {
            families.formIntersection(match.families(familiesOfSet: familiesOfSet))
        }
        return families.intersection(action.families)
    }

    /// Leaves out the matches on the family alone where something else in the rule fixes it.
    public mutating func dropImpliedFamily(familiesOfSet: (String) -> AddressFamilies) {
        var rest = self
        rest.matches.removeAll { if case .family = $0 { true } else { false } }
        guard rest.matches.count < matches.count else { return }
        if rest.families(familiesOfSet: familiesOfSet) == families(familiesOfSet: familiesOfSet) { self = rest }
    }
}

extension Match {
    /// The families of packets that the condition can hold for.
    ///
    /// A negated one (`saddr ! 10.0.0.0/8`) holds for the families of its values, as in nft: an address fixes the family.
    public func families(familiesOfSet: (String) -> AddressFamilies) -> AddressFamilies {
        switch self {
        case .family(let family):
            return AddressFamilies(family)
        case .icmp(let match):
            return AddressFamilies(match.family)
        case .sourceAddress(let addresses), .destinationAddress(let addresses),
            .originalDestinationAddress(let addresses):
            switch addresses.operand {
            case .values(let values): return values.families
            case .namedSet(let name): return familiesOfSet(name)
            }
        case .field(let match):
            return match.families
        case .inputInterface, .outputInterface, .transportProtocol, .sourcePort, .destinationPort, .tcpFlags,
            .connectionState, .connectionStatus, .connectionMark, .originalDestinationPort, .mark, .socketUser,
            .socketGroup, .limit:
            return .both
        }
    }
}

extension Action {
    /// The families of packets that it can be done with: the new address of a translation fixes the family.
    public var families: AddressFamilies {
        switch self {
        case .destinationNAT(let translation), .sourceNAT(let translation):
            translation.addresses.map { AddressFamilies($0.family) } ?? .both
        case .accept, .drop, .reject, .redirect, .masquerade, .log, .count, .notrack, .setMark, .setConnectionMark,
            .jump,
            .goto, .return:
            .both
        }
    }

    /// Whether no later rule of the chain sees the packets that the rule holds for.
    public var isTerminal: Bool {
        switch self {
        case .accept, .drop, .reject, .redirect, .destinationNAT, .sourceNAT, .masquerade, .goto, .return: true
        case .log, .count, .notrack, .setMark, .setConnectionMark, .jump: false
        }
    }
}

extension NamedSet {
    /// What the kernel calls the part of a set of addresses that holds those of one family.
    public static func kernelName(_ name: String, _ family: AddressFamily) -> String {
        family == .ipv4 ? "\(name)-v4" : "\(name)-v6"
    }

    /// The families that a set of addresses has a kernel set for; nothing for other kinds.
    ///
    /// They are those of its members; both where there are none, or where more are added at run time.
    public var families: AddressFamilies? {
        switch contents {
        case .addresses(let set), .prefixes(let set):
            set.isEmpty || timeout != nil ? .both : set.families
        case .ports, .interfaces, .marks, .protocols:
            nil
        }
    }
}
