import NetworkTypes
import RulesetModel

/// The part of a rule that one kernel rule stands for.
struct RulePart {
    /// The one family that the kernel rule is for; nothing for both.
    var family: AddressFamily?
    /// The one protocol, where a rule about several has to be cut up; it stands for the rule's first list of protocols.
    var transportProtocol: IPProtocol?
    /// The one range of original destination ports, where a rule about several has to be cut up; it stands for the first list.
    var originalDestinationPort: Interval<UInt16>?

    init(family: AddressFamily? = nil) {
        self.family = family
    }
}

/// Into which parts a rule has to be cut: what the kernel cannot say in one rule.
struct RuleCut {
    /// The family of each part; nothing for a part that holds for both.
    let families: [AddressFamily?]
    /// Whether the rule asks for the port of the connection's first packet.
    private(set) var hasOriginalPort = false

    private static let together: [AddressFamily?] = [nil]
    private static let ipv4: [AddressFamily?] = [.ipv4]
    private static let ipv6: [AddressFamily?] = [.ipv6]
    private static let apart: [AddressFamily?] = [.ipv4, .ipv6]

    init(_ rule: Rule, sets: [String: SetShape]) throws(LoweringError.Reason) {
        var families = AddressFamilies.both
        var isApart = false
        for match in rule.matches {
            switch match {
            case .family(let family): families.formIntersection(.init(family))
            case .icmp(let match): families.formIntersection(.init(match.family))
            case .sourceAddress(let addresses), .destinationAddress(let addresses):
                families.formIntersection(try Self.families(of: addresses, sets: sets))
                isApart = true
            case .originalDestinationPort: hasOriginalPort = true
            default: break
            }
        }
        switch rule.action {
        case .destinationNAT(let translation), .sourceNAT(let translation):
            if let addresses = translation.addresses { families.formIntersection(.init(addresses.family)) }
        case .reject(.icmp), .reject(.icmpv6): isApart = true
        default: break
        }
        switch (families, isApart) {
        case (.ipv4, _): self.families = Self.ipv4
        case (.ipv6, _): self.families = Self.ipv6
        case (.both, true): self.families = Self.apart
        case (.both, false): self.families = Self.together
        default: throw .matchesNothing
        }
    }

    private static func families(
        of addresses: Membership<AddressSet>,
        sets: [String: SetShape]
    ) throws(LoweringError.Reason) -> AddressFamilies {
        switch addresses.operand {
        case .values(let values): return values.families
        case .namedSet(let name):
            guard let shape = sets[name], shape.kind == .addresses else { throw .unknownSet(name) }
            return shape.families
        }
    }
}

extension Rule {
    /// The parts for one family of a rule about original destination ports.
    ///
    /// nft prints the original port as a port only for one protocol, and never in a list: each protocol and each range gets a
    /// kernel rule of its own.
    func cutByOriginalPort(_ family: AddressFamily?) -> [RulePart] {
        var protocols: [IPProtocol?] = [nil]
        var intervals: [Interval<UInt16>?] = [nil]
        for match in matches {
            switch match {
            case .transportProtocol(let membership):
                guard case .values(let values) = membership.operand, !membership.isNegated else { continue }
                if values.count > 1, protocols == [nil] { protocols = values }
            case .originalDestinationPort(let membership):
                guard case .values(let values) = membership.operand, !membership.isNegated else { continue }
                if values.intervals.count > 1, intervals == [nil] { intervals = values.intervals }
            default: continue
            }
        }
        return protocols.flatMap { transportProtocol in
            intervals.map { interval in
                var part = RulePart(family: family)
                part.transportProtocol = transportProtocol
                part.originalDestinationPort = interval
                return part
            }
        }
    }
}
