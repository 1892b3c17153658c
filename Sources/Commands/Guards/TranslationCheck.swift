import Guards
import Lowering
import NetworkTypes
import RulesetModel

/// Finds the rules that connections do not get to, since another program gives them another destination first.
struct TranslationCheck {
    /// A rule, and who is before it.
    struct Finding {
        /// What the rule is made from; nil for a policy.
        let origin: RuleOrigin?
        /// The rule as it is written in the direction where it stands, with the conditions of the jumps that lead to it.
        let rule: Rule
        let hook: NetfilterHook
        /// The translations, those that are certain first.
        var translations: [ForeignTranslation]
        var overlap: PacketRegion.Overlap
    }

    private let ruleset: Ruleset
    private let translations: [ForeignTranslation]
    /// The hooks where Weir's own chain for translation was there before, so that its place among chains of the same priority is not known.
    private let hooksInUse: Set<NetfilterHook>
    private(set) var findings: [Finding] = []
    /// How many comparisons of two rules are left. The rules of chains are compared once for each jump.
    private var patience = 2_000_000
    /// Whether there were too many rules to compare all.
    var isIncomplete: Bool { patience <= 0 }

    private static let mostJumps = 16

    init(_ ruleset: Ruleset, _ tables: [ForeignTable], hooksInUse: Set<NetfilterHook>) {
        self.ruleset = ruleset
        self.hooksInUse = hooksInUse
        translations = tables.flatMap(\.translations)
        guard !translations.isEmpty else { return }
        let chains = Dictionary(ruleset.chains.enumerated().map { ($1.name, $0) }) { first, _ in first }
        for (index, rule) in ruleset.rules.enumerated() {
            guard let direction = rule.direction, direction != .forward else { continue }
            look(at: rule, in: Place(direction), .rule(index), [], chains, depth: 0)
        }
        for (index, chain) in ruleset.chains.enumerated() {
            guard let place = Place(chain.kind) else { continue }
            for (number, rule) in chain.rules.enumerated() {
                look(at: rule, in: place, .chainRule(chain: index, rule: number), [], chains, depth: 0)
            }
        }
        lookAtPolicy()
    }

    /// Where rules stand.
    private struct Place {
        let direction: Direction
        /// The priority of a chain that translates.
        var priority: Int32?

        init(_ direction: Direction) {
            self.direction = direction
        }

        /// The place of a declared base chain; nil if translation has nothing to do with it.
        init?(_ kind: Chain.Kind) {
            switch kind {
            case .base(.nat, .prerouting, let priority, _): (direction, self.priority) = (.input, priority)
            case .base(.nat, .output, let priority, _): (direction, self.priority) = (.output, priority)
            case .base(.filter, .input, _, _): direction = .input
            case .base(_, .output, let priority, _) where priority > StandardChain.outputNAT.priority:
                direction = .output
            default: return nil
            }
        }

        var hook: NetfilterHook { direction == .output ? .output : .prerouting }
    }

    // MARK: Rules

    private mutating func look(
        at rule: Rule,
        in place: Place,
        _ origin: RuleOrigin,
        _ outer: [Match],
        _ chains: [String: Int],
        depth: Int
    ) {
        patience -= 1 + translations.count
        guard patience > 0, depth <= Self.mostJumps else { return }
        var rule = rule
        rule.matches = outer + rule.matches.filter { !outer.contains($0) }
        if let target = rule.action.targetChain {
            guard let index = chains[target] else { return }
            for (number, inner) in ruleset.chains[index].rules.enumerated() {
                let origin = RuleOrigin.chainRule(chain: index, rule: number)
                look(at: inner, in: place, origin, rule.matches, chains, depth: depth + 1)
            }
            return
        }
        guard let region = PacketRegion(rule.matches, sets: ruleset.sets) else { return }
        switch rule.action {
        case .drop, .reject: add(rule, region, place.hook, origin)
        // A rule that accepts whatever comes from somewhere is not about what is translated.
        case .accept where region.ports != nil: add(rule, region, place.hook, origin)
        case .redirect, .destinationNAT:
            add(rule, region, place.hook, origin, priority: place.priority ?? StandardChain.preroutingNAT.priority)
        default: break
        }
    }

    private mutating func add(
        _ rule: Rule,
        _ region: PacketRegion,
        _ hook: NetfilterHook,
        _ origin: RuleOrigin?,
        priority: Int32? = nil
    ) {
        var best = PacketRegion.Overlap.none
        var certain: [ForeignTranslation] = []
        var possible: [ForeignTranslation] = []
        for translation in translations where translation.hook == hook {
            var overlap = translation.overlap(region)
            if let priority {
                overlap = min(overlap, comesFirst(translation, before: priority))
            } else if region.holds(after: translation) {
                overlap = .none
            }
            guard overlap != .none else { continue }
            best = max(best, overlap)
            if overlap == .certain { certain.append(translation) } else { possible.append(translation) }
        }
        guard best != .none else { return }
        var shown = rule
        if shown.direction == nil { shown.direction = hook == .output ? .output : .input }
        findings.append(
            Finding(origin: origin, rule: shown, hook: hook, translations: certain + possible, overlap: best)
        )
    }

    /// Whether a translation comes before Weir's. Of chains with the same priority the newest comes first.
    private func comesFirst(_ translation: ForeignTranslation, before priority: Int32) -> PacketRegion.Overlap {
        guard let other = translation.priority else { return .maybe }
        if other != priority { return other < priority ? .certain : .none }
        return hooksInUse.contains(translation.hook) ? .maybe : .none
    }

    /// A policy for what comes in has no say in what is sent to other hosts.
    private mutating func lookAtPolicy() {
        guard findings.isEmpty, ruleset.policies[.input] == .drop, ruleset.policies[.forward] != .drop else { return }
        let elsewhere = translations.filter { translation in
            switch translation.target {
            case .other(let address?, _): translation.hook == .prerouting && !AddressRange(address).isLoopback
            default: false
            }
        }
        guard let first = elsewhere.first else { return }
        let overlap: PacketRegion.Overlap = elsewhere.contains(where: \.region.isExact) ? .certain : .maybe
        let rule = Rule(direction: .input, action: .drop)
        findings.append(Finding(origin: nil, rule: rule, hook: first.hook, translations: elsewhere, overlap: overlap))
    }
}

extension PacketRegion {
    /// Whether the rule of the region sees the connections after the translation too, with the addresses and ports that they have then.
    fileprivate func holds(after translation: ForeignTranslation) -> Bool {
        let newAddress: IPAddress?
        let newPort: UInt16?
        switch translation.target {
        case .unknown: return false
        case .thisHost(let port): (newAddress, newPort) = (nil, port)
        case .other(let address, let port): (newAddress, newPort) = (address, port)
        }
        // What goes to another address passes by the rules of `in`; which addresses are this host's own is not looked up.
        if translation.hook == .prerouting, let newAddress, !AddressRange(newAddress).isLoopback { return false }
        if let ports, let newPort, !ports.contains(newPort) { return false }
        guard let destinations else { return true }
        if case .thisHost = translation.target { return false }
        return newAddress.map(destinations.contains) ?? true
    }
}
