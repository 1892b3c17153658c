import Diagnostics

/// What was found after a rule's verb.
struct RuleTail {
    /// What is around the rule.
    let scope: Scope
    var direction: DirectionSyntax?
    /// The number of the rule's first match among the file's.
    var firstClause: UInt32 = 0
    var comment: StringSyntax?
    /// Whether matches may still follow.
    var isMatching = true
    /// Whether only `from` and `to` stand between `forward` and here.
    var isInDirection = false
    /// Whether `to` an interface was there.
    var hasOutgoing = false
    var hasTarget = false
    var hasRejectType = false
    var hasAndAccept = false
    var hasLog = false
    var flags: [NATFlag] = []
    /// The options of the verb `log`.
    var log: LogOptions?
}
