/// Collects the diagnostics of a run: each once, and no more than a reader can use.
public struct DiagnosticBag: Sendable {
    /// What was kept, in the order it was reported.
    public private(set) var diagnostics: [Diagnostic] = []
    /// Number of errors reported, kept or not.
    public private(set) var errorCount = 0
    /// Number of warnings reported, kept or not.
    public private(set) var warningCount = 0
    /// How many errors, and how many warnings, are kept.
    public let limit: Int

    private var seen: Set<Diagnostic> = []

    /// Makes an empty bag that keeps `limit` errors and as many warnings.
    public init(limit: Int = 100) {
        self.limit = limit
    }

    /// Takes a diagnostic in, unless the same was reported before.
    public mutating func report(_ diagnostic: Diagnostic) {
        guard !seen.contains(diagnostic) else {
            return
        }
        let keep: Bool
        switch diagnostic.severity {
        case .error:
            keep = errorCount < limit
            errorCount += 1
        case .warning, .note:
            keep = warningCount < limit
            warningCount += 1
        }
        if keep {
            seen.insert(diagnostic)
            diagnostics.append(diagnostic)
        }
    }

    /// Takes in everything another bag kept.
    public mutating func report(contentsOf other: DiagnosticBag) {
        for diagnostic in other.diagnostics {
            report(diagnostic)
        }
        errorCount += max(0, other.errorCount - other.limit)
        warningCount += max(0, other.warningCount - other.limit)
    }

    /// This bag with counts that are higher than what it kept: those of the bag that its diagnostics come from.
    public func counting(errors: Int, warnings: Int) -> DiagnosticBag {
        var bag = self
        bag.errorCount = max(errorCount, errors)
        bag.warningCount = max(warningCount, warnings)
        return bag
    }

    /// Whether there is an error: then nothing is done with the input.
    public var hasErrors: Bool {
        errorCount > 0
    }

    /// Whether further errors would only be counted; a parser may stop here.
    public var isFull: Bool {
        errorCount >= limit
    }

    /// How many diagnostics were reported but not kept.
    public var suppressedCount: Int {
        max(0, errorCount - limit) + max(0, warningCount - limit)
    }

    /// What was kept, in reading order: by file, place, and then as reported; what has no place comes first.
    public var sorted: [Diagnostic] {
        func key(_ diagnostic: Diagnostic) -> (Int64, UInt32) {
            diagnostic.range.map { (Int64($0.file.rawValue), $0.start) } ?? (-1, 0)
        }
        return diagnostics.enumerated()
            .sorted { left, right in
                let (leftKey, rightKey) = (key(left.element), key(right.element))
                return leftKey == rightKey ? left.offset < right.offset : leftKey < rightKey
            }
            .map(\.element)
    }
}
