public import Diagnostics

/// A value: a literal, a list, a reference.
///
/// What type it must have is for the place it stands in to say.
public struct ValueSyntax: Sendable, Hashable {
    /// The forms of a value.
    public enum Form: Sendable, Hashable {
        /// A word, or the two or three words of a quantity (`5 mbytes/second`), exactly as in the file.
        case literal(WordShape)
        /// A quoted string, its quotes included; ``StringSyntax`` decodes it.
        case string
        /// `$name`; the name starts one byte into the range.
        case variable
        /// `@name`; the name starts one byte into the range.
        case set
        /// `low-high`: two values, neither a list nor negated.
        case range(SyntaxList<ValueSyntax>)
        /// `value/mask`: two values, neither negated. The flags of `tcp flags syn / syn,ack` may be lists.
        case masked(SyntaxList<ValueSyntax>)
        /// `{ a, b }` or `a,b`: values that are no lists and not negated.
        case list(SyntaxList<ValueSyntax>)
    }

    // In this order the value fits into three registers without a field that straddles two, which is measurable.

    /// What kind of value it is.
    public let form: Form
    /// Whether `!` stands before it.
    public let isNegated: Bool
    /// The value without the `!` before it.
    public let range: SourceRange

    init(_ form: Form, _ range: SourceRange, isNegated: Bool = false) {
        self.range = range
        self.form = form
        self.isNegated = isNegated
    }

    /// The name that a variable or a set reference refers to, without its `$` or `@`.
    public var referencedName: NameSyntax? {
        switch form {
        case .variable, .set:
            NameSyntax(range: SourceRange(file: range.file, start: range.start + 1, end: range.end))
        default:
            nil
        }
    }
}

/// A word that names something.
public struct NameSyntax: Sendable, Hashable {
    /// The word, without a sigil.
    public let range: SourceRange
}

/// A quoted string.
public struct StringSyntax: Sendable, Hashable {
    /// The string with its quotes.
    public let range: SourceRange

    /// Names a string by its place.
    public init(range: SourceRange) {
        self.range = range
    }
}
