import Diagnostics
import Emitters
import FoundationEssentials
import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetCompiler
import RulesetModel
import TestSupport
import Testing
import Vocabulary

/// Every row of the vocabulary in every form that its values can have.
@Suite struct FieldTests {
    @Test(arguments: Field.all.map(\.words))
    func everyFormIsReadAndWritten(words: String) throws {
        let field = try #require(FieldWords.field(words))
        for text in try forms(of: field) {
            let rule = try compiled(text)
            expectSameText(try compiled("\(rule)").description, rule.description)
            #expect(try compiled("\(rule)") == rule, "\(text)")
            #expect(rule.matches.contains { if case .field(let match) = $0 { match.field == field } else { false } })

            let ruleset = ruleset([rule])
            let json = try emitted(ruleset, as: .json)
            let read = try JSONDecoder().decode(Ruleset.self, from: Data(json.utf8))
            #expect(read == ruleset, "\(json)")

            let firewall = try #require(try lower(ruleset).state.firewall)
            let lifted = LiftedState(firewall: firewall)
            #expect(lifted.leftovers.isEmpty, "\(text)")
            let again = try #require(try lower(lifted.ruleset).state.firewall)
            #expect(
                again.chains.map { $0.rules.map(\.rule) } == firewall.chains.map { $0.rules.map(\.rule) },
                "\(text)"
            )
            if lifted.ruleset.rules.count == 1 { #expect(lifted.ruleset.rules == ruleset.rules, "\(text)") }
        }
    }

    /// The bytes are those that nft makes of its own words, and the kernel takes them.
    @Test(.freshNetworkNamespace, .requires(.nft), arguments: Field.all.map(\.words))
    func nftMakesTheSameOfItsWords(words: String) throws {
        let field = try #require(FieldWords.field(words))
        let rules = try forms(of: field).map { try compiled($0) }
        let desired = try lower(ruleset(rules)).state
        try outputOf("nft", "-f", "-", input: try emitted(ruleset(rules), as: .nft))
        var kernel = try KernelConnection()
        let byNft = try #require(try kernel.readFirewall().firewall)
        #expect(LiftedState(firewall: byNft).leftovers.isEmpty)
        try outputOf("nft", "flush", "ruleset")
        let changes = try #require(difference(desired: desired, observed: try kernel.readState()).changes.firewall)
        var transaction = try FirewallTransaction(changes)
        try kernel.commit(&transaction, ifGeneration: try kernel.readGeneration())
        let byWeir = try #require(try kernel.readFirewall().firewall)
        #expect(byWeir.chains.map { $0.rules.map(\.rule) } == desired.firewall?.chains.map { $0.rules.map(\.rule) })
        let (left, right) = (byNft.chains.flatMap(\.rules), byWeir.chains.flatMap(\.rules))
        #expect(left.count == right.count)
        for (one, two) in zip(left, right) {
            #expect(one.rule == two.rule, "\(LiftedState(firewall: byWeir).ruleset.rules)")
        }
    }

    /// What iptables has words for, iptables takes, and saves as it was said.
    @Test(.freshNetworkNamespace, .requires(.iptables, .ip6tables), arguments: Field.all.map(\.words))
    func iptablesTakesItsWords(words: String) throws {
        let field = try #require(FieldWords.field(words))
        var said = 0
        let all = try forms(of: field)
        for text in all + all.map({ $0.replacing(field.field.words, with: "ip " + field.field.words) }) {
            guard let rule = RuleFileCompiler.compile(text: text).ruleset?.rules.first,
                let script = emitted(quietly: ruleset([rule]), as: .iptables)
            else { continue }
            let ruleset = ruleset([rule])
            said += 1
            try outputOf("sh", input: script)
            let saved = try savedRules()
            try outputOf("sh", input: try emitted(ruleset, as: .iptables, isUndo: true))
            #expect(try savedRules() != saved, "\(script)")
        }
        let hasWords = field.field.iptables.values.contains { if case .none = $0 { false } else { true } }
        #expect((said > 0) == hasWords, "\(words): \(said)")
    }

    /// The example of the reference is right.
    @Test(arguments: Field.all.map(\.words))
    func theExampleIsRight(words: String) throws {
        let field = try #require(FieldWords.field(words)).field
        _ = try compiled("count \(direction(of: field)) \(field.words) \(field.example)")
        for alias in field.aliases { _ = try compiled("count \(direction(of: field)) \(alias) \(field.example)") }
    }

    @Test func wordsAndLoadsAreOfOneFieldEach() {
        let words = Field.all.flatMap { [$0.words] + $0.aliases }
        #expect(Set(words).count == words.count)
        let loads = Field.all.flatMap { field -> [String] in
            [AddressFamily.ipv4, .ipv6].compactMap { family in
                field.load.value(for: family).map { String(describing: (family, $0, field.layer)) }
            }
        }
        for (index, load) in loads.enumerated() { #expect(!loads[..<index].contains(load), "\(load)") }
        #expect(Field.all.count > 80, "\(Field.all.count)")
    }

    // MARK: - Making texts

    private func direction(of field: Field) -> String {
        field.places == .beforeOutput ? "out" : "in"
    }

    /// Rules with one value, several, a range, bits under a mask, and the opposite of each, as far as the type has them.
    private func forms(of id: Field.ID) throws -> [String] {
        let field = id.field
        let start = "count \(direction(of: field)) \(field.words) "
        let (one, two) = samples(field.type)
        var values = [one]
        // What is one thing or the other is nothing else.
        if field.type.hasLists, field.type.greatest.number > 1 { values.append("{ \(one), \(two) }") }
        if field.type.hasRanges, field.type.greatest.number > 1 {
            values.append("\(one)-\(two)")
            if field.type.bits > 4 { values.append(contentsOf: wider(field.type, one, two)) }
        }
        if field.hasMasks { values.append("0x1/0x3") }
        return values.flatMap { [start + $0, start + "! " + $0] }
    }

    private func samples(_ type: ValueType) -> (String, String) {
        switch type {
        case .number(bits: 1): ("0", "1")
        case .number: ("1", "7")
        case .named(.codePoints, _): ("8", "46")
        case .named(let names, _): ("\(names.entries[0].name)", "\(names.entries[names.entries.count - 1].name)")
        case .hardwareAddress: ("52:54:00:12:34:56", "aa:bb:cc:dd:ee:ff")
        case .timeOfDay: ("08:00", "17:30:15")
        case .duration: ("5s", "1h30m")
        case .text: ("ftp", "tftp")
        case .interfaceKind: ("veth", "wireguard")
        }
    }

    /// A list with a range in it.
    private func wider(_ type: ValueType, _ one: String, _ two: String) -> [String] {
        switch type {
        case .number, .named: ["{ \(one)-\(two), 50-60 }"]
        case .timeOfDay: ["{ \(one)-\(two), 20:00-21:00 }", "22:00-06:00"]
        case .duration: ["{ \(one)-\(two), 3h }"]
        case .hardwareAddress, .text, .interfaceKind: []
        }
    }

    private func compiled(_ text: String) throws -> Rule {
        let result = RuleFileCompiler.compile(text: text)
        let problems = TextRenderer(map: result.sources).render(result.diagnostics)
        let ruleset = try #require(result.ruleset, "\(problems)")
        return try #require(ruleset.rules.first)
    }
}
