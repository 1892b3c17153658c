import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Diagnostic {
    static func verbNotInDirection(
        _ verb: String,
        _ needs: ChainNeeds,
        _ direction: RulesetModel.Direction,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .verbNotInDirection,
            "the kernel cannot `\(verb)` packets of the direction `\(direction.rawValue)`; say \(needs.directions)",
            at: range
        )
    }

    static func jumpInDirection(
        _ chain: String,
        _ needs: ChainNeeds,
        _ direction: RulesetModel.Direction,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .verbNotInDirection,
            "the verbs of '\(chain)' cannot handle packets of the direction `\(direction.rawValue)`; say \(needs.directions)",
            at: range
        )
    }

    static func verbNotInChain(_ verb: String, _ missing: MissingForVerb, at range: SourceRange) -> Diagnostic {
        Diagnostic(.verbNotInChain, "the kernel cannot `\(verb)` here: \(missing.sentence)", at: range)
    }

    /// The way leads from the base chain to the verb's chain, jump by jump.
    static func verbNotInReachedChain(
        _ verb: String,
        _ missing: MissingForVerb,
        chain: String,
        base: (name: String, range: SourceRange),
        way: [(from: String, to: String, range: SourceRange)],
        at range: SourceRange
    ) -> Diagnostic {
        let jumps = way.map { Note("'\($0.from)' leads to '\($0.to)' here", at: $0.range) }
        return Diagnostic(
            .verbNotInChain,
            "the kernel cannot `\(verb)` in '\(chain)', which the base chain '\(base.name)' leads to: \(missing.sentence)",
            at: range,
            notes: [.init("the base chain is declared here", at: base.range)] + jumps
        )
    }

    static func mixedChain(
        _ chain: String,
        _ direction: RulesetModel.Direction,
        _ verbs: [(needs: ChainNeeds, range: SourceRange)],
        at range: SourceRange
    ) -> Diagnostic {
        let notes = verbs.lazy.filter { $0.needs != .mangle }.map { verb in
            let place = direction.standardChain(for: verb.needs)?.name
            let sentence = place.map { "would stand in '\($0)'" } ?? "is not possible with `\(direction.rawValue)`"
            return Note("\(verb.needs.verbs) \(sentence)", at: verb.range)
        }
        return Diagnostic(
            .mixedChain,
            "the verbs of '\(chain)' need different base chains, so no one place is right for it; "
                + "jump to it from chains that have a hook, or make a chain for each",
            at: range,
            notes: Array(notes)
        )
    }

    static func acceptInChain(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .acceptInChain,
            "`and accept` is for rules with a direction; add the rule that accepts by hand",
            at: range
        )
    }
}

extension Diagnostic {
    static func lostCondition(_ lost: LostCondition, andAccept: SourceRange?, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .lostCondition,
            "`and accept` cannot ask for this again after the translation: \(lost.reason.sentence); "
                + "add the rule that accepts by hand",
            at: range,
            notes: andAccept.map { [.init("here the translated connections are to be accepted", at: $0)] } ?? []
        )
    }
}

extension LostCondition.Reason {
    fileprivate var sentence: String {
        switch self {
        case .onFirstPacket: "it holds for the first packet of a connection, and need not for the others"
        case .neverOnFirstPacket: "it never holds for the first packet of a connection, and NAT sees no other"
        case .countsAgain: "each packet would be counted, not each connection"
        case .unknownBehindLoopback: "the packet comes in again by `lo`, where this is not known"
        }
    }
}

extension ChainNeeds {
    /// The directions in which the verbs are possible.
    fileprivate var directions: String {
        let names = RulesetModel.Direction.allCases.filter { $0.standardChain(for: self) != nil }
            .map { "`\($0.rawValue)`" }
        return names.joined(separator: " or ")
    }

    /// The verbs that have these demands.
    fileprivate var verbs: String {
        let names: [(ChainNeeds, String)] = [
            (.filter, "`reject`"), (.destinationNAT, "`redirect` or `dnat`"), (.sourceNAT, "`snat`"),
            (.masquerade, "`masquerade`"), (.mangle, "`set mark`"), (.raw, "`notrack`"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
    }
}

extension MissingForVerb {
    fileprivate var sentence: String {
        switch self {
        case .type(let type):
            "the base chain must be of type `\(type.rawValue)`"
        case .hooks(let hooks):
            "the hook must be " + hooks.map { "`\($0)`" }.joined(separator: " or ")
        case .earlyPriority:
            "connections are tracked before; the priority must be below \(BaseChain.trackingPriority)"
        }
    }
}
