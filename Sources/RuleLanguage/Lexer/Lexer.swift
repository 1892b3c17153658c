import Diagnostics

/// Cuts the bytes of a file into tokens, one at a time and without an allocation.
///
/// Copying a lexer is the way to look ahead.
struct Lexer {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let classes: UnsafeBufferPointer<UInt8>
    private let keywords: KeywordTable
    private let keepsComments: Bool
    /// Offset of the next byte to look at.
    private var position = 0
    /// What was wrong with the last token that had a problem; whoever reports it sets it to nil.
    var problem: LexicalProblem?

    /// Starts at the beginning of a file; a byte order mark is skipped.
    ///
    /// `classes` is ``ByteClass/table``; both buffers must outlive the lexer.
    init(
        bytes: UnsafeBufferPointer<UInt8>,
        classes: UnsafeBufferPointer<UInt8>,
        keepsComments: Bool = false
    ) {
        self.bytes = bytes
        self.classes = classes
        self.keepsComments = keepsComments
        keywords = .shared
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            position = 3
        }
    }

    /// Continues at an offset of the file.
    mutating func move(to offset: UInt32) {
        position = min(Int(offset), bytes.count)
    }

    /// The next token; the end of the file again and again once it is reached.
    @inline(__always)
    mutating func next() -> Token {
        skipSpace()
        guard position < bytes.count else {
            return token(.endOfFile, length: 0)
        }
        let byte = bytes[position]
        if ByteClass(rawValue: classes[Int(byte)]).isDisjoint(with: .alphanumeric) {
            return punctuation(byte)
        }
        return word()
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                position += 1
            case UInt8(ascii: "#") where !keepsComments:
                skipComment()
            case UInt8(ascii: "\\"):
                // A backslash at the end of a line joins it with the next.
                if byte(at: position + 1) == UInt8(ascii: "\n") {
                    position += 2
                } else if byte(at: position + 1) == UInt8(ascii: "\r"), byte(at: position + 2) == UInt8(ascii: "\n") {
                    position += 3
                } else {
                    return
                }
            default:
                return
            }
        }
    }

    /// Moves to the line end after a comment.
    private mutating func skipComment() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            if bytes[position] == UInt8(ascii: "\r") {
                if byte(at: position + 1) == UInt8(ascii: "\n") {
                    return
                }
                problem = .loneCarriageReturn(start: position)
            }
            position += 1
        }
    }

    private mutating func punctuation(_ byte: UInt8) -> Token {
        switch byte {
        case UInt8(ascii: "\n"): token(.newline)
        case UInt8(ascii: ";"): token(.semicolon)
        case UInt8(ascii: "{"): token(.leftBrace)
        case UInt8(ascii: "}"): token(.rightBrace)
        case UInt8(ascii: "["): token(.leftBracket)
        case UInt8(ascii: "]"): token(.rightBracket)
        case UInt8(ascii: ","): token(.comma)
        case UInt8(ascii: "="): token(.equals)
        case UInt8(ascii: "!"): token(.exclamation)
        case UInt8(ascii: "/"): token(.slash)
        case UInt8(ascii: "-"): token(.minus)
        case UInt8(ascii: "+"): token(.plus)
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "$"): reference(.variable)
        case UInt8(ascii: "@"): reference(.setReference)
        case UInt8(ascii: ":"): self.byte(at: position + 1) == byte ? word() : token(.colon)
        case UInt8(ascii: "\r"): carriageReturn()
        case UInt8(ascii: "#"): comment()
        default: unexpected()
        }
    }

    private mutating func token(_ kind: Token.Kind, length: Int = 1) -> Token {
        let start = position
        position += length
        return token(kind, from: start)
    }

    @inline(__always)
    private func token(_ kind: Token.Kind, from start: Int) -> Token {
        Token(kind: kind, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: position))
    }

    @inline(__always)
    private func byte(at index: Int) -> UInt8 {
        index < bytes.count ? bytes[index] : 0
    }

    @inline(__always)
    private func byteClass(at index: Int) -> ByteClass {
        index < bytes.count ? ByteClass(rawValue: classes[Int(bytes[index])]) : []
    }

    private mutating func carriageReturn() -> Token {
        if byte(at: position + 1) == UInt8(ascii: "\n") {
            return token(.newline, length: 2)
        }
        problem = .loneCarriageReturn(start: position)
        return token(.invalid)
    }

    private mutating func comment() -> Token {
        let start = position
        skipComment()
        return token(.comment, from: start)
    }

    private mutating func unexpected() -> Token {
        let start = position
        let length = UTF8Decoding.decode(bytes, at: position).length
        position += length
        problem = .unexpectedCharacter(start: start, end: position)
        return token(.invalid, from: start)
    }

    /// A string that does not end on its line is a token to the end of the line, so that it is one mistake only.
    private mutating func string() -> Token {
        let start = position
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return token(.string, from: start)
            case UInt8(ascii: "\n"):
                problem = .unterminatedString(start: start)
                return token(.string, from: start)
            case UInt8(ascii: "\r") where self.byte(at: position + 1) == UInt8(ascii: "\n"):
                problem = .unterminatedString(start: start)
                return token(.string, from: start)
            case UInt8(ascii: "\\"):
                escape()
            case UInt8(ascii: "\t"):
                position += 1
            case 0..<0x20, 0x7F:
                problem = .unexpectedCharacter(start: position, end: position + 1)
                position += 1
            default:
                position += 1
            }
        }
        problem = .unterminatedString(start: start)
        return token(.string, from: start)
    }

    private mutating func escape() {
        switch byte(at: position + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0:
            problem = .invalidEscape(start: position, end: position + 1)
            position += 1
        default:
            let length = UTF8Decoding.decode(bytes, at: position + 1).length
            problem = .invalidEscape(start: position, end: position + 1 + length)
            position += 1 + length
        }
    }

    private mutating func reference(_ kind: Token.Kind) -> Token {
        let start = position
        position += 1
        while position < bytes.count {
            let byteClass = byteClass(at: position)
            let isName = !byteClass.isDisjoint(with: .alphanumeric) && bytes[position] != UInt8(ascii: "*")
            let isInner = byteClass == .hyphen && !self.byteClass(at: position + 1).isDisjoint(with: .alphanumeric)
            guard isName || isInner else {
                break
            }
            position += 1
        }
        guard position > start + 1 else {
            problem = .unexpectedCharacter(start: start, end: position)
            return token(.invalid, from: start)
        }
        return token(kind, from: start)
    }
}

