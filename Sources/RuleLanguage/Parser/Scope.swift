import Diagnostics

/// What is around a statement.
struct Scope {
    /// What holds the statement.
    enum Holder {
        case file
        case block
        case chain
    }

    /// What holds the statement.
    let holder: Holder
    /// The direction that the enclosing blocks say.
    let direction: DirectionSyntax?

    /// The top level of a file.
    static let file = Scope(holder: .file, direction: nil)
    /// The body of a chain.
    static let chain = Scope(holder: .chain, direction: nil)

    /// The body of a block that stands here.
    func inside(_ direction: DirectionSyntax?) -> Scope {
        Scope(holder: holder == .chain ? .chain : .block, direction: direction ?? self.direction)
    }
}
