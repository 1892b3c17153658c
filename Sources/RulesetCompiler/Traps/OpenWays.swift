import Diagnostics
import NetworkTypes
import RulesetModel

/// What the rules of a base chain that filters may let pass.
struct OpenWays {
    /// A rule that accepts.
    struct Opener {
        /// The rule, for `and accept` the one that says it.
        let key: ReachedRule.Key
        let rule: Rule
        /// How many of the rules that refuse stand before it.
        var refusalsBefore = 0
    }

    let direction: RulesetModel.Direction
    /// The declared chain; nil for the rules of the direction.
    let chain: String?
    /// What drops the packets that no rule before it decides on; nil where they pass.
    let closing: Closing?
    /// The packets that are dropped then; nil if they are all.
    let within: MatchRegion?
    /// The rules that may accept, as far as they stand before what drops the rest.
    let openers: [Opener]
    /// The rules that refuse.
    let refusals: [(key: ReachedRule.Key, rule: Rule)]
    /// Whether one of the openers accepts whatever belongs to a known connection.
    let keepsEstablished: Bool

    var isClosed: Bool { closing != nil }
}

/// Where it is written that packets are dropped which no rule decides on, and where a rule can be added that spares some.
struct Closing {
    let place: SourceRange
    /// Where to insert a line that packets have to meet first; nil if that is not known.
    let insertion: Insertion?
    /// Whether a rule there says no direction.
    let isInChain: Bool

    enum Insertion {
        case before(SourceRange)
        case behind(SourceRange)
        /// Before the first rule of the chain.
        case first(SourceRange)
    }
}

extension Compilation {
    /// The ways of each direction: those of its own rules, and those of each declared chain that filters it too. A rule that refuses
    /// the rest of some interface, family or protocol makes one of its own.
    func openWays(_ lists: [ReachedRules]) -> [OpenWays] {
        RulesetModel.Direction.allCases.flatMap { openWays($0, lists) }
    }

    private func openWays(_ direction: RulesetModel.Direction, _ lists: [ReachedRules]) -> [OpenWays] {
        var ways: [OpenWays] = []
        var hasOwn = false
        for list in lists {
            switch list.base {
            case .standard(let chain) where chain == direction.filterChain:
                hasOwn = true
                ways += openWays(direction, list, chain: nil)
            case .declared(let chain, let base) where base.hook == direction.hook && base.type == .filter:
                ways += openWays(direction, list, chain: chain)
            default: break
            }
        }
        if !hasOwn {
            ways += openWays(direction, ReachedRules(base: .standard(direction.filterChain)), chain: nil)
        }
        return ways
    }

    private func openWays(
        _ direction: RulesetModel.Direction,
        _ list: ReachedRules,
        chain: Int?
    ) -> [OpenWays] {
        var found = FoundWays()
        if chain == nil { found.openers = derivedOpeners(direction) }
        var closing: Closing?
        for reached in list.rules {
            let rule = withKnownMembers(reached.rule)
            if rule.action == .accept || (!list.isComplete && rule.action.targetChain != nil) {
                found.openers.append(.init(key: reached.key, rule: rule, refusalsBefore: found.refusals.count))
                found.keepsEstablished = found.keepsEstablished || rule.keepsAllEstablished
            }
            guard rule.action.refuses else { continue }
            found.refusals.append((reached.key, rule))
            guard !reached.isPassedBy else { continue }
            if rule.decidesOnAll {
                closing = self.closing(reached.key)
                break
            }
            if rule.isWide, found.opens(within: region(rule), { region($0) }) {
                found.parts.append((found.openers.count, found.keepsEstablished, rule, self.closing(reached.key)))
            }
        }
        if let policy = policyClosing(direction, chain) { closing = policy }
        let name = chain.map { chains.entries[$0].name }
        let parts = closing == nil ? found.parts : []
        let whole = OpenWays(
            direction: direction,
            chain: name,
            closing: closing,
            within: nil,
            openers: found.openers,
            refusals: found.refusals,
            keepsEstablished: found.keepsEstablished
        )
        return [whole]
            + parts.map { count, keepsEstablished, rule, closing in
                OpenWays(
                    direction: direction,
                    chain: name,
                    closing: closing,
                    within: region(rule),
                    openers: Array(found.openers[..<count]),
                    refusals: found.refusals,
                    keepsEstablished: keepsEstablished
                )
            }
    }

