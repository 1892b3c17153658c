/// Nodes of one kind that stand next to each other in one of the arrays of a ``RuleFileSyntax``.
///
/// `file[list]` gives the nodes. A list is 8 bytes and owns nothing, so a rule costs no allocation of its own.
public struct SyntaxList<Node>: Sendable, Hashable {
    /// Index of the first node.
    public let start: UInt32
    /// Number of nodes.
    public let count: UInt32

    /// The list without a node.
    public static var empty: Self {
        Self(start: 0, count: 0)
    }

    /// Whether there is no node.
    public var isEmpty: Bool {
        count == 0
    }

    init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    var indices: Range<Int> {
        Int(start)..<Int(start) + Int(count)
    }
}
