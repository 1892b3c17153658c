import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// Makes one match of those that ask for the same, and leaves out what others imply, so that rules that mean the same
    /// are equal; false where the matches exclude each other, which is then reported.
    func simplify(_ rule: inout Rule, _ located: LocatedRule) -> Bool {
        var rank = -1
        var isMergeable = false
        var hasFamily = false
        var hasICMP = false
        var hasField = false
        var hasNegation = false
        for match in rule.matches {
            isMergeable = isMergeable || match.rank == rank
            hasNegation = hasNegation || match.isNegated
            rank = match.rank
            switch match {
            case .family: hasFamily = true
            case .icmp: hasICMP = true
            case .field: hasField = true
            default: break
            }
        }
        if isMergeable, !merge(&rule.matches, located) { return false }
        if hasICMP, !dropImpliedProtocol(&rule.matches, located) { return false }
        guard !families(of: rule).isEmpty else {
            reportFamilies(rule, located)
            return false
        }
        if isMergeable || hasNegation, let rank = contradictoryRank(rule.matches) {
            reportContradiction(rank, located)
            return false
        }
        if hasField { rule.dropImpliedEthernet() }
        if hasFamily { rule.dropImpliedFamily { familiesOfSet($0) } }
        return true
    }

    /// The families of packets that a rule can hold for.
    func families(of rule: Rule) -> AddressFamilies {
        rule.families { familiesOfSet($0) }
    }

    /// The families that a named set of addresses has members of.
    func familiesOfSet(_ name: String) -> AddressFamilies {
        sets.index(of: name).flatMap { namedSets[$0]?.families } ?? .both
    }

    // MARK: Several matches on one thing

    private func merge(_ matches: inout [Match], _ located: LocatedRule) -> Bool {
        var merged: [Match] = []
        for match in matches {
            guard !merged.contains(match) || match.rank == Match.limitRank else { continue }
            var result: MergeResult = .apart
            for index in merged.indices where merged[index].rank == match.rank {
                result = merged[index].merged(with: match)
                if case .one(let both) = result {
                    merged[index] = both
                    break
                }
                if case .nothing = result {
                    reportContradiction(merged[index].rank, located)
                    return false
                }
            }
            if case .apart = result { merged.append(match) }
        }
        matches = merged
        return true
    }

    /// The rank of matches that exclude each other, negated ones too; nil if there are none.
    private func contradictoryRank(_ matches: [Match]) -> Int? {
        var start = matches.startIndex
        while start < matches.endIndex {
            let rank = matches[start].rank
            let end = matches[start...].firstIndex { $0.rank != rank } ?? matches.endIndex
            let alike = matches[start..<end]
            // What a set has is looked at beside another match only: a set that has everything is left out where it stands.
            let known = alike.count > 1 ? withKnownMembers(Array(alike)) : Array(alike)
            if alike.count > 1 || matches[start].isNegated, MatchRegion(known).isEmpty { return rank }
            start = end
        }
        return nil
    }

    /// An ICMP message's type says that the protocol is ICMP.
    private func dropImpliedProtocol(_ matches: inout [Match], _ located: LocatedRule) -> Bool {
        var control: [IPProtocol] = []
        for case .icmp(let match) in matches { control.append(match.family == .ipv4 ? .icmp : .icmpv6) }
        for (index, match) in matches.enumerated().reversed() {
            guard case .transportProtocol(let protocols) = match, case .values(let values) = protocols.operand else {
                continue
            }
            guard control.allSatisfy({ values.contains($0) != protocols.isNegated }) else {
                reportContradiction(match.rank, located)
                return false
            }
            matches.remove(at: index)
        }
        return true
    }

    // MARK: Contradictions

    /// Where the matches of a rule and its enclosing blocks are written; each clause with what it says.
    func locatedMatches(_ located: LocatedRule) -> [(match: Match, range: SourceRange)] {
        var result: [(match: Match, range: SourceRange)] = []
        var lists = [(located.node.clauses, located.node.range)]
        var scope: RuleScope? = located.scope
        while let current = scope {
            if let head = current.head { lists.append((head.clauses, head.range)) }
            scope = current.parent
        }
        for (list, range) in lists.reversed() {
            for clause in clauses(list, beside: range) {
                var matches: [Match] = []
                _ = append(clause, at: located.place, to: &matches)
                result += matches.map { ($0, clause.range) }
            }
        }
        return result
    }

    /// Reports that two matches on the same thing exclude each other.
    private func reportContradiction(_ rank: Int, _ located: LocatedRule) {
        let all = locatedMatches(located)
        let isControl = rank == Match.transportProtocol(Membership([])).rank
        let places = all.filter { match, _ in
            if case .icmp = match, isControl { return true }
            return match.rank == rank
        }
        let place = places.last?.range ?? located.node.range
        report(places.count > 1 ? .contradiction(at: place, other: places.first?.range) : .nothingLeft(at: place))
    }

    /// Reports that parts of a rule are about different address families.
    private func reportFamilies(_ rule: Rule, _ located: LocatedRule) {
        var families = AddressFamilies.both
        var fixed: SourceRange?
        for (match, range) in locatedMatches(located) {
            let own = match.families { familiesOfSet($0) }
            families.formIntersection(own)
            guard !families.isEmpty else {
                return report(.contradictingFamilies(own, at: range, other: fixed))
            }
            if own != .both { fixed = range }
        }
        let target = arguments(located.node).target
        let place = target?.address?.range ?? located.node.range
        report(.targetOfOtherFamily(rule.action.families, at: place, other: fixed))
    }
}

