/// Where blanks stand between the tokens of a statement.
struct Spacing {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let statement: Keyword?
    private let isSetDeclaration: Bool

    /// The rules for a statement with these first tokens.
    init(bytes: UnsafeBufferPointer<UInt8>, statement: Token.Kind, second: Token.Kind) {
        self.bytes = bytes
        if case .keyword(let keyword) = statement {
            self.statement = keyword
        } else {
            self.statement = nil
        }
        let isVerb = second == .keyword(.mark) || second == .keyword(.ct)
        isSetDeclaration = self.statement == .set && !isVerb
    }

    /// Whether a brace after this token opens a list rather than a body; the walk has come to the token.
    func expectsList(after token: Token, _ walk: ValueWalk) -> Bool {
        switch statement {
        case .chain: return false
        case .route where token.kind != .keyword(.route): return false
        default: break
        }
        guard !isSetDeclaration else {
            return true
        }
        switch token.kind {
        case .equals, .exclamation, .slash:
            return true
        case .word(.name):
            return walk.expectsValue
        case .keyword(let keyword):
            return keyword.expectsValue || walk.expectsValue || keyword.refusal != nil || keyword == .route
        default:
            return false
        }
    }

    /// Whether a blank stands between two tokens that follow each other.
    func needsBlank(between left: Token, and right: Token) -> Bool {
        if statement == .sysctl, left.kind != .equals, right.kind != .equals {
            return isApart(left, right)
        }
        switch (left.kind, right.kind) {
        case (_, .comma), (.comma, _), (.leftBracket, _), (_, .rightBracket):
            return false
        case (_, .leftBracket):
            return left.kind != .minus
        case (.rightBracket, _):
            return right.kind.isWordLike
        case (.colon, _):
            return isSetDeclaration
        case (_, .colon):
            return !isSetDeclaration && !isAttachable(left)
        case (_, .slash):
            return isBlankAround(right)
        case (.slash, _):
            return isBlankAround(left)
        case (.minus, _), (.plus, _):
            return !isUnary(left)
        default:
            return true
        }
    }

    /// Whether blanks stand between two tokens in the file.
    private func isApart(_ left: Token, _ right: Token) -> Bool {
        left.end < right.start
    }

    /// Whether a sign stands before a number rather than between two values.
    private func isUnary(_ sign: Token) -> Bool {
        statement == .chain && isBlankBefore(sign) && !isBlankBehind(sign)
    }

    private func isBlankAround(_ token: Token) -> Bool {
        isBlankBefore(token) || isBlankBehind(token)
    }

    private func isBlankBefore(_ token: Token) -> Bool {
        token.start > 0 && isBlank(bytes[Int(token.start) - 1])
    }

    private func isBlankBehind(_ token: Token) -> Bool {
        Int(token.end) < bytes.count && isBlank(bytes[Int(token.end)])
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Whether the colon before a port stands right after this token without becoming a part of it.
    private func isAttachable(_ token: Token) -> Bool {
        switch token.kind {
        case .variable, .rightBracket:
            return true
        case .word(.address), .word(.range):
            return !bytes[Int(token.start)..<Int(token.end)].contains(UInt8(ascii: ":"))
        default:
            return false
        }
    }
}

extension Token.Kind {
    /// Whether the token is made of letters, digits or quotes.
    fileprivate var isWordLike: Bool {
        switch self {
        case .word, .keyword, .string, .variable, .setReference: true
        default: false
        }
    }
}

extension Keyword {
    /// Whether a value follows it, which may be a list.
    var expectsValue: Bool {
        switch self {
        case .on, .from, .to, .saddr, .daddr, .proto, .sport, .dport, .flags, .type, .code, .state, .status, .mark: true
        case .skuid, .skgid, .limit, .burst: true
        default: false
        }
    }
}
