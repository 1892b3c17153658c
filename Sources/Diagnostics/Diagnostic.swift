/// One thing that is wrong, or worth knowing, about what the user wrote.
public struct Diagnostic: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        /// Nothing is done with the input.
        case error
        /// The input is used as it stands.
        case warning
        /// Adds to another diagnostic.
        case note
    }

    /// A further sentence, with the place that it is about.
    public struct Note: Sendable, Hashable {
        /// The sentence: lower case, no full stop.
        public let message: String
        /// The place, nil if it is about none.
        public let range: SourceRange?

        /// Makes a note.
        public init(_ message: String, at range: SourceRange? = nil) {
            self.message = message
            self.range = range
        }
    }

    /// A change of the text that would mend the mistake.
    public struct FixIt: Sendable, Hashable {
        /// What the change does, as a question or command: `did you mean 'dport'?`.
        public let message: String
        /// The bytes to replace; empty to insert.
        public let range: SourceRange
        /// What to put there.
        public let replacement: String

        /// Makes a fix-it.
        public init(_ message: String, replacing range: SourceRange, with replacement: String) {
            self.message = message
            self.range = range
            self.replacement = replacement
        }
    }

    /// How bad it is.
    public let severity: Severity
    /// The stable code.
    public let code: DiagnosticCode
    /// One sentence: lower case, no full stop, the user's text in `'…'`.
    public let message: String
    /// The place, nil for what is about no place in a file.
    public let range: SourceRange?
    /// Further sentences.
    public var notes: [Note]
    /// Changes that would mend it, the likeliest first.
    public var fixIts: [FixIt]

    /// Makes a diagnostic as severe as its code says.
    public init(
        _ code: DiagnosticCode,
        _ message: String,
        at range: SourceRange?,
        notes: [Note] = [],
        fixIts: [FixIt] = []
    ) {
        severity = code.severity
        self.code = code
        self.message = message
        self.range = range
        self.notes = notes
        self.fixIts = fixIts
    }
}
