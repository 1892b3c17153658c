/// The words of a statement in any tool's spelling: strings whole, brackets, commas, `=`, `!` and `;` by themselves.
struct Words {
    /// The most words that are looked at: a longer statement is no slip of the pen.
    static let maximum = 400

    private(set) var words: [String] = []

    /// Splits a line.
    init?(_ line: some StringProtocol) {
        var current = ""
        var quote: Character?
        func isAlone(_ character: Character) -> Bool {
            "{}[](),;=!".contains(character)
        }
        for character in line {
            if let open = quote {
                current.append(character)
                if character == open {
                    words.append(Self.quoted(current))
                    current = ""
                    quote = nil
                }
            } else if character == "\"" || character == "'" {
                flush(&current)
                current = String(character)
                quote = character
            } else if character == " " || character == "\t" {
                flush(&current)
            } else if isAlone(character) {
                flush(&current)
                if character == "=", words.last == "!" { continue }
                words.append(String(character))
            } else {
                current.append(character)
            }
            guard words.count <= Self.maximum else { return nil }
        }
        guard quote == nil else { return nil }
        flush(&current)
    }

    /// Takes words that are split already.
    init(_ words: [String]) {
        self.words = words
    }

    private mutating func flush(_ current: inout String) {
        if !current.isEmpty { words.append(current) }
        current = ""
    }

    /// A string in double quotes, in whatever quotes it was written.
    private static func quoted(_ text: String) -> String {
        let inside = text.dropFirst().dropLast()
        return inside.contains("\"") ? text : "\"\(inside)\""
    }

    /// The words as one line, laid out as the formatter does.
    var text: String {
        var text = ""
        var inList = 0
        for (index, word) in words.enumerated() {
            if word == "{" { inList += 1 }
            if word == "}" { inList -= 1 }
            let isTight = word == "," || (inList == 0 && index > 0 && words[index - 1] == ",")
            if index > 0, !isTight { text += " " }
            text += word
        }
        return text
    }
}

extension String {
    /// Whether it is a number in decimal digits.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether it looks like an address, a prefix or a range of addresses, or stands for some.
    var looksLikeAddress: Bool {
        if hasPrefix("$") || hasPrefix("@") { return true }
        let host = prefix { $0 != "/" }
        if host.contains(":") { return host.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "-" } }
        return host.contains(".") && host.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    }

    /// Whether it could name an interface: a word that is no address and no number.
    var looksLikeInterface: Bool {
        guard let first = unicodeScalars.first, first.properties.isAlphabetic || first == "_" else { return false }
        return utf8.count <= 16
            && unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789_.-*+".unicodeScalars.contains($0) }
    }

    /// Whether it is a declared name of the language.
    var isIdentifier: Bool {
        guard let first = utf8.first, first == UInt8(ascii: "_") || (first | 0x20 >= 0x61 && first | 0x20 <= 0x7A)
        else {
            return false
        }
        return utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || (byte >= 0x30 && byte <= 0x39)
                || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
        }
    }

    /// What is in double quotes.
    var unquoted: String { isQuoted ? String(dropFirst().dropLast()) : self }

    /// Whether it is in double quotes.
    var isQuoted: Bool {
        utf8.first == UInt8(ascii: "\"")
    }
}
