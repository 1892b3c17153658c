import Diagnostics
import RuleLanguage
import RulesetModel

/// A body of rules: the top level, a block or a chain.
final class RuleScope {
    /// Where the rules stand; nothing in a block whose rules say it each for itself.
    let place: Place?
    /// The index of the declared chain whose body it is in.
    let chain: Int?
    /// The enclosing body.
    let parent: RuleScope?
    /// The words before the brace of a block.
    let head: BlockSyntax?
    /// The matches of all heads, for the place that they were last asked for.
    private var last: (place: Place, matches: [Match]?)?

    /// The top level, or the body of a chain.
    init(place: Place?, chain: Int? = nil) {
        self.place = place
        self.chain = chain
        parent = nil
        head = nil
    }

    /// The body of a block.
    init(_ block: BlockSyntax, in parent: RuleScope) {
        place = block.direction.map { .direction($0.direction.model) } ?? parent.place
        chain = parent.chain
        self.parent = parent
        head = block
    }

    /// The matches that the rules of the body share; nothing where one is wrong.
    func matches(at place: Place, _ compilation: Compilation) -> [Match]? {
        guard let head else { return [] }
        if let last, last.place == place { return last.matches }
        var matches = parent?.matches(at: place, compilation)
        for clause in compilation.clauses(head.clauses, beside: head.range) {
            var own: [Match] = []
            if compilation.append(clause, at: place, to: &own) {
                matches?.append(contentsOf: own)
            } else {
                matches = nil
            }
        }
        last = (place, matches)
        return matches
    }
}

extension DirectionWord {
    /// The direction in the model.
    var model: RulesetModel.Direction {
        switch self {
        case .in: .input
        case .out: .output
        case .forward: .forward
        }
    }
}
