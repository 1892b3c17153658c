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

    // Names and files
    case unknownName = "E050"
    case duplicateDefinition = "E051"
    case circularDefinition = "E052"
    case reservedName = "E053"
    case wrongKindOfName = "E054"
    case unreadableFile = "E055"
    case includeCycle = "E056"
    case includeTooDeep = "E057"
    case tooManyFiles = "E058"
    case badListLine = "E059"

    // Values and types
    case wrongValue = "E100"
    case numberOutOfRange = "E101"
    case malformedNumber = "E102"
    case invalidAddress = "E103"
    case prefixTooLong = "E104"
    case hostBitsSet = "E105"
    case unknownService = "E106"
    case unknownProtocol = "E107"
    case unknownICMPType = "E108"
    case reversedRange = "E109"
    case mixedFamilies = "E110"
    case invalidInterface = "E111"
    case unknownState = "E112"
    case unknownTCPFlag = "E113"
    case invalidRate = "E114"
    case invalidDuration = "E115"
    case wrongSetType = "E116"
    case listNotAllowed = "E117"
    case negationNotAllowed = "E118"
    case setNotAllowed = "E119"
    case emptyList = "E120"
    case unknownAccount = "E121"
    case markOutsideMask = "E122"
    case textTooLong = "E123"
    case unusableText = "E124"
    case unknownRejectType = "E125"
    case unknownLogLevel = "E126"
    case setTooSmall = "E127"
    case unknownScope = "E128"

    // What the kernel allows
    case verbNotInDirection = "E150"
    case verbNotInChain = "E151"
    case contradiction = "E152"
    case portsWithoutProtocol = "E153"
    case flagsWithoutTCP = "E154"
    case interfaceNotKnown = "E155"
    case ownerNotKnown = "E156"
    case mixedChain = "E157"
    case jumpLoop = "E158"
    case jumpTooDeep = "E159"
    case jumpToBaseChain = "E160"
    case invalidHook = "E161"
    case invalidTarget = "E162"
    case acceptInChain = "E163"
    case levelAndGroup = "E164"
    case tooManyMatches = "E165"
    case lostCondition = "E166"
    case notExpressible = "E180"

    // Routes, routing rules and kernel settings
    case routeWithoutWay = "E200"
    case conflictingRoute = "E201"
    case wrongGateway = "E202"
    case duplicateRoute = "E203"
    case reservedPriority = "E204"
    case duplicatePriority = "E205"
    case reservedTable = "E206"
    case invalidSysctl = "E207"

    // Warnings
    case logPrefixAsComment = "W001"
    case unusedName = "W002"
    case unreachableRule = "W003"
    case targetNotAccepted = "W004"
    case hostBitsInList = "W005"
    case includedTwice = "W006"
    case patternWithoutFile = "W007"
    case interfaceLikeEverything = "W008"
    case expiringMembers = "W009"
    case leftOut = "W010"
    case settingsStay = "W011"
    case nftWord = "W012"
    case rangesNotPaired = "W020"

    /// How bad a diagnostic with this code is.
    public var severity: Diagnostic.Severity {
        rawValue.utf8.first == UInt8(ascii: "W") ? .warning : .error
    }
}
