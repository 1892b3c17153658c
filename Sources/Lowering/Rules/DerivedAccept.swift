import NetworkTypes
public import RulesetModel

extension Rule {
    /// The rules that `and accept` stands for: each accepts, in a chain that the translated packets still have to pass, the
    /// connections that this rule translated.
    ///
    /// They know those connections by `ct status dnat` and by the port that was first asked for, so that the new port itself stays
    /// closed. Conditions that no longer hold behind the translation are left out.
    public var derivedAccepts: [Rule] {
        switch action {
        case .redirect(let redirect) where redirect.isAccepted:
            switch direction {
            case .input: [derived(.input, newAddress: nil)]
            // What this host redirects to itself leaves and comes in again by the loopback interface. Without that interface
            // the rule would let in what another rule redirects to a port that is closed to those outside.
            case .output:
                [
                    derived(.output, newAddress: nil),
                    derived(.input, newAddress: nil, inputInterface: .loopback),
                ]
            default: []
            }
        case .destinationNAT(let translation) where translation.isAccepted:
            switch (direction, translation.addresses) {
            case (.output, let addresses): [derived(.output, newAddress: addresses)]
            case (.input, let addresses?):
                [derived(addresses.isLoopback ? .input : .forward, newAddress: addresses)]
            // A new port alone leaves the destination as it was: this host or one behind it.
            case (.input, nil): [derived(.input, newAddress: nil), derived(.forward, newAddress: nil)]
            default: []
            }
        default: []
        }
    }

    /// Whether the rule asks for derived rules.
    fileprivate var isAccepted: Bool {
        switch action {
        case .redirect(let redirect): redirect.isAccepted
        case .destinationNAT(let translation): translation.isAccepted
        default: false
        }
    }

    private func derived(
        _ target: Direction,
        newAddress: AddressRange?,
        inputInterface: InterfaceName? = nil
    ) -> Rule {
        var conditions: [Match] = [.connectionStatus(.dnat, isNegated: false)]
        if let inputInterface { conditions.append(.inputInterface(Membership([InterfacePattern(inputInterface)]))) }
        if let newAddress { conditions.append(.destinationAddress(Membership(AddressSet(newAddress)))) }
        for match in matches {
            switch match {
            case .inputInterface, .family, .sourceAddress, .transportProtocol, .sourcePort, .icmp:
                conditions.append(match)
            case .destinationPort(let ports):
                conditions.append(.originalDestinationPort(ports))
            default: break
            }
        }
        return Rule(direction: target, matches: conditions, action: .accept)
    }
}

extension AddressRange {
    /// Whether all addresses are this host's own: 127.0.0.0/8 or ::1.
    fileprivate var isLoopback: Bool {
        switch self {
        case .ipv4(let range): range.lower.rawValue >> 24 == 127 && range.upper.rawValue >> 24 == 127
        case .ipv6(let range): range.lower.rawValue == 1 && range.upper.rawValue == 1
        }
    }
}

/// The rules that `and accept` stands for in a ruleset with chains: where a rule jumps to a chain with such rules, their derived
/// rules stand behind it and have its conditions too.
struct DerivedAccepts {
    /// A derived rule, and the rule of a declared chain that asked for it; nothing where the outer rule itself did.
    struct Entry {
        let rule: Rule
        let origin: RuleOrigin?
    }

    private let chains: [Chain]
    /// The chains from which a rule with `and accept` can be reached, by name.
    private let indices: [String: Int]
    /// The most rules that one rule may stand for: jumps that branch again and again would make too many.
    private static let most = 4096
    /// `NFT_JUMP_STACK_SIZE`: deeper jumps are refused by the kernel.
    private static let deepest = 16

    init(_ ruleset: Ruleset) {
        chains = ruleset.chains
        var reaching = Set(chains.filter { $0.rules.contains(where: \.isAccepted) }.map(\.name))
        var count = 0
        while !reaching.isEmpty, count != reaching.count {
            count = reaching.count
            for chain in chains where !reaching.contains(chain.name) {
                let leads = chain.rules.contains { $0.action.targetChain.map(reaching.contains) ?? false }
                if leads { reaching.insert(chain.name) }
            }
        }
        var indices: [String: Int] = [:]
        for (index, chain) in chains.enumerated() where reaching.contains(chain.name) { indices[chain.name] = index }
        self.indices = indices
    }

    /// The derived rules of a rule outside declared chains.
    func entries(of rule: Rule) throws(LoweringError.Reason) -> [Entry] {
        if rule.isAccepted { return rule.derivedAccepts.map { Entry(rule: $0, origin: nil) } }
        guard let target = rule.action.targetChain, let index = indices[target] else { return [] }
        var entries: [Entry] = []
        try collect(index, of: rule, depth: 1, into: &entries)
        return entries
    }

    private func collect(
        _ index: Int,
        of outer: Rule,
        depth: Int,
        into entries: inout [Entry]
    ) throws(LoweringError.Reason) {
        guard depth <= Self.deepest else { return }
        for (position, inner) in chains[index].rules.enumerated() {
            let target = inner.action.targetChain.flatMap { indices[$0] }
            guard inner.isAccepted || target != nil else { continue }
            let both = Rule(direction: outer.direction, matches: outer.matches + inner.matches, action: inner.action)
            if let target {
                try collect(target, of: both, depth: depth + 1, into: &entries)
            } else {
                let origin = RuleOrigin.chainRule(chain: index, rule: position)
                entries += both.derivedAccepts.map { Entry(rule: $0, origin: origin) }
            }
            if entries.count > Self.most { throw .tooLarge }
        }
    }
}

extension Chain {
    /// Whether a rule asks for derived rules that have no place, since packets come from the kernel and not from a rule.
    var hasLostAccepts: Bool {
        kind != .regular && rules.contains(where: \.isAccepted)
    }
}
