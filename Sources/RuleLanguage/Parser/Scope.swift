import Diagnostics

/// What is around a statement.
struct Scope {
    /// What holds the statement.
    enum Holder {
        case file
        case block
        case chain
    }

    /// The direction that the enclosing blocks say.
    let direction: DirectionSyntax?
    /// What holds the statement.
    let holder: Holder

    /// The top level of a file.
    static let file = Scope(direction: nil, holder: .file)
    /// The body of a chain.
    static let chain = Scope(direction: nil, holder: .chain)

    /// The body of a block that stands here.
    func inside(_ direction: DirectionSyntax?) -> Scope {
        Scope(direction: direction ?? self.direction, holder: holder == .chain ? .chain : .block)
    }
}
