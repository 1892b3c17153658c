public import Diagnostics
public import KernelObjects
public import Lowering
import NetworkTypes
public import Reconciliation
public import RulesetModel

/// Writes only what a plan changes, in a form for other tools; nothing at all where it changes nothing.
///
/// - Parameters:
///   - changes: What has to be done.
///   - observed: Weir's table as it was read.
///   - lowered: What `ruleset` was lowered to.
///   - format: `nft`, `iptables` or `ip`. The commands for iptables assume that its rules are what Weir's table says now.
///   - locate: Where a part of the ruleset was written, for diagnostics.
/// - Returns: The text; nothing where the format cannot say a part of the change, which is then in `diagnostics`.
public func emit(
    _ changes: ChangeSet,
    observed: FirewallState?,
    lowered: Lowered,
    of ruleset: Ruleset,
    as format: EmissionFormat,
    locate: (RuleOrigin) -> SourceRange? = { _ in nil },
    diagnostics: inout DiagnosticBag
) -> String? {
    do throws(Inexpressible) {
        let emission = ChangeEmission(changes: changes, observed: observed, lowered: lowered, ruleset: ruleset)
        let text = try emission.text(format)
        if let warning = emission.warning(format) { diagnostics.report(warning) }
        return text
    } catch {
        diagnostics.report(.notExpressible(error, format, in: ruleset, at: error.origin.flatMap(locate)))
        return nil
    }
}

/// One plan on its way into one format.
private struct ChangeEmission {
    let changes: ChangeSet
    let observed: FirewallState?
    let lowered: Lowered
    let ruleset: Ruleset

    func text(_ format: EmissionFormat) throws(Inexpressible) -> String {
        var text = TextBuffer()
        switch format {
        case .nft:
            guard let firewall = changes.firewall else { return "" }
            let writer = NftChanges(
                desired: lowered.state.firewall,
                familiesOfSets: ruleset.familiesOfSets,
                origin: lowered.origin
            )
            try writer.write(firewall, to: &text)
        case .iptables:
            guard changes.firewall != nil else { return "" }
            let before = try observedRules()
            let names = EmittedNames([before, ruleset], in: .iptables)
            try IptablesChanges(
                from: IptablesRuleset(before, named: names, for: .both),
                to: IptablesRuleset(ruleset, named: names, for: .both)
            ).writeCommands(to: &text)
        case .ip:
            try IPChanges(changes: changes, origin: lowered.origin).write(to: &text)
        case .iptablesRestore, .ipset, .json:
            throw Inexpressible("it is a form for whole rulesets; a difference can be had as nft, iptables or ip")
        }
        return text.text
    }

    /// What the format leaves out.
    func warning(_ format: EmissionFormat) -> Diagnostic? {
        switch format {
        case .ip: changes.firewall == nil ? nil : .leftOut(["rules, chains and sets"], from: format, seeking: .nft)
        default: .leftOut(routingParts, from: format, seeking: .ip)
        }
    }

    private var routingParts: [String] {
        [
            changes.routes.isEmpty ? nil : "routes", changes.routingRules.isEmpty ? nil : "policy routing rules",
            changes.sysctls.isEmpty ? nil : "kernel settings",
        ].compactMap(\.self)
    }

    /// What Weir's table says, in the rule language's terms.
    private func observedRules() throws(Inexpressible) -> Ruleset {
        let lifted = LiftedState(firewall: observed)
        guard lifted.leftovers.isEmpty else {
            throw Inexpressible("Weir's table holds what only the kernel has words for")
        }
        return lifted.ruleset
    }
}