// MARK: - Words

extension Lexer {
    /// A word and its shape. Hyphens, colons and slashes belong to it only where they can: `eth0:` ends before the colon,
    /// `2001:db8::/32` and `1024-65535` are one word each, and so is `10/second`, but not `syn/ack`.
    @inline(__always)
    private mutating func word() -> Token {
        let start = position
        var seen: ByteClass = []
        var firstDot = Int.max
        var firstColon = Int.max
        var slash = Int.max
        scan: while position < bytes.count {
            let byteClass = ByteClass(rawValue: classes[Int(bytes[position])])
            if !byteClass.isDisjoint(with: .alphanumeric) {
                seen.formUnion(byteClass)
                position += 1
                continue
            }
            switch byteClass {
            case .dot:
                firstDot = min(firstDot, position)
            case .hyphen:
                guard startsWordPart(at: position + 1) else {
                    break scan
                }
            case .colon:
                guard !seen.contains(.letter) else {
                    break scan
                }
                let isDouble = byte(at: position + 1) == UInt8(ascii: ":")
                guard isDouble || !self.byteClass(at: position + 1).isDisjoint(with: [.digit, .hexLetter]) else {
                    break scan
                }
                firstColon = min(firstColon, position)
                position += isDouble ? 1 : 0
            case .slash:
                let isNumeric = seen.contains(.colon) || self.byteClass(at: start) == .digit
                guard isNumeric, slash == Int.max, startsWordPart(at: position + 1) else {
                    break scan
                }
                slash = position
            default:
                guard bytes[position] == UInt8(ascii: "%"), seen.contains(.colon) else {
                    break scan
                }
            }
            seen.formUnion(byteClass)
            position += 1
        }
        if !seen.contains(.colon), byteClass(at: start) != .digit {
            let word = UnsafeBufferPointer(rebasing: bytes[start..<position])
            return token(keywords.keyword(word).map { .keyword($0) } ?? .word(.name), from: start)
        }
        let shape = shape(of: start..<position, seen, dot: firstDot, colon: firstColon, slash: slash)
        return token(.word(shape), from: start)
    }

    /// Whether a word can go on here after a hyphen or slash: with a letter, a digit or `::`.
    @inline(__always)
    private func startsWordPart(at index: Int) -> Bool {
        !byteClass(at: index).isDisjoint(with: .alphanumeric)
            || (byteClass(at: index) == .colon && byteClass(at: index + 1) == .colon)
    }

    private func shape(of word: Range<Int>, _ seen: ByteClass, dot: Int, colon: Int, slash: Int) -> WordShape {
        if slash != Int.max {
            if dot < slash || colon < slash {
                // `10.0.0.0/24:8080`: a port after an IPv4 prefix.
                return colon != .max && colon > slash ? .endpoint : .prefix
            }
            return byteClass(at: slash + 1) == .digit ? .masked : .quantity
        }
        if dot < colon, seen.isSuperset(of: [.dot, .colon]), !seen.contains(.letter) {
            return .endpoint
        }
        if seen.contains(.hyphen) {
            return isRange(word) ? .range : .name
        }
        if seen.contains(.colon) {
            return seen.contains(.letter) ? .name : .address
        }
        if seen.contains(.dot) {
            return seen.isDisjoint(with: [.letter, .hexLetter]) ? .address : .name
        }
        if seen == .digit || isHexadecimal(word) {
            return .number
        }
        return .quantity
    }

    /// Whether a word with a hyphen is two numbers or addresses.
    private func isRange(_ word: Range<Int>) -> Bool {
        guard let hyphen = word.first(where: { bytes[$0] == UInt8(ascii: "-") }) else {
            return false
        }
        return isBound(word.lowerBound..<hyphen) && isBound(hyphen + 1..<word.upperBound)
    }

    private func isBound(_ side: Range<Int>) -> Bool {
        let isColoned = side.contains { bytes[$0] == UInt8(ascii: ":") }
        let allowed: ByteClass = isColoned ? [.digit, .hexLetter, .colon, .dot] : [.digit, .dot]
        return isHexadecimal(side) || (!side.isEmpty && side.allSatisfy { allowed.isSuperset(of: byteClass(at: $0)) })
    }

    private func isHexadecimal(_ word: Range<Int>) -> Bool {
        word.count > 2 && bytes[word.lowerBound] == UInt8(ascii: "0")
            && bytes[word.lowerBound + 1] | 0x20 == UInt8(ascii: "x")
            && word.dropFirst(2).allSatisfy { !byteClass(at: $0).isDisjoint(with: [.digit, .hexLetter]) }
    }
}