    /// What `and accept` adds to the rules of a direction.
    private func derivedOpeners(_ direction: RulesetModel.Direction) -> [OpenWays.Opener] {
        var openers: [OpenWays.Opener] = []
        for (number, rule) in ruleset.rules.enumerated() where rule.isAccepted {
            // What cannot be derived was reported.
            for derived in (try? rule.derivedAccepts()) ?? [] where derived.direction == direction {
                openers.append(.init(key: .init(chain: nil, number: number), rule: derived))
            }
        }
        return openers
    }

    // MARK: Where it is closed

    private func closing(_ key: ReachedRule.Key) -> Closing {
        let place = range(of: key)
        return Closing(place: place, insertion: .before(place), isInChain: key.chain != nil)
    }

    private func policyClosing(_ direction: RulesetModel.Direction, _ chain: Int?) -> Closing? {
        guard let chain else {
            guard ruleset.policies[direction] == .drop, let place = provenance.policies[direction] else { return nil }
            return Closing(place: place, insertion: .behind(place), isInChain: false)
        }
        guard chainBodies[chain].base?.policy == .drop else { return nil }
        let first = chainBodies[chain].ranges.first
        return Closing(
            place: chains.entries[chain].range,
            insertion: first.map { .first($0) },
            isInChain: true
        )
    }

    // MARK: What passes

    /// Whether some of the packets may be accepted; in doubt they are.
    func mayPass(_ packets: MatchRegion, _ ways: OpenWays, _ budget: inout Int) -> Bool {
        guard ways.isClosed else { return true }
        let packets = ways.within.map { packets.intersection($0) } ?? packets
        guard !packets.isEmpty else { return true }
        return ways.openers.contains { opener in
            budget -= 1
            return budget <= 0 || !packets.isDisjoint(with: region(opener.rule))
        }
    }
}

/// What was found of a list of rules so far.
private struct FoundWays {
    var openers: [OpenWays.Opener] = []
    var refusals: [(key: ReachedRule.Key, rule: Rule)] = []
    var keepsEstablished = false
    /// The rules that refuse the rest of some packets, each with how much stands before it.
    var parts: [(openers: Int, keepsEstablished: Bool, rule: Rule, closing: Closing)] = []

    /// Whether connections are accepted among these packets, so that what refuses the others means them.
    func opens(within packets: MatchRegion, _ region: (Rule) -> MatchRegion) -> Bool {
        // Who refuses many things by themselves does not mean the rest of anything.
        guard parts.count < 4 else { return false }
        let new = packets.intersection(MatchRegion([.connectionState(.new, isNegated: false)]))
        return openers.suffix(200).contains { $0.rule.namesPort && !new.isDisjoint(with: region($0.rule)) }
    }
}

extension RulesetModel.Direction {
    /// The hook where packets of the direction are filtered.
    fileprivate var hook: NetfilterHook { filterChain.hook }
}

extension Rule {
    /// Whether the rule accepts every packet of a known connection.
    fileprivate var keepsAllEstablished: Bool {
        guard action == .accept, matches.count == 1, case .connectionState(let states, let isNegated) = matches[0]
        else {
            return false
        }
        return states.contains(.established) != isNegated
    }

    /// Whether the rule is about some service.
    fileprivate var namesPort: Bool {
        matches.contains { if case .destinationPort = $0 { true } else { false } }
    }

    /// Whether the rule is about all packets of an interface, a family or a protocol.
    fileprivate var isWide: Bool {
        matches.allSatisfy { match in
            switch match {
            case .inputInterface, .outputInterface, .family: true
            case .transportProtocol(let protocols):
                if case .values(let values) = protocols.operand {
                    [.tcp, .udp].contains { values.contains($0) != protocols.isNegated }
                } else {
                    false
                }
            case .sourceAddress(let addresses), .destinationAddress(let addresses):
                if case .values(let values) = addresses.operand, !addresses.isNegated {
                    values.isWhole
                } else {
                    false
                }
            default: false
            }
        }
    }
}

extension AddressSet {
    /// Whether all addresses of each family of which there are any are there.
    fileprivate var isWhole: Bool {
        (ipv4.isEmpty || ipv4.complement.isEmpty) && (ipv6.isEmpty || ipv6.complement.isEmpty)
    }
}
