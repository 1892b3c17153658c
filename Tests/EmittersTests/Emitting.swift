import Diagnostics
import Emitters
import NetworkTypes
import RulesetModel
import TestSupport
import Testing
import Vocabulary

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

/// New addresses: a prefix keeps the host part.
func target(_ text: String) -> TargetAddresses? {
    if let prefix = try? IPPrefix(text) { return TargetAddresses(prefix) }
    return (try? AddressRange(text)).map { TargetAddresses($0) }
}

/// The text of a ruleset in a format; nothing where there is none.
func emitted(quietly ruleset: Ruleset, as format: EmissionFormat) -> String? {
    var diagnostics = DiagnosticBag()
    return emit(ruleset, as: format, diagnostics: &diagnostics)
}

extension Ruleset {
    /// The ruleset without the rules whose log prefixes nft cannot say.
    var sayable: Ruleset {
        var ruleset = self
        let isSayable = { (log: LogStatement?) in !(log?.prefix.contains { $0 == "\"" || $0 == "$" } ?? false) }
        let filter = { (rule: Rule) in
            if case .log(let log) = rule.action { isSayable(log) } else { isSayable(rule.log) }
        }
        ruleset.rules = ruleset.rules.filter(filter)
        for index in ruleset.chains.indices { ruleset.chains[index].rules = ruleset.chains[index].rules.filter(filter) }
        return ruleset
    }
}

extension Ruleset {
    /// The ruleset without rules that ask for one of several values of a field that is no whole bytes.
    var withoutListsOfBits: Ruleset {
        var ruleset = self
        let filter = { (rule: Rule) in
            !rule.matches.contains { match in
                guard case .field(let match) = match, case .among(let values) = match.values else { return false }
                return match.row.type.bits % 8 != 0 && values.intervals.count > 1
            }
        }
        ruleset.rules = ruleset.rules.filter(filter)
        for index in ruleset.chains.indices { ruleset.chains[index].rules = ruleset.chains[index].rules.filter(filter) }
        return ruleset
    }
}

extension Ruleset {
    /// The ruleset without what iptables cannot say: base chains, and the rules that are refused one by one.
    var sayableByIptables: Ruleset {
        var ruleset = self
        ruleset.rules = []
        ruleset.chains.removeAll { $0.kind != .regular }
        for index in ruleset.chains.indices {
            let rules = ruleset.chains[index].rules
            ruleset.chains[index].rules = []
            for rule in rules {
                var probe = ruleset
                probe.chains[index].rules = [rule]
                probe.rules = [Rule(direction: .input, action: .jump(probe.chains[index].name))]
                if emitted(quietly: probe, as: .iptables) != nil { ruleset.chains[index].rules.append(rule) }
            }
        }
        var sayable: [Rule] = []
        for rule in rules {
            var probe = ruleset
            probe.rules = [rule]
            if emitted(quietly: probe, as: .iptables) != nil { sayable.append(rule) }
        }
        ruleset.rules = sayable
        return ruleset
    }
}

/// Rules, chains with policies and sets, without counters; empty tables are as good as none.
func savedRules() throws -> String {
    var text = ""
    for program in ["iptables", "ip6tables"] {
        for table in ["raw", "mangle", "nat", "filter"] { text += try outputOf(program, "-t", table, "-S") }
    }
    // Each set has a random start value of its hash, its members in the order of the hash, and clocks that run.
    let sets = try outputOf("ipset", "save").replacing(#/ initval 0x[0-9a-f]+/#, with: "")
        .replacing(#/(add .*) timeout \d+/#) { $0.1 }
    return text + sets.split(separator: "\n").sorted().joined(separator: "\n")
}
