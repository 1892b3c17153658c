public import RulesetModel

/// A kernel rule in the rule language's terms.
public struct LiftedRule: Sendable, Hashable {
    /// What the rule does.
    public var rule: Rule
    /// How it differs from what Weir would make of that.
    public var notes: LiftNotes

    /// Creates the pair.
    public init(_ rule: Rule, notes: LiftNotes = []) {
        self.rule = rule
        self.notes = notes
    }
}

/// How a kernel rule differs from what the rule language says about it.
public struct LiftNotes: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The rule does not count packets; every rule of a ruleset does unless its options say otherwise.
    public static let noCounter = LiftNotes(rawValue: 1)
    /// The rule counts packets before it has tried all conditions.
    public static let countsEarly = LiftNotes(rawValue: 2)
}
