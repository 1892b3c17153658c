import NetworkTypes
import RulesetModel
import Vocabulary

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
    /// Whether each part may have to be cut further, by protocol and port: see `Rule.cutByProtocol`.
    private(set) var mayNeedOneProtocol = false

    private static let together: [AddressFamily?] = [nil]
    private static let ipv4: [AddressFamily?] = [.ipv4]
    private static let ipv6: [AddressFamily?] = [.ipv6]
    private static let apart: [AddressFamily?] = [.ipv4, .ipv6]

    init(_ rule: Rule, sets: [String: SetShape]) throws(LoweringError.Reason) {
        var families = rule.action.families
        var isApart = false
        var hasSourcePort = false
        for match in rule.matches {
            switch match {
            case .family, .icmp: break
            case .sourceAddress, .destinationAddress, .originalDestinationAddress: isApart = true
            case .field(let field):
                if field.row.load.isPerFamily { isApart = true }
            case .originalDestinationPort:
                mayNeedOneProtocol = true
                continue
            case .sourcePort:
                hasSourcePort = true
                continue
            case .destinationPort:
                if hasSourcePort { mayNeedOneProtocol = true }
                continue
            default: continue
            }
            families.formIntersection(match.families { sets[$0]?.families ?? .both })
        }
        if case .reject(let reason) = rule.action, reason.canonical(for: .both).needsFamily { isApart = true }
        switch (families, isApart) {
        case (.ipv4, _): self.families = Self.ipv4
        case (.ipv6, _): self.families = Self.ipv6
        case (.both, true): self.families = Self.apart
        case (.both, false): self.families = Self.together
        default: throw .matchesNothing
        }
    }
}

extension RejectReason {
    /// Whether no one kernel rule can say it for both families.
    fileprivate var needsFamily: Bool {
        switch self {
        case .icmp, .icmpv6: true
        case .icmpx, .tcpReset: false
        }
    }
}

extension Rule {
    /// The parts for one family of a rule of which nft can print no more than one protocol at a time.
    ///
    /// It prints the port of a connection's first packet as a port only for one protocol, and never in a list. A source and a
    /// destination port next to each other it compares as one, which it prints as raw bytes for several protocols.
    func cutByProtocol(_ family: AddressFamily?) -> [RulePart] {
        var protocols: [IPProtocol?] = [nil]
        var intervals: [Interval<UInt16>?] = [nil]
        var needsOneProtocol = matches.havePortPair
        for match in matches {
            switch match {
            case .transportProtocol(let membership):
                guard case .values(let values) = membership.operand, !membership.isNegated else { continue }
                if values.count > 1, protocols == [nil] { protocols = values }
            case .originalDestinationPort(let membership):
                needsOneProtocol = true
                guard case .values(let values) = membership.operand, !membership.isNegated else { continue }
                if values.intervals.count > 1, intervals == [nil] { intervals = values.intervals }
            default: continue
            }
        }
        if !needsOneProtocol { protocols = [nil] }
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
