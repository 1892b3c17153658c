import Diagnostics
import Lowering
import NetworkTypes
import RulesetModel

extension Diagnostic {
    /// A format has no words for a part of the ruleset.
    static func notExpressible(
        _ error: Inexpressible,
        _ format: EmissionFormat,
        in ruleset: Ruleset,
        at range: SourceRange?
    ) -> Diagnostic {
        let part = error.origin.flatMap { ruleset.text(of: $0) }.map { " '\($0)'" } ?? " this"
        return Diagnostic(.notExpressible, "\(format.rawValue) cannot say\(part): \(error.reason)", at: range)
    }

    /// Parts of the ruleset belong to another format; nothing where there are none.
    static func leftOut(_ parts: [String], from format: EmissionFormat, seeking other: EmissionFormat) -> Diagnostic? {
        guard let last = parts.last else { return nil }
        let others = parts.dropLast()
        let list = others.isEmpty ? last : "\(others.joined(separator: ", ")) and \(last)"
        return Diagnostic(
            .leftOut,
            "the \(list) are left out of the \(format.rawValue) text; `--as \(other.rawValue)` writes them",
            at: nil
        )
    }

    /// The values that settings had before are not in a rule file.
    static var settingsStay: Diagnostic {
        Diagnostic(
            .settingsStay,
            "kernel settings stay as they are: a rule file does not say what they were before",
            at: nil
        )
    }
}

extension Ruleset {
    /// A part of the ruleset in the rule language; nothing where it is not there.
    fileprivate func text(of origin: RuleOrigin) -> String? {
        switch origin {
        case .rule(let index), .derivedAccept(let index): rules[checked: index]?.description
        case .chainRule(let chain, let rule): chains[checked: chain]?.rules[checked: rule]?.description
        case .chain(let index): chains[checked: index].map { "chain \($0.name)" }
        case .set(let index): sets[checked: index].map { "set \($0.name)" }
        case .route(let index): routes[checked: index]?.description
        case .routingRule(let index): routingRules[checked: index]?.description
        case .sysctl(let index): sysctls[checked: index]?.description
        }
    }
}

extension Array {
    /// The element at an index; nothing outside the array.
    fileprivate subscript(checked index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
