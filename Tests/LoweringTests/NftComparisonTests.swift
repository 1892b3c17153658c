import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

/// What Weir makes of a rule, against what nft makes of the same in its own words.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct NftComparisonTests {
    @Test(arguments: NftCase.all)
    func theKernelHasTheSameRuleAsIfNftHadMadeIt(_ example: NftCase) throws {
        let desired = try example.lowered()
        var kernel = try KernelConnection()
        try kernel.apply(DesiredState(firewall: desired))
        expectSame(try kernel.table(), desired)

        // The listing is what a person would write, and nft makes the same listing of it again.
        let listing = try outputOf("nft", "-s", "list", "ruleset")
        #expect(rules(in: listing) == example.listed)
        try outputOf("nft", "flush", "ruleset")
        try outputOf("nft", "-f", "-", input: listing)
        #expect(try outputOf("nft", "-s", "list", "ruleset") == listing)

        try outputOf("nft", "flush", "ruleset")
        try outputOf("nft", "-f", "-", input: example.script(desired))
        let theirs = try kernel.table()
        #expect(rules(in: try outputOf("nft", "-s", "list", "ruleset")) == example.listed)
        if example.isDeliberate {
            #expect(theirs.rules != desired.rules, "listed as deliberate, and yet the same")
        } else {
            expectSame(theirs, desired)
        }
    }

    /// The rules of all chains in a listing, without counters.
    private func rules(in listing: String) -> [String] {
        listing.split(separator: "\n").filter { $0.hasPrefix("\t\t") && $0.contains("counter") }
            .map { $0.dropFirst(2).description }
    }
}

/// A rule in both languages.
struct NftCase: CustomTestStringConvertible {
    let rule: Rule
    /// What to tell nft; one text for each kernel rule.
    let told: [String]
    /// What nft lists.
    let listed: [String]
    /// Whether Weir's bytes are others on purpose.
    let isDeliberate: Bool
    /// Named sets of the table.
    var sets: [NamedSet] = []

    init(
        _ direction: Direction,
        _ matches: [Match],
        _ action: Action = .accept,
        log: LogStatement? = nil,
        comment: String? = nil,
        nft: String...,
        listed: [String]? = nil,
        isDeliberate: Bool = false,
        sets: [NamedSet] = []
    ) {
        rule = Rule(direction: direction, matches: matches, action: action, log: log, comment: comment)
        told = nft
        self.listed = listed ?? nft
        self.isDeliberate = isDeliberate
        self.sets = sets
    }

    var testDescription: String { told.joined(separator: " | ") }

    func lowered() throws -> FirewallState {
        var ruleset = Ruleset()
        ruleset.sets = sets
        ruleset.rules = [rule]
        ruleset.chains = [Chain(name: "later")]
        return try #require(try lower(ruleset).state.firewall)
    }

    /// The same table for nft.
    func script(_ firewall: FirewallState) -> String {
        var text = "table inet weir {\n"
        for set in firewall.sets {
            let type = ["ipv4_addr", "ipv6_addr", "inet_service", "ifname", "inet_proto", "mark"].first {
                Self.types[$0] == set.keyType
            }
            text +=
                "set \(set.name) { type \(type ?? "?"); \(set.flags.contains(.interval) ? "flags interval;" : "") }\n"
        }
        for chain in firewall.chains {
            text += "chain \(chain.name) {\n"
            if let base = chain.base {
                text += "type \(base.type.rawValue) hook \(base.hook) priority \(base.priority);\n"
            }
            text += "}\n"
        }
        text += "chain \(firewall.chains[0].name) {\n\(told.joined(separator: "\n"))\n}\n}\n"
        for set in firewall.sets where !set.elements.isEmpty {
            text += "add element inet weir \(set.name) { \(elements[set.name] ?? "") }\n"
        }
        return text
    }

    var elements: [String: String] = [:]

    private static let types: [String: UInt32] = [
        "ipv4_addr": 7, "ipv6_addr": 8, "inet_service": 13, "ifname": 41, "inet_proto": 12,
        "mark": 19,
    ]

    func with(_ elements: [String: String]) -> NftCase {
        var copy = self
        copy.elements = elements
        return copy
    }
}

extension FirewallState {
    /// The rules of all chains.
    var rules: [RuleObject] {
        chains.flatMap { $0.rules.map(\.rule) }
    }
}

/// Expects the same chains, sets and rules, by name.
func expectSame(
    _ left: FirewallState,
    _ right: FirewallState,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let leftChains = left.chains.sorted { $0.name < $1.name }
    let rightChains = right.chains.sorted { $0.name < $1.name }
    #expect(leftChains.map(\.name) == rightChains.map(\.name), sourceLocation: sourceLocation)
    for (one, two) in zip(leftChains, rightChains) {
        #expect(one.base == two.base, "chain \(one.name)", sourceLocation: sourceLocation)
        #expect(one.rules.count == two.rules.count, sourceLocation: sourceLocation)
        for (ruleOne, ruleTwo) in zip(one.rules, two.rules) {
            expectSame(ruleOne.rule, ruleTwo.rule, sourceLocation: sourceLocation)
        }
    }
    #expect(
        left.sets.sorted { $0.name < $1.name } == right.sets.sorted { $0.name < $1.name },
        sourceLocation: sourceLocation
    )
}

/// Expects the same expressions, sets and comment.
func expectSame(_ left: RuleObject, _ right: RuleObject, sourceLocation: SourceLocation = #_sourceLocation) {
    guard left != right else { return }
    let leftExpressions = Expression.decode(left.expressions) ?? []
    let rightExpressions = Expression.decode(right.expressions) ?? []
    let place = zip(leftExpressions, rightExpressions).prefix { $0 == $1 }.count
    let (one, two) = (leftExpressions.dropFirst(place).first, rightExpressions.dropFirst(place).first)
    Issue.record(
        """
        rules differ at expression \(place): \(String(describing: one)) is not \(String(describing: two)); \
        same sets: \(left.anonymousSets == right.anonymousSets), same userdata: \(left.userdata == right.userdata)
        """,
        sourceLocation: sourceLocation
    )
}
