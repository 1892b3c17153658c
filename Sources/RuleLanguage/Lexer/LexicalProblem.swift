/// What is wrong with the bytes of a token.
enum LexicalProblem {
    /// A character without a meaning in the language.
    case unexpectedCharacter(start: Int, end: Int)
    /// A string without its closing quote on the line; the place of the opening one.
    case unterminatedString(start: Int)
    /// A backslash with something after it that is no escape; the place of the backslash.
    case invalidEscape(start: Int, end: Int)
    /// A carriage return that ends no line.
    case loneCarriageReturn(start: Int)
}
