public import Diagnostics
public import Lowering
public import NetworkTypes
public import RulesetModel

/// How a ruleset is written.
public struct EmissionOptions: Sendable {
    /// The families that `iptables` and `iptables-restore` text is for.
    public var families: AddressFamilies
    /// Whether the way back is written: what takes away what the text without this makes.
    public var isUndo: Bool

    /// Creates options.
    public init(families: AddressFamilies = .both, isUndo: Bool = false) {
        self.families = families
        self.isUndo = isUndo
    }
}

/// Writes a ruleset in a form for other tools.
///
/// - Parameters:
///   - locate: Where a part of the ruleset was written, for diagnostics.
/// - Returns: The text; nothing where the format cannot say a part of the ruleset, which is then in `diagnostics`. What belongs to
///   another format (routes in `nft`) is left out with a warning.
public func emit(
    _ ruleset: Ruleset,
    as format: EmissionFormat,
    options: EmissionOptions = EmissionOptions(),
    locate: (RuleOrigin) -> SourceRange? = { _ in nil },
    diagnostics: inout DiagnosticBag
) -> String? {
    do throws(Inexpressible) {
        let emission = Emission(ruleset: ruleset, format: format, options: options)
        let text = try emission.text()
        for warning in emission.warnings { diagnostics.report(warning) }
        return text
    } catch {
        let range = error.origin.flatMap(locate)
        diagnostics.report(.notExpressible(error, format, in: ruleset, at: range))
        return nil
    }
}

/// One ruleset on its way into one format.
private struct Emission {
    let ruleset: Ruleset
    let format: EmissionFormat
    let options: EmissionOptions

    func text() throws(Inexpressible) -> String {
        var text = TextBuffer()
        switch format {
        case .nft:
            if options.isUndo {
                NftScript.writeRemoval(to: &text)
            } else {
                let names = EmittedNames([ruleset], in: .nft)
                try NftScript(content: TableContent(names.applied(to: ruleset)), names: names).write(to: &text)
            }
        case .iptables:
            let rules = try IptablesRuleset(ruleset, named: iptablesNames, for: options.families)
            IptablesCommands(rules: rules, isUndo: options.isUndo).write(to: &text)
        case .iptablesRestore:
            let rules = try IptablesRuleset(ruleset, named: iptablesNames, for: options.families)
            IptablesRestore(rules: rules, isUndo: options.isUndo).write(to: &text)
        case .ipset:
            let names = iptablesNames
            let sets = try IPSet.all(in: names.applied(to: ruleset), options.families)
            IPSetRestore(sets: sets, names: names, isUndo: options.isUndo).write(to: &text)
        case .ip:
            IPCommands(ruleset: ruleset, isUndo: options.isUndo).write(to: &text)
        case .json:
            return try json(options.isUndo ? Ruleset() : ruleset)
        }
        return text.text
    }

    /// What the format leaves out.
    var warnings: [Diagnostic] {
        switch format {
        case .nft, .iptables, .iptablesRestore, .ipset:
            return [.leftOut(routingParts, from: format, seeking: .ip)].compactMap(\.self)
        case .ip:
            return [
                .leftOut(firewallParts, from: format, seeking: .nft),
                options.isUndo && !ruleset.sysctls.isEmpty ? .settingsStay : nil,
            ].compactMap(\.self)
        case .json:
            return []
        }
    }

    private var routingParts: [String] {
        [
            ruleset.routes.isEmpty ? nil : "routes", ruleset.routingRules.isEmpty ? nil : "policy routing rules",
            ruleset.sysctls.isEmpty ? nil : "kernel settings",
        ].compactMap(\.self)
    }

    private var firewallParts: [String] {
        [
            ruleset.rules.isEmpty ? nil : "rules", ruleset.chains.isEmpty ? nil : "chains",
            ruleset.sets.isEmpty ? nil : "sets", ruleset.policies.isEmpty ? nil : "policies",
        ].compactMap(\.self)
    }

    private var iptablesNames: EmittedNames {
        EmittedNames([ruleset], in: .iptables)
    }
}
