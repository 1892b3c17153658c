import Diagnostics

// Every message of the lexer and parser. They are sentences in lower case without a full stop; the user's text stands in
// '…', the language's words in `…`.

extension Diagnostic {
    static func didYouMean(_ word: String?, _ range: SourceRange) -> [FixIt] {
        word.map { [FixIt("did you mean `\($0)`?", replacing: range, with: $0)] } ?? []
    }

    static func oneOf(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else {
            return quoted.joined()
        }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}

extension Diagnostic {
    static func fileTooLarge(at range: SourceRange) -> Diagnostic {
        let limit = SourceFile.maximumSize >> 20
        return Diagnostic(.fileTooLarge, "the file is larger than \(limit) MiB", at: range)
    }

    static func nulByte(at range: SourceRange) -> Diagnostic {
        Diagnostic(.nulByte, "a NUL byte cannot be part of a rule file", at: range)
    }

    static func invalidUTF8(_ byte: UInt8, at range: SourceRange) -> Diagnostic {
        let hex = String(byte, radix: 16, uppercase: true)
        return Diagnostic(.invalidUTF8, "the byte 0x\(hex) is not UTF-8", at: range)
    }

    static func unexpectedCharacter(_ scalar: Unicode.Scalar, at range: SourceRange) -> Diagnostic {
        var fixIts: [FixIt] = []
        switch scalar {
        case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{201E}", "'", "`":
            fixIts = [FixIt("strings are quoted with '\"'", replacing: range, with: "\"")]
        case "\u{00A0}":
            fixIts = [FixIt("write an ordinary blank", replacing: range, with: " ")]
        case "\u{2013}", "\u{2014}":
            fixIts = [FixIt("write a hyphen", replacing: range, with: "-")]
        default:
            break
        }
        let isVisible = scalar.properties.isAlphabetic || (scalar.value > 0x20 && scalar.value < 0x7F)
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        let name = isVisible ? "'\(scalar)'" : code
        return Diagnostic(.unexpectedCharacter, "the character \(name) has no meaning here", at: range, fixIts: fixIts)
    }

    static func unterminatedString(at range: SourceRange) -> Diagnostic {
        Diagnostic(.unterminatedString, "this string does not end on its line", at: range)
    }

    static func invalidEscape(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .invalidEscape,
            "after '\\' in a string stands '\"', '\\', 'n' or 't'",
            at: range,
            fixIts: [
                FixIt(
                    "write '\\\\' for a backslash",
                    replacing: SourceRange(file: range.file, start: range.start, end: range.start + 1),
                    with: "\\\\"
                )
            ]
        )
    }

    static func loneCarriageReturn(at range: SourceRange) -> Diagnostic {
        Diagnostic(.loneCarriageReturn, "a carriage return without a line feed does not end a line", at: range)
    }
}
