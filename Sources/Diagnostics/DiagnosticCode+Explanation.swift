extension DiagnosticCode {
    /// One sentence: what the code means. The reference in `docs/language.md` has the same.
    public var explanation: String {
        switch self {
        case .fileTooLarge:
            "The file, or it with all that it names, is larger than 64 MiB."
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
            "A match stands after the verb's arguments; matches come first."
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
            "A direction stands where none can be: it comes once, right after the verb or at the start of a block."
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
            "A chain or set has a name that Weir uses itself, or that no tool can carry."
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
            "An address has bits after its prefix length."
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
        case .unknownRouteWord:
            "There is no such feature, or no such preference, of a route."
        case .verbNotInDirection:
            "The kernel has no such verb in this direction."
        case .verbNotInChain:
            "The kernel has no such verb in a base chain of this type or hook, or in what it leads to."
        case .contradiction:
            "The conditions of a rule exclude each other: no packet can match."
        case .portsWithoutProtocol:
            "Ports are asked for without a protocol that has ports."
        case .flagsWithoutTCP:
            "TCP flags or a TCP reset are asked for where packets need not be TCP."
        case .interfaceNotKnown:
            "A packet has no such interface, or no such field, at this place on its way."
        case .ownerNotKnown:
            "`skuid` or `skgid` is asked for where packets have no socket."
        case .mixedChain:
            "A rule with a direction leads to a chain whose verbs need different base chains."
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
        case .lostCondition:
            "`and accept` stands after a condition that cannot be asked for again after the translation."
        case .tooManyMatches:
            "A rule has more matches than the kernel takes."
        case .routeWithoutWay:
            "A route says neither a gateway nor an interface."
        case .conflictingRoute:
            "Parts of a route exclude each other."
        case .wrongGateway:
            "A gateway or source address is of another family than the destination, or cannot be reached."
        case .duplicateRoute:
            "Two routes have the same destination, table, metric and type of service."
        case .reservedPriority:
            "A priority of a routing rule is one that the kernel's own rules have, or out of range."
        case .duplicatePriority:
            "Two routing rules of one family have the same priority, and the kernel cannot tell them apart."
        case .reservedTable:
            "A routing table is the kernel's own."
        case .invalidSysctl:
            "A kernel setting is not below `net.`, or its name or value has other characters than such have."
        case .conflictingRoutingRule:
            "Parts of a routing rule exclude each other, or its `goto` leads nowhere."
        case .unusedName:
            "A name is defined and never used."
        case .unreachableRule:
            "A rule can never be reached."
        case .targetNotAccepted:
            "No rule accepts what a `redirect` or `dnat` lets in."
        case .hostBitsInList:
            "A list that a set is read from has addresses with bits after their prefix length."
        case .includedTwice:
            "A file is included twice; the second time is left out."
        case .patternWithoutFile:
            "The pattern of an `include` fits no file."
        case .interfaceLikeEverything:
            "`any` or `all` stands where an interface is named, and is taken for its name."
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
        case .nftWord:
            "A chain or set is called like a word of nft, which cannot read its listing of that table."
        case .shadowedRule:
            "One earlier rule decides on all packets of a rule, which therefore gets none."
        case .answersDropped:
            "A policy drops the answers to connections that the file lets through."
        case .loopbackDropped:
            "A policy drops the connections of the host to itself."
        case .neighboursDropped:
            "A policy drops neighbour discovery, without which there is no IPv6."
        case .otherFamilyOpen:
            "A rule shuts out all but some addresses of one family, and the other family is open."
        case .serviceOfOtherProtocol:
            "A service is named that is not one of the rule's protocol."
        case .synAnswersRefused:
            "A rule against segments with SYN also refuses those that answer them."
        case .secondConnections:
            "A service is let in, and the connections that its data comes by are not."
        case .farDestination:
            "A route over an Ethernet link has a far destination and no router."
        case .neverMeant:
            "All jumps to a chain are about other packets than one of its rules."
        case .limitWithoutEffect:
            "An `accept` has a `limit` that keeps nothing out, or lets in only what exceeds it."
        case .sourceOfOtherWay:
            "Packets of this host are marked to leave another way, and keep the source address of the first one."
        case .otherFamilyBeside:
            "Packets of both families are marked, and the routing table has routes for one: the other passes it by."
        case .rangesNotPaired:
            "Several new addresses or ports: the kernel does not send each old one to its counterpart."
        case .everySegmentRefused:
            "A rule that refuses asks for TCP flags that every ordinary segment has."
        case .refusalUnderLimit:
            "A `drop` or `reject` has a `limit`: what exceeds the rate is not refused."
        case .translationOfLoopback:
            "A rule translates what comes in by `lo`, which is never translated there."
        case .loopbackTarget:
            "A `dnat` sends what comes from outside to a loopback address, where the kernel drops it."
        }
    }
}