/// What two matches on the same thing are together.
enum MergeResult {
    /// One match says both.
    case one(Match)
    /// They have to be asked one after the other.
    case apart
    /// They exclude each other.
    case nothing
}

extension Match {
    /// The rank of limits: each counts for itself, even two alike.
    fileprivate static let limitRank = Match.limit(Limit(rate: 1, period: .second)).rank

    /// What this match and another of the same rank are together.
    fileprivate func merged(with other: Match) -> MergeResult {
        switch (self, other) {
        case (.family(let left), .family(let right)):
            // Different families are reported with all else that fixes them.
            left == right ? .one(self) : .apart
        case (.inputInterface(let left), .inputInterface(let right)):
            Self.merge(left, right, Self.intersect, make: { .inputInterface($0) })
        case (.outputInterface(let left), .outputInterface(let right)):
            Self.merge(left, right, Self.intersect, make: { .outputInterface($0) })
        case (.sourceAddress(let left), .sourceAddress(let right)):
            Self.merge(left, right, Self.intersect, make: { .sourceAddress($0) })
        case (.destinationAddress(let left), .destinationAddress(let right)):
            Self.merge(left, right, Self.intersect, make: { .destinationAddress($0) })
        case (.originalDestinationAddress(let left), .originalDestinationAddress(let right)):
            Self.merge(left, right, Self.intersect, make: { .originalDestinationAddress($0) })
        case (.transportProtocol(let left), .transportProtocol(let right)):
            Self.merge(left, right, Self.intersect, make: { .transportProtocol($0) })
        case (.sourcePort(let left), .sourcePort(let right)):
            Self.merge(left, right, Self.intersect, make: { .sourcePort($0) })
        case (.destinationPort(let left), .destinationPort(let right)):
            Self.merge(left, right, Self.intersect, make: { .destinationPort($0) })
        case (.connectionState(let left, false), .connectionState(let right, false)):
            left.isDisjoint(with: right)
                ? .nothing : .one(.connectionState(left.intersection(right), isNegated: false))
        case (.field(let left), .field(let right)): Self.merge(left, right)
        default: .apart
        }
    }

    private static func merge(_ left: FieldMatch, _ right: FieldMatch) -> MergeResult {
        guard !left.isNegated, !right.isNegated, case .among(let mine) = left.values,
            case .among(let theirs) = right.values
        else { return .apart }
        return FieldMatch(left.field, .among(mine.intersection(theirs))).map { .one(.field($0)) } ?? .nothing
    }

    private static func merge<Values>(
        _ left: Membership<Values>,
        _ right: Membership<Values>,
        _ intersect: (Values, Values) -> Values?,
        make: (Membership<Values>) -> Match
    ) -> MergeResult {
        guard case .values(let mine) = left.operand, case .values(let theirs) = right.operand,
            !left.isNegated, !right.isNegated
        else { return .apart }
        return intersect(mine, theirs).map { .one(make(Membership($0))) } ?? .nothing
    }

    private static func intersect(_ left: [InterfacePattern], _ right: [InterfacePattern]) -> [InterfacePattern]? {
        let both = left.flatMap { mine in right.compactMap { mine.intersection($0) } }
        return both.isEmpty ? nil : both.sortedWithoutRepetitions()
    }

    private static func intersect(_ left: AddressSet, _ right: AddressSet) -> AddressSet? {
        // Addresses of different families are reported with all else that fixes them.
        guard !left.families.isDisjoint(with: right.families) else { return left }
        let both = left.intersection(right)
        return both.isEmpty ? nil : both
    }

    private static func intersect(_ left: [IPProtocol], _ right: [IPProtocol]) -> [IPProtocol]? {
        let both = left.filter(right.contains)
        return both.isEmpty ? nil : both
    }

    private static func intersect(
        _ left: IntervalSet<UInt16>,
        _ right: IntervalSet<UInt16>
    ) -> IntervalSet<UInt16>? {
        let both = left.intersection(right)
        return both.isEmpty ? nil : both
    }
}
