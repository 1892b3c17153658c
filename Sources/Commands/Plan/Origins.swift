import Diagnostics
import Lowering
import RulesetCompiler

/// Finds where the rule file says what a kernel object is made from.
struct Origins {
    private let lowered: Lowered
    private let provenance: Provenance
    private let sources: SourceMap

    /// Creates the way back from kernel objects to text; nil if there was no text.
    init?(_ input: RulesetInput, _ lowered: Lowered) {
        guard let provenance = input.provenance else { return nil }
        self.lowered = lowered
        self.provenance = provenance
        sources = input.sources
    }

    /// `file:line` of what an object with this origin is made from.
    func place(_ origin: Int32) -> String? {
        range(origin).map(sources.location(of:))
    }

    /// `file:line` of the set that a set of the kernel is made from.
    func place(ofSet name: String) -> String? {
        lowered.setOrigins[name].flatMap(provenance.range(of:)).map(sources.location(of:))
    }

    /// `file:line` of a part of the ruleset.
    func place(of origin: RuleOrigin) -> String? {
        provenance.range(of: origin).map(sources.location(of:))
    }

    /// The text that an object with this origin is made from.
    func range(_ origin: Int32) -> SourceRange? {
        lowered.origin(origin).flatMap(provenance.range(of:))
    }
}

extension Provenance {
    /// Where a part of the ruleset was written.
    func range(of origin: RuleOrigin) -> SourceRange? {
        switch origin {
        case .rule(let index), .derivedAccept(let index): rules[checked: index]
        case .chainRule(let chain, let rule): chains[checked: chain]?.rules[checked: rule]
        case .chain(let index): chains[checked: index]?.name
        case .set(let index): sets[checked: index]
        case .route(let index): routes[checked: index]
        case .routingRule(let index): routingRules[checked: index]
        case .sysctl(let index): sysctls[checked: index]
        }
    }
}

extension Array {
    fileprivate subscript(checked index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
