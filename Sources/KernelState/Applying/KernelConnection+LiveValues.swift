import KernelObjects
public import Reconciliation

extension KernelConnection {
    /// Changes with what packets and time have done to the objects that they make again: counters of rules, lifetimes of members. It is read
    /// as late as can be, since what is counted between reading and commit is lost.
    ///
    /// The changes are to be committed for the generation that they were made for: what is read of another one is then refused as stale.
    public mutating func withLiveValues(_ changes: FirewallChanges) throws(KernelStateError) -> FirewallChanges {
        var changes = changes
        do throws(ReadFailure) {
            for index in changes.chains.indices { try readCounters(of: &changes.chains[index]) }
            for index in changes.sets.indices {
                guard case .exchange(var exchange) = changes.sets[index], !exchange.transient.isEmpty else { continue }
                try readLifetimes(of: &exchange)
                changes.sets[index] = .exchange(exchange)
            }
        } catch {
            throw KernelStateError(readingFirewall: error)
        }
        return changes
    }

    /// Up to how many rules of a chain are asked for one by one: a dump takes time that grows with the square of the chain's length.
    private static let mostSingleRules = 32

    private mutating func readCounters(of change: inout ChainChange) throws(ReadFailure) {
        let places = change.countingRules
        guard !places.isEmpty, let observed = change.observed else { return }
        var counts: [UInt64: (packets: UInt64, bytes: UInt64)] = [:]
        var decoder = RuleDecoder()
        func count(_ payload: RawSpan) throws(KernelObjectsError) {
            let entry = try decoder.rule(payload)
            counts[entry.handle] = (entry.packets, entry.bytes)
        }
        if places.count > Self.mostSingleRules {
            _ = try firewall.dump(FirewallDump.rulesRequest(ofChain: change.name), count)
        } else {
            for place in places {
                let handle = observed.rules[place].handle
                try firewall.ask(FirewallDump.ruleRequest(handle: handle, ofChain: change.name), count)
            }
        }
        for place in places {
            guard let count = counts[observed.rules[place].handle] else { continue }
            change.observed?.rules[place].packets = count.packets
            change.observed?.rules[place].bytes = count.bytes
        }
    }

    private mutating func readLifetimes(of exchange: inout SetExchange) throws(ReadFailure) {
        let request = FirewallDump.elementsRequest(ofSet: exchange.observed.name)
        var alive: Set<SetKey> = []
        var collector: ElementCollector
        var attempts = 0
        repeat {
            collector = ElementCollector(exchange.observed)
            _ = try firewall.dump(request) { (payload) throws(KernelObjectsError) in try collector.add(payload) }
            alive.formUnion(collector.finish().elements.lazy.map(\.start))
            attempts += 1
        } while collector.isDisturbed && attempts < Self.mostAttempts
        exchange.transient = exchange.transient.compactMap { member in
            guard alive.contains(member.source) else { return nil }
            var member = member
            member.remaining = collector.remaining[member.source]
            return member.remaining == 0 ? nil : member
        }
    }
}
