import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// A jump from a rule to a declared chain.
struct Jump {
    /// The index of the rule in its chain, or among the rules outside chains.
    let rule: Int
    /// The index of the chain that it leads to.
    let target: Int
    /// The verb with the chain's name.
    let range: SourceRange
}

extension Compilation {
    /// Compiles the rules outside declared chains.
    func compileRules() {
        ruleset.rules.reserveCapacity(declarations.rules.count)
        provenance.rules.reserveCapacity(declarations.rules.count)
        let scope = RuleScope(place: nil)
        for place in declarations.rules {
            // Only errors that are kept are worth looking for.
            guard !diagnostics.isFull else { return }
            let list = syntax[Int(place.file.rawValue)].topLevel
            compile(syntax[Int(place.file.rawValue)][list][place.index], in: scope)
        }
    }

    /// Compiles a rule, or a block with its rules.
    func compile(_ statement: StatementSyntax, in scope: RuleScope) {
        switch statement {
        case .rule(let node):
            compile(node, in: scope)
        case .block(let node):
            let inner = RuleScope(node, in: scope)
            if let place = inner.place {
                // Mistakes in the head are reported even where the body has no rules.
                _ = inner.matches(at: place, self)
            }
            for statement in statements(node.statements, beside: node.range) {
                guard !diagnostics.isFull else { return }
                compile(statement, in: inner)
            }
        // Misplaced declarations were reported by the parser.
        default: break
        }
    }

    private func compile(_ node: RuleSyntax, in scope: RuleScope) {
        guard let place = node.direction.map({ .direction($0.direction.model) }) ?? scope.place else { return }
        let shared = scope.matches(at: place, self)
        var matches = shared ?? []
        var isGood = shared != nil
        let clauses = clauses(node.clauses, beside: node.range)
        matches.reserveCapacity(matches.count + clauses.count)
        for clause in clauses {
            isGood = append(clause, at: place, to: &matches) && isGood
        }
        let action = action(node)
        var log: LogStatement?
        if !node.arguments.isEmpty, let syntax = arguments(node).log, !node.isLog {
            log = logStatement(syntax)
            isGood = isGood && log != nil
        }
        var text: String?
        if let comment = node.comment {
            text = self.comment(comment)
            isGood = isGood && text != nil
        }
        guard let action, isGood, takeIn(matches, node) else { return }
        var rule = Rule(direction: place.direction, matches: matches, action: action, log: log, comment: text)
        finish(&rule, LocatedRule(node: node, place: place, scope: scope))
    }

    /// Counts the values of a rule, each where it is used: short texts can stand for many. Too many are said once.
    private func takeIn(_ matches: [Match], _ node: RuleSyntax) -> Bool {
        let wasTooLarge = ruleValueCount > Self.mostMembers
        ruleValueCount += matches.reduce(0) { $0 + $1.valueCount }
        guard ruleValueCount > Self.mostMembers else { return true }
        if !wasTooLarge { report(.tooManyRuleValues(Self.mostMembers, at: node.range)) }
        return false
    }

    /// Checks a rule as a whole and takes it in.
    private func finish(_ rule: inout Rule, _ located: LocatedRule) {
        guard rule.matches.count <= Self.maximumMatches else {
            return report(.tooManyMatches(Self.maximumMatches, at: located.node.range))
        }
        guard simplify(&rule, located), check(rule, located) else { return }
        if case .reject(let reason) = rule.action {
            rule.action = .reject(reason.canonical(for: families(of: rule)))
        }
        warn(of: rule, located)
        if let chain = located.scope.chain {
            noteJump(rule, located, number: chainBodies[chain].rules.count, in: &chainBodies[chain].jumps)
            chainBodies[chain].rules.append(rule)
            chainBodies[chain].ranges.append(located.node.range)
            chainBodies[chain].verbs.append(located.node.verbRange)
        } else {
            noteJump(rule, located, number: ruleset.rules.count, in: &jumps)
            noteOpenTarget(rule, located)
            notes.add(rule)
            ruleset.rules.append(rule)
            provenance.rules.append(located.node.range)
        }
    }

    private func noteJump(_ rule: Rule, _ located: LocatedRule, number: Int, in jumps: inout [Jump]) {
        let name: NameSyntax
        switch located.node.verb {
        case .jump(let target), .goto(let target): name = target
        default: return
        }
        guard let target = chains.index(of: text(name.range)) else { return }
        jumps.append(Jump(rule: number, target: target, range: located.node.verbRange.through(name.range)))
    }
}

/// A rule that sends packets elsewhere, and does not say that they are accepted there.
struct OpenTarget {
    /// The index of the rule.
    let rule: Int
    /// Its `to` with all that belongs to it.
    let range: SourceRange
}

extension Compilation {
    private func noteOpenTarget(_ rule: Rule, _ located: LocatedRule) {
        let isAccepted: Bool
        switch rule.action {
        case .redirect(let redirect): isAccepted = redirect.isAccepted
        case .destinationNAT(let translation): isAccepted = translation.isAccepted
        default: return
        }
        guard !isAccepted, let target = arguments(located.node).target else { return }
        openTargets.append(OpenTarget(rule: ruleset.rules.count, range: target.range))
    }
}

/// A rule with what is needed to say where its parts are written.
struct LocatedRule {
    let node: RuleSyntax
    let place: Place
    let scope: RuleScope
}

extension RuleSyntax {
    /// Whether the rule's own verb is `log`.
    fileprivate var isLog: Bool {
        if case .log = verb { true } else { false }
    }
}
