import Diagnostics
import Emitters
import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel
import TestSupport
import Testing

/// Text that makes a difference and nothing else.
struct ChangeTests {
    @Test func onlyTheDifferenceIsWritten() throws {
        var old = ruleset([Rule(direction: .input, matches: [tcp, dport(22)], action: .accept)])
        old.sets = [NamedSet(name: "web", contents: .ports(IntervalSet([80, 443] as [UInt16])))]
        var new = ruleset([
            Rule(direction: .input, matches: [tcp, dport(22)], action: .accept),
            Rule(direction: .input, matches: [tcp, dport(23)], action: .drop),
        ])
        new.sets = [NamedSet(name: "web", contents: .ports(IntervalSet([80, 8080] as [UInt16])))]
        new.policies = [.input: .drop]
        new.routes = [Route(destination: try IPPrefix("8.8.8.8"), target: .blackhole)]
        new.sysctls = [Sysctl(name: "net.ipv4.ip_forward", value: "1")]
        expectSameText(
            try difference(old, new, as: .nft),
            """
            #!/usr/sbin/nft -f
            # For the kernel as it was read: rules are named by their handles.
            delete element inet weir web { 443 }
            add element inet weir web { 8080 }
            add chain inet weir input { policy drop; }
            add rule inet weir input tcp dport 23 counter drop

            """
        )
        expectSameText(
            try difference(old, new, as: .iptables),
            """
            #!/bin/sh
            set -e
            ipset del web 443
            ipset add web 8080
            iptables -t filter -I INPUT 2 -p tcp -m tcp --dport 23 -j DROP
            iptables -t filter -P INPUT DROP
            ip6tables -t filter -I INPUT 2 -p tcp -m tcp --dport 23 -j DROP
            ip6tables -t filter -P INPUT DROP

            """
        )
        expectSameText(
            try difference(old, new, as: .ip),
            """
            #!/bin/sh
            set -e
            ip route add blackhole 8.8.8.8/32 proto 172
            sysctl -w net.ipv4.ip_forward=1

            """
        )
        for format in [EmissionFormat.nft, .iptables, .ip] { #expect(try difference(new, new, as: format) == "") }
    }

    @Test func aFormForWholeRulesetsIsRefused() throws {
        var diagnostics = DiagnosticBag()
        let lowered = try lower(Ruleset())
        let text = emit(
            ChangeSet(),
            observed: nil,
            lowered: lowered,
            of: Ruleset(),
            as: .json,
            diagnostics: &diagnostics
        )
        #expect(text == nil)
        #expect(diagnostics.diagnostics.map(\.message).first?.contains("a form for whole rulesets") ?? false)
    }

    @Test(.freshNetworkNamespace, .requires(.nft), arguments: 0..<60 as Range<UInt64>)
    func nftMakesTheNewRulesetOfTheOldOne(seed: UInt64) throws {
        var (old, new) = rulesets(seed)
        // nft 1.0.6 crashes where it names rules by their handles in a table with such a list, one that it made itself too.
        old = old.withoutListsOfBits
        new = new.withoutListsOfBits
        var kernel = try KernelConnection()
        try apply(old, &kernel)
        let observed = try kernel.readState()
        let lowered = try lower(new)
        let changes = Reconciliation.difference(desired: lowered.state, observed: observed).changes
        let text = try written(changes, observed.firewall, lowered, new, as: .nft)
        try outputOf("nft", "-f", "-", input: text)
        let after = try kernel.readFirewall().firewall
        expectSameText(meaning(of: after), meaning(of: lowered.state.firewall))
    }

    @Test(
        .freshNetworkNamespace,
        .requires(.iptables, .ip6tables, .ipset),
        arguments: 0..<25 as Range<UInt64>
    )
    func iptablesMakesTheNewRulesetOfTheOldOne(seed: UInt64) throws {
        let (old, new) = rulesets(seed)
        guard let commands = emitted(quietly: old, as: .iptables), let whole = emitted(quietly: new, as: .iptables)
        else {
            return
        }
        var diagnostics = DiagnosticBag()
        let lowered = try lower(new)
        let observed = ObservedState(firewall: try lower(old).state.firewall)
        let changes = Reconciliation.difference(desired: lowered.state, observed: observed).changes
        let text = emit(
            changes,
            observed: observed.firewall,
            lowered: lowered,
            of: new,
            as: .iptables,
            diagnostics: &diagnostics
        )
        // A set of another size has to be made anew, which is refused.
        guard let text else { return }
        try outputOf("sh", input: commands)
        try outputOf("sh", input: text)
        let changed = try savedRules()
        try outputOf("sh", "-e", input: try emitted(new, as: .iptables, isUndo: true))
        try outputOf("sh", input: whole)
        expectSameText(changed, try savedRules())
    }

    // MARK: - Helpers

    /// Two rulesets of which one came of the other by changing some rules.
    private func rulesets(_ seed: UInt64) -> (Ruleset, Ruleset) {
        let first = Ruleset.random(seed: seed, size: 15).sayable
        var second = Ruleset.random(seed: seed &+ 10_000, size: 15).sayable
        guard seed % 3 > 0 else { return (first, second) }
        var generator = SeededGenerator(seed: seed)
        var rules = first.rules.filter { _ in Bool.random(using: &generator) || Bool.random(using: &generator) }
        if seed % 3 == 1, let last = rules.popLast() { rules.insert(last, at: 0) }
        let additions = Ruleset.random(seed: seed &+ 20_000, size: 5).sayable.rules.filter(\.needsNoNames)
        rules.insert(contentsOf: additions, at: rules.count / 2)
        second = first
        second.rules = rules
        return (first, second)
    }

    private func difference(_ old: Ruleset, _ new: Ruleset, as format: EmissionFormat) throws -> String {
        let lowered = try lower(new)
        let before = try lower(old).state
        let observed = ObservedState(
            firewall: before.firewall,
            routes: before.routes,
            sysctls: [SysctlObject(name: "net.ipv4.ip_forward", value: old.sysctls.isEmpty ? "0" : "1")]
        )
        let changes = Reconciliation.difference(desired: lowered.state, observed: observed).changes
        return try written(changes, before.firewall, lowered, new, as: format)
    }

    private func written(
        _ changes: ChangeSet,
        _ observed: FirewallState?,
        _ lowered: Lowered,
        _ ruleset: Ruleset,
        as format: EmissionFormat
    ) throws -> String {
        var diagnostics = DiagnosticBag()
        let text = emit(
            changes,
            observed: observed,
            lowered: lowered,
            of: ruleset,
            as: format,
            diagnostics: &diagnostics
        )
        return try #require(text, "\(diagnostics.diagnostics.map(\.message))")
    }

    private func apply(_ ruleset: Ruleset, _ kernel: inout KernelConnection) throws {
        let desired = try lower(ruleset).state
        let changes = Reconciliation.difference(desired: desired, observed: try kernel.readState()).changes
        guard let firewall = changes.firewall else { return }
        var transaction = try FirewallTransaction(firewall)
        try kernel.commit(&transaction, ifGeneration: try kernel.readGeneration())
    }
}

/// The meaning of Weir's table: bytes that differ on purpose between nft and Weir are the same here.
private func meaning(of firewall: FirewallState?) -> String {
    var firewall = firewall
    firewall?.chains.sort { $0.name < $1.name }
    let lifted = LiftedState(firewall: firewall)
    return "\(lifted.ruleset.normalized())\(lifted.leftovers)"
}

extension Rule {
    /// Whether the rule refers to no set and no chain.
    fileprivate var needsNoNames: Bool {
        action.targetChain == nil && !description.contains("@")
    }
}
