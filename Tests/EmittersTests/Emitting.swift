import Diagnostics
import Emitters
import NetworkTypes
import RulesetModel
import Testing

/// The text of a ruleset in a format; fails the test where there is none.
func emitted(
    _ ruleset: Ruleset,
    as format: EmissionFormat,
    families: AddressFamilies = .both,
    isUndo: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> String {
    var diagnostics = DiagnosticBag()
    let options = EmissionOptions(families: families, isUndo: isUndo)
    let text = emit(ruleset, as: format, options: options, diagnostics: &diagnostics)
    let messages = diagnostics.diagnostics.map(\.message).joined(separator: "\n")
    return try #require(text, "\(messages)", sourceLocation: sourceLocation)
}

/// What a format says against a ruleset.
func refusal(
    of ruleset: Ruleset,
    as format: EmissionFormat,
    sourceLocation: SourceLocation = #_sourceLocation
) -> String {
    var diagnostics = DiagnosticBag()
    let text = emit(ruleset, as: format, diagnostics: &diagnostics)
    #expect(text == nil, sourceLocation: sourceLocation)
    return diagnostics.diagnostics.map(\.message).joined(separator: "\n")
}

/// A ruleset of these rules and sets.
func ruleset(_ rules: [Rule], sets: [NamedSet] = [], chains: [Chain] = []) -> Ruleset {
    var ruleset = Ruleset()
    ruleset.rules = rules
    ruleset.sets = sets
    ruleset.chains = chains
    return ruleset.normalized()
}

let tcp = Match.transportProtocol(Membership([.tcp]))
let udp = Match.transportProtocol(Membership([.udp]))

func dport(_ ports: UInt16..., isNegated: Bool = false) -> Match {
    .destinationPort(Membership(IntervalSet(ports), isNegated: isNegated))
}

func on(_ patterns: String..., isNegated: Bool = false) -> Membership<[InterfacePattern]> {
    Membership(patterns.compactMap { InterfacePattern($0) }, isNegated: isNegated)
}

func addresses(_ ranges: String..., isNegated: Bool = false) -> Membership<AddressSet> {
    Membership(AddressSet(ranges.compactMap { try? AddressRange($0) }), isNegated: isNegated)
}

func range(_ text: String) -> AddressRange? {
    try? AddressRange(text)
}

/// The text of a ruleset in a format; nothing where there is none.
func emitted(quietly ruleset: Ruleset, as format: EmissionFormat) -> String? {
    var diagnostics = DiagnosticBag()
    return emit(ruleset, as: format, diagnostics: &diagnostics)
}
