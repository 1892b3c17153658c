import RulesetModel

extension [Match] {
    /// Whether only packets that came in by an interface can match.
    var haveInputInterface: Bool {
        contains { match in
            if case .inputInterface(let interfaces) = match { !interfaces.isNegated } else { false }
        }
    }
}
