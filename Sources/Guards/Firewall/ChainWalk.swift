import KernelObjects
import NetworkTypes

/// A packet's way through one base chain and all that it leads to.
struct ChainWalk {
    private let program: FirewallProgram
    private var run: RuleRun
    /// How many rules may still be tried; jumps can make few rules a long way.
    private var budget: Int

    /// The ways on.
    private(set) var passage = Passage(packet: nil)
    /// What rules that translate make of the connection; only in a nat chain.
    private(set) var translations: [(translation: Translation, packet: Packet, place: RulePlace)] = []

    /// `NFT_JUMP_STACK_SIZE`
    private static let deepest = 16

    init(_ program: FirewallProgram, _ chain: FirewallProgram.Chain, _ packet: Packet) {
        self.program = program
        budget = max(20_000, 4 * program.ruleCount)
        run = RuleRun(program, packet)
        let rest = walk(chain, packet, depth: 0)
        guard let rest else { return }
        if chain.base?.policy == .drop {
            passage.cuts.append(.policy(chain: chain.name))
        } else {
            passage.packet.join(rest)
        }
    }

    /// Tries a chain's rules; returns the packet as it comes back from the chain, nil if it does not.
    private mutating func walk(_ chain: FirewallProgram.Chain, _ packet: Packet, depth: Int) -> Packet? {
        guard depth <= Self.deepest else {
            giveUp(packet)
            return nil
        }
        var packet = packet
        // The packet where a rule that may hold has sent it back.
        var returned: Packet?
        for rule in chain.rules {
            guard budget > 0 else {
                giveUp(packet)
                return returned
            }
            budget -= 1
            let (truth, end, changed, rate) = run.run(rule, on: packet)
            if truth == .no {
                packet = changed
                continue
            }
            if truth == .maybe {
                let isRate = rate.map(end.sparesPackets(under:)) ?? false
                passage.doubt(isRate ? .rate(rule.place) : .rule(rule.place))
            }
            var rest: Packet? = truth == .maybe ? changed : nil
            switch end {
            case .next, .verdict(.continue): rest.join(changed)
            case .verdict(.accept): passage.packet.join(changed)
            case .verdict(.drop), .reject: passage.cuts.append(.rule(rule.place))
            case .verdict(.return): returned.join(changed)
            case .verdict(.jump(let name)): rest.join(enter(name, changed, depth, rule.place))
            case .verdict(.goto(let name)): returned.join(enter(name, changed, depth, rule.place))
            case .translate(let translation): translations.append((translation, changed, rule.place))
            case .anything:
                passage.doubt(.rule(rule.place))
                passage.cuts.append(.unjudged(rule.place))
                passage.packet.join(changed)
                rest.join(changed)
            }
            guard let rest else { return returned }
            packet = rest
        }
        returned.join(packet)
        return returned
    }

    private mutating func enter(_ name: String, _ packet: Packet, _ depth: Int, _ place: RulePlace) -> Packet? {
        guard let chain = program.chain(named: name) else {
            passage.doubt(.rule(place))
            giveUp(packet)
            return nil
        }
        return walk(chain, packet, depth: depth + 1)
    }

    /// Nothing more is said about a way.
    private mutating func giveUp(_ packet: Packet) {
        passage.cuts.append(.tooManyRules)
        passage.packet.join(packet)
    }
}
