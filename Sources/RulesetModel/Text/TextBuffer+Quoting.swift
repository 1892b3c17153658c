public import NetworkTypes

extension TextBuffer {
    /// Appends text in double quotes, with `"` and `\` escaped.
    public mutating func write(quoted text: String) {
        write(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                write(UInt8(ascii: "\\"))
                write(byte)
            case UInt8(ascii: "\n"): write("\\n")
            case UInt8(ascii: "\t"): write("\\t")
            default: write(byte)
            }
        }
        write(UInt8(ascii: "\""))
    }

    /// Appends a name: as a bare word where it is one and no reserved word, else in quotes.
    public mutating func write(name: String) {
        if name.isBareWord {
            write(name)
        } else {
            write(quoted: name)
        }
    }

    /// Appends an interface or the start of interface names, in quotes where it is no bare word.
    public mutating func write(interface pattern: InterfacePattern) {
        let name = pattern.name.rawValue
        // Where an interface can stand, `not` would be taken for a misspelt negation.
        if name.isBareWord && name != "not" {
            write(pattern)
        } else {
            write(quoted: pattern.description)
        }
    }
}

extension String {
    /// Whether the rule language reads the text as one word that is not reserved: a letter or `_`, then letters, digits, `_`
    /// and `.`, with single hyphens between them.
    public var isBareWord: Bool {
        let hyphen = UInt8(ascii: "-")
        var previous: UInt8?
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                break
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard previous != nil else { return false }
            case UInt8(ascii: "."), hyphen:
                guard previous != nil, previous != hyphen else { return false }
            default:
                return false
            }
            previous = byte
        }
        return previous != nil && previous != hyphen && !ReservedWords.contains(self)
    }
}
