import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of rules are compared at most, so that the check takes no noticeable time in any file.
    private static var mostPairs: Int { 300_000 }

    /// Warns of rules whose packets one earlier rule of the chain decides on; once for each such earlier rule.
    func warnOfShadowedRules() {
        var budget = Self.mostPairs
        var chains: [[Int]] = Array(repeating: [], count: StandardChain.allCases.count)
        for (index, place) in standardChains().enumerated() { chains[Int(place)].append(index) }
        for numbers in chains where numbers.count > 1 {
            warnOfShadowed(numbers, of: ruleset.rules, at: provenance.rules, &budget)
        }
        for chain in chainBodies where chain.rules.count > 1 {
            warnOfShadowed(Array(chain.rules.indices), of: chain.rules, at: chain.ranges, &budget)
        }
    }

    /// Warns of the rules among these, which are those of one chain.
    private func warnOfShadowed(_ numbers: [Int], of rules: [Rule], at ranges: [SourceRange], _ budget: inout Int) {
        var wider = WiderRules()
        var regions: [Int: MatchRegion] = [:]
        /// The rules that hide others, in the order of the file, each with the first that it hides and how many.
        var hiding: [(number: Int, first: Int, count: Int)] = []
        var places: [Int: Int] = [:]
        // A mark may have been set between two rules that ask for it.
        let setsMarks = numbers.contains { rules[$0].action.mayChangeMarks }
        for (place, number) in numbers.enumerated() {
            let rule = rules[number]
            // What stands after a rule that decides on every packet is another warning.
            if rule.decidesOnAll, numbers[place...].allSatisfy({ rules[$0].isSeen(behind: rule) }) { break }
            var found: Int?
            var own: MatchRegion?
            wider.candidates(for: rule) { candidate in
                budget -= 1
                guard budget > 0 else { return true }
                guard rule.isSeen(behind: rules[candidate]) else { return false }
                let region = own ?? self.region(rule)
                own = region
                let other = regions[candidate] ?? self.region(rules[candidate])
                regions[candidate] = other
                guard region.isSubset(of: other) else { return false }
                found = candidate
                return true
            }
            guard budget > 0 else { break }
            if let found {
                if let place = places[found] {
                    hiding[place].count += 1
                } else {
                    places[found] = hiding.count
                    hiding.append((found, number, 1))
                }
            } else if rule.action.isTerminal, rule.decidesAlways, !(setsMarks && rule.asksForMarks) {
                wider.add(number, rule)
            }
        }
        for (number, first, count) in hiding {
            let isSame = rules[number].action == rules[first].action && rules[first].log == nil
            report(.shadowedRule(by: ranges[number], doesTheSame: isSame, count: count, at: ranges[first]))
        }
    }

    /// The packets that a rule's matches hold for.
    func region(_ rule: Rule) -> MatchRegion {
        MatchRegion(rule.matches + rule.action.impliedMatches) { familiesOfSet($0) }
    }
}

extension Rule {
    /// Whether the rule holds for all packets that match, not for as many as a rate allows.
    fileprivate var decidesAlways: Bool {
        !matches.contains { if case .limit = $0 { true } else { false } }
    }

    fileprivate var asksForMarks: Bool {
        matches.contains {
            switch $0 {
            case .mark, .connectionMark: true
            default: false
            }
        }
    }
}

extension Action {
    /// Whether a packet may have other marks after the rule.
    fileprivate var mayChangeMarks: Bool {
        switch self {
        case .setMark, .setConnectionMark, .jump: true
        default: false
        }
    }

    /// What the kernel rule asks for besides the rule's own matches: the family of a new address.
    fileprivate var impliedMatches: [Match] {
        switch families {
        case .ipv4: [.family(.ipv4)]
        case .ipv6: [.family(.ipv6)]
        default: []
        }
    }
}
