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
    case expiringMembers = "W007"
    case leftOut = "W010"
    case settingsStay = "W011"

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
        case .unknownName:
            "A name is used that nothing defines."
        case .duplicateDefinition:
            "A name, policy or setting is defined twice."
        case .circularDefinition:
            "Variables refer to each other in a circle."
        case .reservedName:
            "A chain or set has a name that Weir uses itself, or that nft could not read."
        case .wrongKindOfName:
            "A variable stands for matches where a value is expected, or the other way round."
        case .unreadableFile:
            "A file that the rule file names cannot be read."
        case .includeCycle:
            "Files include each other in a circle."
        case .includeTooDeep:
            "Files include each other more than 16 deep."
        case .tooManyFiles:
            "A rule file includes more than 1024 files."
        case .badListLine:
            "A line of a list that a set is read from is no member."
        case .wrongValue:
            "A value is of another kind than the place it stands in."
        case .numberOutOfRange:
            "A number is too small or too large."
        case .malformedNumber:
            "A number is written in a way that could be misread, such as with leading zeros."
        case .invalidAddress:
            "Something that should be an address or a prefix is neither."
        case .prefixTooLong:
            "The length of a prefix is more than the address has bits."
        case .hostBitsSet:
            "An address has bits behind its prefix length."
        case .unknownService:
            "A port has a name that is no service."
        case .unknownProtocol:
            "A protocol has a name that is not known."
        case .unknownICMPType:
            "An ICMP type or code has a name that is not known."
        case .reversedRange:
            "The first value of a range is larger than the last."
        case .mixedFamilies:
            "IPv4 and IPv6 stand where one family is needed."
        case .invalidInterface:
            "The kernel allows no interface of that name."
        case .unknownState:
            "A connection state or status has a name that is not known."
        case .unknownTCPFlag:
            "A TCP flag has a name that is not known."
        case .invalidRate:
            "A rate is not a number with a period, or its burst has another unit."
        case .invalidDuration:
            "A duration is not a number with a unit."
        case .wrongSetType:
            "A set holds another kind of values than is looked up in it."
        case .listNotAllowed:
            "Several values stand where there can be one only."
        case .negationNotAllowed:
            "`!` stands before a value that cannot be negated."
        case .setNotAllowed:
            "A named set stands where the values themselves are needed."
        case .emptyList:
            "A list holds nothing, so nothing can match it."
        case .unknownAccount:
            "There is no user or group of that name on this host."
        case .markOutsideMask:
            "A mark or a TCP flag lies outside its mask, so nothing can match it."
        case .textTooLong:
            "A log prefix, comment or value is longer than the kernel takes."
        case .unusableText:
            "A text has characters that cannot be kept in the kernel."
        case .unknownRejectType:
            "There is no such answer to a rejected packet."
        case .unknownLogLevel:
            "There is no such log level."
        case .setTooSmall:
            "A set has more members than its `size`."
        case .unknownScope:
            "There is no such scope of a route."
        case .verbNotInDirection:
            "The kernel has no such verb in this direction."
        case .verbNotInChain:
            "The kernel has no such verb in a base chain of this type or hook."
        case .contradiction:
            "The conditions of a rule exclude each other: no packet can match."
        case .portsWithoutProtocol:
            "Ports are asked for without a protocol that has ports."
        case .flagsWithoutTCP:
            "TCP flags or a TCP reset are asked for where packets need not be TCP."
        case .interfaceNotKnown:
            "A packet has no such interface at this place on its way."
        case .ownerNotKnown:
            "`skuid` or `skgid` is asked for where packets have no socket."
        case .mixedChain:
            "The verbs of a chain need base chains of different types."
        case .jumpLoop:
            "Chains jump to each other in a circle."
        case .jumpTooDeep:
            "Jumps are nested more than 15 deep."
        case .jumpToBaseChain:
            "A jump leads to a chain that the kernel calls by itself."
        case .invalidHook:
            "The kernel has no base chain of this type, hook and priority."
        case .invalidTarget:
            "The address or port that a packet is sent to does not fit the rule."
        case .acceptInChain:
            "`and accept` stands in a declared chain."
        case .levelAndGroup:
            "A log statement has both a level and a group."
        case .tooManyMatches:
            "A rule has more matches than the kernel takes."
        case .routeWithoutWay:
            "A route says neither a gateway nor an interface."
        case .conflictingRoute:
            "Parts of a route exclude each other."
        case .wrongGateway:
            "A gateway or source address is of another family than the destination, or cannot be reached."
        case .duplicateRoute:
            "Two routes have the same destination, table and metric."
        case .reservedPriority:
            "A priority of a routing rule is one that the kernel's own rules have, or out of range."
        case .duplicatePriority:
            "Two routing rules of one family have the same priority."
        case .reservedTable:
            "A routing table is the kernel's own."
        case .invalidSysctl:
            "A kernel setting is not below `net.`, or its name or value has other characters than such have."
        case .unusedName:
            "A name is defined and never used."
        case .unreachableRule:
            "A rule can never be reached."
        case .targetNotAccepted:
            "No rule accepts what a `redirect` or `dnat` lets in."
        case .hostBitsInList:
            "A list that a set is read from has addresses with bits behind their prefix length."
        case .includedTwice:
            "A file is included twice; the second time is left out."
        case .logPrefixAsComment:
            "A `log` rule has a comment but no prefix, which was probably meant to be the prefix."
        case .notExpressible:
            "The format that was asked for has no words for a part of the ruleset."
        case .expiringMembers:
            "A set has members of the file and a timeout, with which they expire."
        case .leftOut:
            "A part of the ruleset belongs to another format and is left out."
        case .settingsStay:
            "The way back leaves kernel settings alone, since a rule file does not say what they were before."
        }
    }
}
