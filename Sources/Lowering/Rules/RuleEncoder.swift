import KernelObjects
import NetworkTypes
import RulesetModel

/// Writes rules as expressions, in the order and with the dependencies with which nft writes the same text.
///
/// One encoder serves all rules of a ruleset, so that its buffer is made once.
struct RuleEncoder {
    /// The named sets that rules may look into.
    let sets: [String: SetShape]
    /// Whether every rule counts.
    let counts: Bool

    var writer = ExpressionWriter()
    var anonymousSets: [SetObject] = []
    var part = RulePart()
    /// Whether the rule's family was tested, so that addresses may be loaded.
    var hasFamily = false
    /// Whether the rule's protocols were tested and have ports, so that these may be loaded.
    var hasPorts = false
    /// The one protocol that was tested for, so that its header may be looked into.
    var transportProtocol: IPProtocol?
    /// Whether packets were tested for an Ethernet header.
    var hasEthernet = false

    init(sets: [String: SetShape], counts: Bool) {
        self.sets = sets
        self.counts = counts
    }

    /// Makes the kernel rules of a rule, IPv4 first; `isForwardedOnly` leaves out packets that this host made.
    mutating func encode(
        _ rule: Rule,
        origin: Int32,
        isForwardedOnly: Bool = false,
        into entries: inout [RuleEntry]
    ) throws(LoweringError.Reason) {
        let cut = try RuleCut(rule, sets: sets)
        for family in cut.families {
            if cut.mayNeedOneProtocol {
                for part in rule.cutByProtocol(family) {
                    entries.append(RuleEntry(try encode(rule, part, isForwardedOnly), origin: origin))
                }
            } else {
                entries.append(RuleEntry(try encode(rule, RulePart(family: family), isForwardedOnly), origin: origin))
            }
        }
    }

    private mutating func encode(
        _ rule: Rule,
        _ part: RulePart,
        _ isForwardedOnly: Bool
    ) throws(LoweringError.Reason) -> RuleObject {
        self.part = part
        hasFamily = false
        hasPorts = false
        transportProtocol = nil
        hasEthernet = false
        if !anonymousSets.isEmpty { anonymousSets = [] }
        if isForwardedOnly { appendForwardedOnly() }
        try appendMatches(rule.needsTCP ? rule.matches.addingTCP : rule.matches)
        try appendAction(rule)
        let isTooLong = writer.count > ExpressionWriter.mostExpressions
        let expressions = writer.finish()
        if isTooLong { throw .tooLarge }
        return RuleObject(
            expressions: expressions,
            anonymousSets: anonymousSets,
            userdata: rule.comment == nil ? [] : Userdata.comment(rule.comment)
        )
    }

    private mutating func appendMatches(_ matches: [Match]) throws(LoweringError.Reason) {
        var index = matches.startIndex
        while index < matches.endIndex {
            let match = matches[index]
            if match.rank > Match.lastInterfaceRank { appendFamily() }
            let next = matches.index(after: index)
            let end = appendMergedFields(matches, from: index)
            if end > index {
                index = end
                continue
            }
            if next < matches.endIndex, appendMergedPorts(match, matches[next]) {
                index = matches.index(after: next)
                continue
            }
            try append(match)
            index = next
        }
        appendFamily()
    }

    private mutating func append(_ match: Match) throws(LoweringError.Reason) {
        switch match {
        case .inputInterface(let interfaces): try append(interfaces, key: .iifname)
        case .outputInterface(let interfaces): try append(interfaces, key: .oifname)
        case .family: appendFamily()
        case .sourceAddress(let addresses): try append(addresses, in: .source)
        case .destinationAddress(let addresses): try append(addresses, in: .destination)
        case .transportProtocol(let protocols): try append(protocols)
        case .sourcePort(let ports): try append(ports, offset: 0)
        case .destinationPort(let ports): try append(ports, offset: 2)
        case .tcpFlags(let match): append(match)
        case .icmp(let match): try append(match)
        case .connectionState(let states, let isNegated): append(.state, anyOf: states.rawValue, isNegated: isNegated)
        case .connectionStatus(let status, let isNegated): append(.status, anyOf: status.rawValue, isNegated: isNegated)
        case .connectionMark(let match):
            writer.append(ConntrackExpression(.mark))
            try append(match)
        case .originalDestinationAddress(let addresses): try append(addresses, in: .originalDestination)
        case .originalDestinationPort(let ports): try appendOriginal(ports)
        case .mark(let match):
            writer.append(MetaExpression(.mark))
            try append(match)
        case .socketUser(let users): try append(users, key: .skuid, type: .userID)
        case .socketGroup(let groups): try append(groups, key: .skgid, type: .groupID)
        case .field(let match): try append(match)
        case .limit(let limit): append(limit)
        }
    }

    /// Looks into an anonymous set with these members.
    mutating func appendLookup(
        _ type: SetDatatype,
        isInterval: Bool,
        elements: [SetElement],
        isNegated: Bool
    ) throws(LoweringError.Reason) {
        if elements.isEmpty { throw .matchesNothing }
        appendLookup(.anonymous(type, isInterval: isInterval, elements: elements), isNegated: isNegated)
    }

    /// Looks into an anonymous set.
    mutating func appendLookup(_ set: SetObject, isNegated: Bool) {
        anonymousSets.append(set)
        writer.append(LookupExpression(SetObject.anonymousName, isInverted: isNegated))
    }

    /// Looks into a named set.
    mutating func appendLookup(
        _ name: String,
        _ kind: SetShape.Kind,
        isNegated: Bool
    ) throws(LoweringError.Reason) {
        guard let shape = sets[name], shape.kind == kind else { throw .unknownSet(name) }
        writer.append(LookupExpression(shape.name, isInverted: isNegated))
    }

    /// Compares a register for one value, or for a range.
    mutating func appendComparison(_ lower: RegisterData, _ upper: RegisterData, isNegated: Bool) {
        if lower == upper {
            writer.append(CompareExpression(isNegated ? .notEqual : .equal, lower))
        } else if isNegated {
            writer.append(RangeExpression(.notEqual, lower, upper))
        } else {
            writer.append(CompareExpression(.greaterOrEqual, lower))
            writer.append(CompareExpression(.lessOrEqual, upper))
        }
    }
}

extension Match {
    /// The rank of the last condition on interfaces: the family is tested after them.
    fileprivate static let lastInterfaceRank = 1
}

extension Rule {
    /// Whether the rule makes sense for TCP alone and does not say so itself.
    fileprivate var needsTCP: Bool {
        var needs = if case .reject(.tcpReset) = action { true } else { false }
        for match in matches {
            switch match {
            case .transportProtocol: return false
            case .tcpFlags: needs = true
            default: break
            }
        }
        return needs
    }
}

extension [Match] {
    /// The conditions and the one that packets are TCP, in its place.
    fileprivate var addingTCP: [Match] {
        let tcp = Match.transportProtocol(Membership([.tcp]))
        let place = firstIndex { $0.rank > tcp.rank } ?? endIndex
        return Array(self[..<place]) + [tcp] + self[place...]
    }
}
