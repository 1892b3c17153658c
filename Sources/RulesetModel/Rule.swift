/// One statement about packets: which, and what is done with them.
public struct Rule: Sendable, Hashable {
    /// The way of the packets; nothing inside a declared chain, which knows its own.
    public var direction: Direction?
    /// What must hold for the rule to act: all of them, in canonical order (`Match.rank`).
    public var matches: [Match]
    /// What is done.
    public var action: Action
    /// A line in the log before the action is done; never beside `Action.log`.
    public var log: LogStatement?
    /// Text for people: at most 128 bytes, no control characters, no `"`.
    public var comment: String?

    /// Creates a rule; the matches are brought into canonical order.
    public init(
        direction: Direction? = nil,
        matches: [Match] = [],
        action: Action,
        log: LogStatement? = nil,
        comment: String? = nil
    ) {
        self.direction = direction
        self.matches = Match.canonicalOrder(matches)
        self.action = action
        self.log = log
        self.comment = comment
    }
}
