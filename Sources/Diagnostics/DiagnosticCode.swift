/// Every code a diagnostic can have.
///
/// A code, once released, keeps its meaning and is never given to another.
///
/// Ranges: E001–E019 characters and encoding · E020–E049 grammar · E050–E099 names and includes · E100–E149 values and
/// types · E150–E199 what the kernel or a format allows · E200–E229 routes and routing rules · W001– warnings.
public enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
    // Characters and encoding
    case fileTooLarge = "E001"
    case nulByte = "E002"
    case invalidUTF8 = "E003"
    case unexpectedCharacter = "E004"
    case unterminatedString = "E005"
    case invalidEscape = "E006"
    case loneCarriageReturn = "E007"

    // Grammar
    case unknownStatement = "E020"
    case unexpectedToken = "E021"
    case expectedValue = "E022"
    case keywordAsValue = "E023"
    case keywordAsName = "E024"
    case expectedName = "E025"
    case unclosedBrace = "E026"
    case unmatchedBrace = "E027"
    case nestingTooDeep = "E028"
    case misplacedStatement = "E029"
    case notInLanguage = "E030"
    case unknownMatch = "E031"
    case matchAfterArguments = "E032"
    case missingArgument = "E033"
    case argumentOfOtherVerb = "E034"
    case givenTwice = "E035"
    case tooManyStatements = "E036"
    case unknownWord = "E037"
    case misplacedDirection = "E038"
    case wrongNegation = "E039"
    case expectedString = "E040"
    case missingDirection = "E041"
    case listWithoutBraces = "E042"

    // Warnings
    case logPrefixAsComment = "W001"

    /// How bad a diagnostic with this code is.
    public var severity: Diagnostic.Severity {
        rawValue.utf8.first == UInt8(ascii: "W") ? .warning : .error
    }

    /// One sentence for the reference: what the code means.
    public var explanation: String {
        switch self {
        case .fileTooLarge:
            "The file is larger than 64 MiB."
        case .nulByte:
            "The file holds a NUL byte, so it is no text."
        case .invalidUTF8:
            "The file holds bytes that are not UTF-8."
        case .unexpectedCharacter:
            "A character has no meaning in the language, such as a typographic quote or a control character."
        case .unterminatedString:
            "A quoted string does not end on its line."
        case .invalidEscape:
            "A backslash in a string is followed by something other than a quote, a backslash, `n` or `t`."
        case .loneCarriageReturn:
            "A carriage return stands without the line feed that would make it a line end."
        case .unknownStatement:
            "A line does not start with a verb, a declaration or the shared words of a block."
        case .unexpectedToken:
            "Something stands where the grammar has no place for it."
        case .expectedValue:
            "A value is missing."
        case .keywordAsValue:
            "A keyword stands where a value is expected; keywords are reserved everywhere."
        case .keywordAsName:
            "A keyword is used as a name; keywords are reserved everywhere."
        case .expectedName:
            "A name is missing, or holds characters a name cannot have."
        case .unclosedBrace:
            "A brace is opened and never closed."
        case .unmatchedBrace:
            "A brace is closed that was never opened."
        case .nestingTooDeep:
            "Blocks are nested more than 64 deep."
        case .misplacedStatement:
            "A statement stands inside a block or chain but belongs at the top level of a file, or the other way round."
        case .notInLanguage:
            "The word is reserved but the language has no such statement, verb or match."
        case .unknownMatch:
            "A word in a rule is no match, argument or direction."
        case .matchAfterArguments:
            "A match stands behind the verb's arguments; matches come first."
        case .missingArgument:
            "A verb or statement lacks an argument it cannot do without."
        case .argumentOfOtherVerb:
            "A verb has an argument that belongs to other verbs."
        case .givenTwice:
            "Something that can be given once is given twice."
        case .tooManyStatements:
            "The file holds more statements or values than can be handled."
        case .unknownWord:
            "A word is none of those that are possible here."
        case .misplacedDirection:
            "A direction stands where none can be: it comes once, right behind the verb or at the start of a block."
        case .wrongNegation:
            "A negation is written in a way the language does not have; it is `!` before the whole value."
        case .expectedString:
            "A quoted string is missing."
        case .missingDirection:
            "A rule outside chains says neither itself nor by a block around it which direction it is about."
        case .listWithoutBraces:
            "Several values stand without braces where a list needs them."
        case .logPrefixAsComment:
            "A `log` rule has a comment but no prefix, which was probably meant to be the prefix."
        }
    }
}
