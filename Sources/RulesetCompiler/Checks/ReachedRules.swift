import Diagnostics
import NetworkTypes
import RulesetModel

/// A rule as packets get to it: it asks for what the jumps on the way ask for, too.
struct ReachedRule {
    /// Where a rule stands: in a declared chain, or among the rules outside of any.
    struct Key: Hashable {
        let chain: Int?
        let number: Int
    }

    let key: Key
    let rule: Rule
    /// The place of the jump in the list; nil for a rule of the base chain itself.
    let jump: Int?
    /// Whether some packets for which the rule holds may have left its chain before (`return`, `goto`), and come by after it again.
    let isPassedBy: Bool
}

/// The rules that packets of one base chain get to, in the order in which they are asked.
struct ReachedRules {
    /// What packets are let through this list.
    enum Base {
        case standard(StandardChain)
        case declared(chain: Int, BaseChain)
        /// A declared chain for itself, whoever leads to it.
        case regular(chain: Int)
    }

    let base: Base
    /// Whether a rule of the file changes marks.
    let changesMarks: Bool
    fileprivate(set) var rules: [ReachedRule] = []
    /// Whether the rules of each chain that is jumped to follow the jump, or followed an earlier one that asks for the same.
    fileprivate(set) var isComplete = true
    /// The jumps that were followed.
    fileprivate var followed: Set<Jump> = []

    init(base: Base, changesMarks: Bool = false) {
        self.base = base
        self.changesMarks = changesMarks
    }

    fileprivate struct Jump: Hashable {
        let target: Int
        let matches: [Match]
        let direction: RulesetModel.Direction?
    }
}

extension ReachedRules {
    /// Whether a jump leads to a rule.
    func leads(_ jump: Int, to place: Int) -> Bool {
        var current = rules[place].jump
        while let place = current, place >= jump {
            if place == jump { return true }
            current = rules[place].jump
        }
        return false
    }
}

extension Compilation {
    /// How many rules are looked at again because chains are reached by many ways.
    private static var mostRepetitions: Int { 20_000 }

    /// The rules of each base chain, those of chains that it leads to after each jump.
    func reachedRules() -> [ReachedRules] {
        var numbers: [[Int]] = Array(repeating: [], count: StandardChain.allCases.count)
        for (index, place) in standardChains().enumerated() { numbers[Int(place)].append(index) }
        var lists: [ReachedRules] = []
        let changesMarks =
            notes.changesMarks || chainBodies.contains { $0.rules.contains(where: \.action.setsMarks) }
        for (chain, numbers) in zip(StandardChain.allCases, numbers) where !numbers.isEmpty {
            var list = ReachedRules(base: .standard(chain), changesMarks: changesMarks)
            list.rules.reserveCapacity(numbers.count)
            var left: [MatchRegion] = []
            for number in numbers {
                let key = ReachedRule.Key(chain: nil, number: number)
                append(ruleset.rules[number], key, behind: nil, passing: &left, to: &list)
            }
            lists.append(list)
        }
        for (index, chain) in chainBodies.enumerated() {
            guard let base = chain.base else { continue }
            var list = ReachedRules(base: .declared(chain: index, base), changesMarks: changesMarks)
            append(chain: index, behind: nil, to: &list)
            lists.append(list)
        }
        return lists
    }

    /// The rules of a chain that is jumped to, by themselves.
    func ownRules(ofChain index: Int) -> ReachedRules {
        var list = ReachedRules(base: .regular(chain: index))
        list.isComplete = false
        list.rules = chainBodies[index].rules.enumerated().map { number, rule in
            ReachedRule(key: .init(chain: index, number: number), rule: rule, jump: nil, isPassedBy: false)
        }
        return list
    }

    private func append(chain: Int, behind jump: Int?, to list: inout ReachedRules) {
        var left: [MatchRegion] = []
        for (number, rule) in chainBodies[chain].rules.enumerated() {
            append(rule, .init(chain: chain, number: number), behind: jump, passing: &left, to: &list)
        }
    }

    /// - Parameter left: What leaves the chain before this rule and is not decided by that; of the base chain itself nothing comes back.
    private func append(
        _ rule: Rule,
        _ key: ReachedRule.Key,
        behind jump: Int?,
        passing left: inout [MatchRegion],
        to list: inout ReachedRules
    ) {
        guard jump == nil || list.isComplete else { return }
        var reached = rule
        var isPassedBy = false
        if let jump {
            let outer = list.rules[jump]
            reached = Rule(
                direction: outer.rule.direction,
                matches: outer.rule.matches + rule.matches,
                action: rule.action,
                log: rule.log,
                comment: rule.comment
            )
            isPassedBy = outer.isPassedBy
            if !isPassedBy, !left.isEmpty {
                let own = region(reached)
                isPassedBy = left.contains { !$0.isDisjoint(with: own) }
            }
        }
        list.rules.append(.init(key: key, rule: reached, jump: jump, isPassedBy: isPassedBy))
        if let name = rule.action.targetChain, let target = chains.index(of: name) {
            guard list.rules.count < ruleset.rules.count + Self.mostRepetitions else {
                list.isComplete = false
                return
            }
            // Who asks the same rules for the same packets once more gets no other answer, unless marks have changed.
            let call = ReachedRules.Jump(target: target, matches: reached.matches, direction: reached.direction)
            if list.followed.insert(call).inserted || list.changesMarks {
                append(chain: target, behind: list.rules.count - 1, to: &list)
            }
        }
        guard jump != nil else { return }
        switch rule.action {
        case .return, .goto: left.append(region(reached))
        default: break
        }
    }

    /// Where a rule is written.
    func range(of key: ReachedRule.Key) -> SourceRange {
        key.chain.map { chainBodies[$0].ranges[key.number] } ?? provenance.rules[key.number]
    }

    /// A rule as it is written.
    func rule(_ key: ReachedRule.Key) -> Rule {
        key.chain.map { chainBodies[$0].rules[key.number] } ?? ruleset.rules[key.number]
    }
}
