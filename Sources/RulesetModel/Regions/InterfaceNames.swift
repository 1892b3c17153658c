import NetworkTypes

/// Names of interfaces: all that some patterns mean, or all there can be, without those that others mean.
struct InterfaceNames: Hashable {
    /// What means the names; nothing means all.
    private var included: [InterfacePattern]?
    /// What means those that are left out.
    private var excluded: [InterfacePattern]

    /// The names that the patterns mean, or all others.
    init(_ patterns: [InterfacePattern], isNegated: Bool) {
        included = isNegated ? nil : patterns
        excluded = isNegated ? patterns : []
    }

    /// All other names, of names that are not left out themselves.
    var others: InterfaceNames? {
        guard let included, excluded.isEmpty else { return nil }
        return InterfaceNames(included, isNegated: true)
    }
}

extension InterfaceNames: ValueRegion {
    var isEmpty: Bool {
        included?.allSatisfy(isExcluded) ?? false
    }

    func intersection(_ other: InterfaceNames) -> InterfaceNames {
        var result = self
        if let mine = included, let theirs = other.included {
            result.included = mine.flatMap { own in theirs.compactMap { own.intersection($0) } }
        } else {
            result.included = included ?? other.included
        }
        result.excluded += other.excluded
        return result
    }

    func isSubset(of other: InterfaceNames) -> Bool {
        guard let included else { return other.included == nil && other.excluded.allSatisfy(isExcluded) }
        return included.allSatisfy { pattern in
            if isExcluded(pattern) { return true }
            if let wider = other.included, !wider.contains(where: { $0.intersection(pattern) == pattern }) {
                return false
            }
            return other.excluded.allSatisfy { gap in pattern.intersection(gap).map(isExcluded) ?? true }
        }
    }

    /// Whether one of the patterns that are left out means all that this one means. Several could do so together, which only names of one
    /// byte more could make out; that is not looked for.
    private func isExcluded(_ pattern: InterfacePattern) -> Bool {
        excluded.contains { $0.intersection(pattern) == pattern }
    }
}
