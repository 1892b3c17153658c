import Diagnostics
import NetworkTypes
import RulesetModel

/// What the warnings about whole chains have to know of the rules outside declared chains; kept as the rules are compiled,
/// since going through 100,000 of them again would cost more than all the warnings.
struct RuleNotes {
    /// For each rule: the standard chain that its own verb needs, by raw value; a jump's is only known with its target.
    var standardChains: [UInt8] = []
    /// The rules after which no packet of their chain gets.
    var deciding: [Int] = []
    /// The directions with a rule that refuses every packet.
    var refused: Set<RulesetModel.Direction> = []
    /// The directions with a rule that may accept packets of known connections.
    var keepsEstablished: Set<RulesetModel.Direction> = []
    /// Whether a rule changes marks.
    var changesMarks = false

    /// Takes note of the next rule.
    mutating func add(_ rule: Rule) {
        let chain = rule.direction?.standardChain(for: rule.action.chainNeeds)
        if rule.decidesOnAll {
            deciding.append(standardChains.count)
            if let direction = rule.direction, rule.action.refuses { refused.insert(direction) }
        }
        if rule.action == .accept, let direction = rule.direction, rule.mayHoldForEstablished {
            keepsEstablished.insert(direction)
        }
        changesMarks = changesMarks || rule.action.setsMarks
        standardChains.append(UInt8(truncatingIfNeeded: chain?.rawValue ?? 0))
    }
}

extension Compilation {
    /// Warns of rules after one that decides on every packet of their chain; once a chain.
    func warnOfUnreachableRules() {
        let places = standardChains()
        var seen: Set<UInt8> = []
        for index in notes.deciding where seen.insert(places[index]).inserted {
            let next = places.indices[(index + 1)...].first {
                places[$0] == places[index] && ruleset.rules[$0].isSeen(behind: ruleset.rules[index])
            }
            guard let next else { continue }
            report(.unreachableRule(deciding: provenance.rules[index], at: provenance.rules[next]))
        }
        for chain in chainBodies {
            guard let last = chain.rules.firstIndex(where: \.decidesOnAll), last + 1 < chain.rules.count else {
                continue
            }
            report(.unreachableRule(deciding: chain.ranges[last], at: chain.ranges[last + 1]))
        }
    }

    /// For each rule outside declared chains the standard chain that it stands in, by raw value.
    func standardChains() -> [UInt8] {
        var places = notes.standardChains
        for jump in jumps {
            let direction = ruleset.rules[jump.rule].direction
            let chain = direction?.standardChain(for: chainNeeds[jump.target])
            places[jump.rule] = UInt8(truncatingIfNeeded: chain?.rawValue ?? 0)
        }
        return places
    }
}

extension Rule {
    /// Whether the packets that the rule sees are among those that an earlier one of its chain sees. In postrouting, those of `forward` are
    /// not all: what this host sends comes by there too.
    func isSeen(behind earlier: Rule) -> Bool {
        earlier.direction == .output || earlier.direction == direction
    }

    /// Whether no packet gets after the rule.
    var decidesOnAll: Bool {
        matches.isEmpty && action.isTerminal && action.families == .both
    }
}

extension Rule {
    /// Whether the rule asks for the state of connections, and known ones are among those that it takes.
    fileprivate var mayHoldForEstablished: Bool {
        matches.contains {
            if case .connectionState(let states, let isNegated) = $0 {
                states.contains(.established) != isNegated
            } else {
                false
            }
        }
    }
}

extension Action {
    /// Whether a packet has another mark after the rule.
    var setsMarks: Bool {
        switch self {
        case .setMark, .setConnectionMark: true
        default: false
        }
    }

    /// Whether packets end here.
    var refuses: Bool {
        switch self {
        case .drop, .reject: true
        default: false
        }
    }
}
