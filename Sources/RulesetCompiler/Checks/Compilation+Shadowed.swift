import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of rules are compared at most, so that the check takes no noticeable time in any file.
    private static var mostPairs: Int { 300_000 }

    /// Warns of rules whose packets one earlier rule of the chain, or of one on the way there, decides on; once for each such earlier rule.
    /// And of rules in chains that no jump has packets for.
    func warnOfShadowedRules(_ lists: [ReachedRules]) {
        var budget = Self.mostPairs
        var search = ShadowSearch()
        for list in lists where list.rules.count > 1 { findShadowed(list, &search, &budget) }
        for (index, chain) in chainBodies.enumerated() where chain.base == nil && chain.rules.count > 1 {
            findShadowed(ownRules(ofChain: index), &search, &budget)
        }
        // A chain that was not seen from all that leads to it may have packets for each of its rules.
        if budget > 0, lists.allSatisfy(\.isComplete) {
            for key in search.order {
                guard let fate = search.fates[key] else { continue }
                if let hider = fate.hider, fate.isAlwaysHidden {
                    search.hide(key, by: hider)
                } else if let jump = fate.jump, fate.isNeverMeant {
                    report(.neverMeant(jump: range(of: jump), at: range(of: key)))
                }
            }
        }
        for (hider, first, count) in search.hiding {
            let isSame = rule(hider).action == rule(first).action && rule(first).log == nil
            report(.shadowedRule(by: range(of: hider), doesTheSame: isSame, count: count, at: range(of: first)))
        }
    }

    /// Looks for the rules of one list that get no packet.
    private func findShadowed(_ list: ReachedRules, _ search: inout ShadowSearch, _ budget: inout Int) {
        var wider = WiderRules()
        var regions: [Int: MatchRegion] = [:]
        var isHidden = Array(repeating: false, count: list.rules.count)
        // A mark may have been set between two rules that ask for it.
        let setsMarks = list.rules.contains {
            $0.rule.action.setsMarks || (!list.isComplete && $0.rule.action.targetChain != nil)
        }
        for (place, reached) in list.rules.enumerated() {
            let rule = withKnownMembers(reached.rule)
            // What stands after a rule that decides on every packet is another warning.
            if reached.jump == nil, rule.decidesOnAll,
                list.rules[place...].allSatisfy({ $0.rule.isSeen(behind: rule) })
            {
                break
            }
            var own: MatchRegion?
            if let jump = reached.jump {
                search.visit(reached.key)
                // A rule that asks for nothing on its way has packets: what excludes itself is an error.
                let isNarrowed = !list.rules[jump].rule.matches.isEmpty
                if isNarrowed { own = self.region(rule) }
                if isHidden[jump] || own?.isEmpty == true {
                    isHidden[place] = true
                    search.note(reached.key, isHidden[jump] ? .withItsJump : .notMeant(narrowing(jump, list)))
                    continue
                }
            }
            var found: Int?
            wider.candidates(for: rule) { candidate in
                budget -= 1
                guard budget > 0 else { return true }
                guard rule.isSeen(behind: list.rules[candidate].rule), !list.leads(candidate, to: place) else {
                    return false
                }
                let region = own ?? self.region(rule)
                own = region
                let other = regions[candidate] ?? self.region(withKnownMembers(list.rules[candidate].rule))
                regions[candidate] = other
                guard region.isSubset(of: other) else { return false }
                found = candidate
                return true
            }
            guard budget > 0 else { break }
            if let found {
                isHidden[place] = true
                let hider = list.rules[found].key
                if reached.jump == nil {
                    search.hide(reached.key, by: hider)
                } else {
                    // What one chain says by itself is looked for by itself.
                    let isOwn = hider.chain == reached.key.chain
                    search.note(reached.key, isOwn ? .withItsJump : .hidden(hider))
                }
            } else if reached.decides, !(setsMarks && rule.asksForMarks) {
                wider.add(place, rule)
            }
        }
    }

    /// The last rule on the way through a jump that asks for something.
    private func narrowing(_ jump: Int, _ list: ReachedRules) -> ReachedRule.Key {
        var place = jump
        while rule(list.rules[place].key).matches.isEmpty, let outer = list.rules[place].jump { place = outer }
        return list.rules[place].key
    }

    /// The packets that a rule's matches hold for.
    func region(_ rule: Rule) -> MatchRegion {
        MatchRegion(rule.matches + rule.action.impliedMatches) { familiesOfSet($0) }
    }
}

/// What was found of the rules so far.
private struct ShadowSearch {
    /// Why a rule gets no packet on one of the ways that lead to it.
    enum Reason {
        case hidden(ReachedRule.Key)
        /// The jump asks for other packets than the rule.
        case notMeant(ReachedRule.Key)
        /// The jump gets no packet itself, or the rule none in its chain.
        case withItsJump
    }

    /// What becomes of a rule in a chain that is jumped to.
    struct Fate {
        var visits = 0
        var hidden = 0
        var notMeant = 0
        var hider: ReachedRule.Key?
        var jump: ReachedRule.Key?

        var isAlwaysHidden: Bool { hidden + notMeant == visits }
        var isNeverMeant: Bool { notMeant == visits }
    }

    private(set) var fates: [ReachedRule.Key: Fate] = [:]
    /// The rules in chains, in the order in which packets get to them.
    private(set) var order: [ReachedRule.Key] = []
    /// The rules that hide others, each with the first that it hides and how many.
    private(set) var hiding: [(hider: ReachedRule.Key, first: ReachedRule.Key, count: Int)] = []
    private var places: [ReachedRule.Key: Int] = [:]
    private var hidden: Set<ReachedRule.Key> = []

    mutating func visit(_ key: ReachedRule.Key) {
        if fates[key] == nil { order.append(key) }
        fates[key, default: Fate()].visits += 1
    }

    mutating func note(_ key: ReachedRule.Key, _ reason: Reason) {
        switch reason {
        case .hidden(let hider):
            fates[key]?.hidden += 1
            if fates[key]?.hider == nil { fates[key]?.hider = hider }
        case .notMeant(let jump):
            fates[key]?.notMeant += 1
            fates[key]?.jump = jump
        case .withItsJump:
            fates[key]?.hidden += 1
        }
    }

    mutating func hide(_ key: ReachedRule.Key, by hider: ReachedRule.Key) {
        guard hidden.insert(key).inserted else { return }
        if let place = places[hider] {
            hiding[place].count += 1
        } else {
            places[hider] = hiding.count
            hiding.append((hider, key, 1))
        }
    }
}

extension ReachedRule {
    /// Whether no packet that the rule holds for gets after it, in the base chain and all that it leads to.
    fileprivate var decides: Bool {
        guard rule.action.isTerminal, rule.decidesAlways, !isPassedBy else { return false }
        switch rule.action {
        case .return, .goto: return jump == nil
        default: return true
        }
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
    /// What the kernel rule asks for besides the rule's own matches: the family of a new address.
    fileprivate var impliedMatches: [Match] {
        switch families {
        case .ipv4: [.family(.ipv4)]
        case .ipv6: [.family(.ipv6)]
        default: []
        }
    }
}
