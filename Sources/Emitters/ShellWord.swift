import NetworkTypes

extension TextBuffer {
    /// Appends one word for a POSIX shell, in single quotes unless it holds nothing but letters, digits and `%+,-./:=@_`.
    mutating func write(shellWord word: String) {
        // An exclamation mark on its own means nothing to a shell after a command's name.
        let isPlain = word == "!" || (!word.isEmpty && word.utf8.allSatisfy(Self.isPlainInShell))
        guard !isPlain else {
            write(word)
            return
        }
        write(UInt8(ascii: "'"))
        for byte in word.utf8 {
            if byte == UInt8(ascii: "'") {
                // The quoted part ends, a quoted apostrophe follows, and another quoted part starts.
                write(#"'\''"#)
            } else {
                write(byte)
            }
        }
        write(UInt8(ascii: "'"))
    }

    /// Appends a command and a line end.
    mutating func write(command words: [String]) {
        write(words, separator: " ") { $1.write(shellWord: $0) }
        write(UInt8(ascii: "\n"))
    }

    private static func isPlainInShell(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "."): true
        case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
