import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of rules are compared at most, so that the check takes no noticeable time in any file.
    private static var maximumComparisons: Int { 10_000_000 }

    /// Warns where a `redirect` or `dnat` sends packets into a chain that drops what no rule accepts, and none accepts them.
    func warnOfClosedTargets() {
        guard !openTargets.isEmpty else { return }
        var budget = Self.maximumComparisons
        for direction in [RulesetModel.Direction.input, .forward] where dropsByDefault(direction) {
            let targets = openTargets.compactMap { target in
                TranslatedPacket(ruleset.rules[target.rule], into: direction).map { (target, $0) }
            }
            guard !targets.isEmpty else { continue }
            let openers = ruleset.rules.filter { $0.direction == direction && $0.action.mayAccept }
            for (target, packet) in targets {
                var visited: Set<Int> = []
                let isAccepted = openers.contains { accepts($0, packet, &visited, &budget) }
                guard budget > 0 else { return }
                guard !isAccepted else { continue }
                let verb = ruleset.rules[target.rule].action.chainVerb
                report(.targetNotAccepted(verb, packet.ports, direction, at: target.range))
            }
        }
    }

    /// Whether packets of a direction are dropped that no rule decides on.
    func dropsByDefault(_ direction: RulesetModel.Direction) -> Bool {
        ruleset.policies[direction] == .drop || notes.refused.contains(direction)
    }

    /// Whether a rule, or the chain that it leads to, may accept the packet; `visited` are the chains that do not.
    private func accepts(
        _ rule: Rule,
        _ packet: TranslatedPacket,
        _ visited: inout Set<Int>,
        _ budget: inout Int
    ) -> Bool {
        budget -= 1
        guard budget > 0, packet.mayMatch(rule.matches, familiesOfSet: { familiesOfSet($0) }) else { return false }
        guard let name = rule.action.targetChain else { return rule.action == .accept }
        guard let target = chains.index(of: name), visited.insert(target).inserted else { return false }
        for rule in chainBodies[target].rules where rule.action.mayAccept {
            if accepts(rule, packet, &visited, &budget) { return true }
        }
        return false
    }
}

/// The first packet of a connection after the translation of its destination, as far as a rule file tells.
private struct TranslatedPacket {
    var inputInterfaces: Membership<[InterfacePattern]>?
    var families = AddressFamilies.both
    var destination: AddressRange?
    var protocols: Membership<[IPProtocol]>?
    /// The new port; nothing where the rule keeps the port and is about several.
    var ports: Interval<UInt16>?
    var originalPorts: IntervalSet<UInt16>?

    /// The packet that a rule makes and that then comes by the chain of a direction; nothing if none comes by.
    init?(_ rule: Rule, into direction: RulesetModel.Direction) {
        for match in rule.matches {
            switch match {
            case .inputInterface(let interfaces): inputInterfaces = interfaces
            case .transportProtocol(let protocols): self.protocols = protocols
            case .family(let family): families = AddressFamilies(family)
            case .destinationPort(let ports):
                if case .values(let values) = ports.operand, !ports.isNegated { originalPorts = values }
            default: break
            }
        }
        switch rule.action {
        case .redirect(let redirect):
            guard direction == .input else { return nil }
            ports = redirect.ports
        case .destinationNAT(let translation):
            guard let addresses = translation.addresses?.range, rule.direction == .input else { return nil }
            guard (addresses.isLoopback ? .input : .forward) == direction else { return nil }
            destination = addresses
            families = AddressFamilies(addresses.family)
            ports = translation.ports
        default:
            return nil
        }
        if rule.direction == .output {
            // What this host redirects to itself comes in by the loopback interface.
            inputInterfaces = Membership([InterfacePattern(.loopback)])
        }
        if ports == nil, let original = originalPorts, original.intervals.count == 1 {
            ports = original.intervals[0]
        }
    }

    /// Whether the packet may have what the matches ask for; in doubt it may.
    func mayMatch(_ matches: [Match], familiesOfSet: (String) -> AddressFamilies) -> Bool {
        matches.allSatisfy { match in
            match.families(familiesOfSet: familiesOfSet).isDisjoint(with: families) ? false : mayMatch(match)
        }
    }

    private func mayMatch(_ match: Match) -> Bool {
        switch match {
        case .inputInterface(let wanted):
            return inputInterfaces.map { $0.mayOverlap(wanted) } ?? true
        case .destinationAddress(let wanted):
            guard case .values(let values) = wanted.operand, let destination else { return true }
            let common = values.intersection(AddressSet(destination))
            return wanted.isNegated ? common != AddressSet(destination) : !common.isEmpty
        case .transportProtocol(let wanted):
            guard case .values(let values) = wanted.operand, let protocols, !protocols.isNegated,
                case .values(let own) = protocols.operand
            else { return true }
            return own.contains { values.contains($0) != wanted.isNegated }
        case .destinationPort(let wanted):
            return ports.map { wanted.mayHold($0) } ?? true
        case .originalDestinationPort(let wanted):
            return originalPorts.map { $0.intervals.contains { wanted.mayHold($0) } } ?? true
        case .icmp: return false
        case .connectionState(let states, let isNegated): return states.contains(.new) != isNegated
        case .connectionStatus(let status, let isNegated): return status.contains(.dnat) != isNegated
        default: return true
        }
    }
}

extension Membership<[InterfacePattern]> {
    /// Whether there may be an interface that both hold.
    fileprivate func mayOverlap(_ other: Self) -> Bool {
        guard case .values(let mine) = operand, case .values(let theirs) = other.operand else { return true }
        switch (isNegated, other.isNegated) {
        case (false, false): return mine.contains { left in theirs.contains { left.intersection($0) != nil } }
        case (false, true): return !mine.allSatisfy { left in theirs.contains { left.intersection($0) == left } }
        case (true, false): return !theirs.allSatisfy { left in mine.contains { left.intersection($0) == left } }
        case (true, true): return true
        }
    }
}

extension Membership<IntervalSet<UInt16>> {
    /// Whether one of the ports may be among the values.
    fileprivate func mayHold(_ ports: Interval<UInt16>) -> Bool {
        guard case .values(let values) = operand else { return true }
        let own = IntervalSet(ports)
        let common = values.intersection(own)
        return isNegated ? common != own : !common.isEmpty
    }
}

extension Action {
    /// Whether the rule, or a chain that it leads to, may let packets pass.
    fileprivate var mayAccept: Bool {
        self == .accept || targetChain != nil
    }

    /// The verb of a translation.
    fileprivate var chainVerb: String {
        if case .redirect = self { "redirect" } else { "dnat" }
    }
}
