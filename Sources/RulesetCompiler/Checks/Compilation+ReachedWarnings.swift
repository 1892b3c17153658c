import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// Warns of what only shows with the jumps that lead to a rule: limits before chains that refuse, translations of what comes in by `lo`.
    func warnOfReachedRules(_ lists: [ReachedRules]) {
        var reported: Set<ReachedRule.Key> = []
        for list in lists {
            let translates = list.base.translatesWhatComesIn
            for reached in list.rules where reached.jump != nil {
                if reached.rule.action.refuses {
                    warnOfRefusal(reached, list, &reported)
                } else if translates {
                    warnOfLoopback(reached, &reported)
                }
            }
        }
    }

    /// Warns of a jump with a limit to a chain that refuses all that comes.
    private func warnOfRefusal(_ reached: ReachedRule, _ list: ReachedRules, _ reported: inout Set<ReachedRule.Key>) {
        var current = reached
        // Between the limit and the refusal nothing else may be asked.
        while let place = current.jump, rule(current.key).matches.isEmpty {
            current = list.rules[place]
            let jump = rule(current.key)
            guard jump.matches.contains(where: \.isLimitOfWhatMatches) else { continue }
            if reported.insert(current.key).inserted {
                report(.refusalUnderLimit(jump, at: range(of: current.key)))
            }
            return
        }
    }

    private func warnOfLoopback(_ reached: ReachedRule, _ reported: inout Set<ReachedRule.Key>) {
        let key = reached.key
        let rule = withKnownMembers(reached.rule)
        guard let chain = key.chain, rule.action.isTranslation else { return }
        let own = withKnownMembers(chainBodies[chain].rules[key.number])
        if rule.comesInByLoopback {
            // What the rule says by itself is found with the rule, as far as its chain is one of the kernel's.
            guard reported.insert(key).inserted else { return }
            report(.translationOfLoopback(text(chainBodies[chain].verbs[key.number]), at: range(of: key)))
        } else if let target = own.loopbackTarget, reported.insert(key).inserted {
            loopbackTargets.append(
                LoopbackTarget(family: target.family, interfaces: rule.inputInterfaces, range: range(of: key))
            )
        }
    }

    /// Warns of rules that accept at a rate only, where what exceeds it passes too, and of those that refuse the segments without which
    /// there is no TCP connection.
    func warnOfOpenWays(_ all: [OpenWays]) {
        for ways in all where ways.within == nil {
            warnOfRefusedSegments(ways)
            if !ways.isClosed { warnOfLimitsWithoutEffect(ways) }
        }
    }

    private func warnOfLimitsWithoutEffect(_ ways: OpenWays) {
        for opener in ways.openers where opener.rule.matches.contains(where: \.isLimitOfWhatMatches) {
            var beyond = opener.rule
            beyond.matches.removeAll(where: \.isLimitOfWhatMatches)
            let excess = region(beyond)
            let isRefused = ways.refusals.dropFirst(opener.refusalsBefore).contains { refusal in
                !excess.isDisjoint(with: region(refusal.rule))
            }
            if !isRefused { report(.limitWithoutEffect(rule(opener.key), at: range(of: opener.key))) }
        }
    }
}

extension Compilation {
    /// Warns of rules that refuse segments with ACK, before any rule accepts those of known connections.
    private func warnOfRefusedSegments(_ ways: OpenWays) {
        for (number, refusal) in ways.refusals.enumerated() {
            guard refusal.rule.refusesData else { continue }
            let segments = MatchRegion([.connectionState(.established, isNegated: false)])
                .intersection(region(refusal.rule))
            let isSpared = ways.openers.contains { opener in
                opener.refusalsBefore <= number && !segments.isDisjoint(with: region(opener.rule))
            }
            guard !segments.isEmpty, !isSpared else { continue }
            report(.dataRefused(at: range(of: refusal.key)))
        }
    }
}

extension ReachedRules.Base {
    /// Whether a verb of NAT here is about packets that come in.
    fileprivate var translatesWhatComesIn: Bool {
        switch self {
        case .standard(let chain): chain == .preroutingNAT || chain == .inputNAT
        case .declared(_, let base): base.type == .nat && (base.hook == .prerouting || base.hook == .input)
        case .regular: false
        }
    }
}

extension Match {
    /// Whether the condition holds for what keeps to a rate.
    var isLimitOfWhatMatches: Bool {
        if case .limit(let limit) = self { !limit.isOver } else { false }
    }
}

extension Rule {
    /// The family of the loopback address that the rule sends packets to.
    var loopbackTarget: TargetAddresses? {
        guard case .destinationNAT(let translation) = action, let addresses = translation.addresses,
            addresses.range.isLoopback
        else { return nil }
        return addresses
    }

    /// Whether all packets of the rule come in by the loopback interface: it says so, or its addresses do.
    var comesInByLoopback: Bool {
        if let interfaces = inputInterfaces { return interfaces == [InterfacePattern(.loopback)] }
        return matches.contains { match in
            switch match {
            case .sourceAddress(let value), .destinationAddress(let value):
                guard case .values(let values) = value.operand, !value.isNegated else { return false }
                return values.ranges.allSatisfy(\.isLoopback)
            default: return false
            }
        }
    }

    /// The interfaces that the rule names for packets to come in by.
    var inputInterfaces: [InterfacePattern]? {
        for case .inputInterface(let interfaces) in matches {
            guard case .values(let values) = interfaces.operand, !interfaces.isNegated else { return nil }
            return values
        }
        return nil
    }
}

extension Action {
    fileprivate var isTranslation: Bool {
        switch self {
        case .redirect, .destinationNAT, .sourceNAT: true
        default: false
        }
    }
}
