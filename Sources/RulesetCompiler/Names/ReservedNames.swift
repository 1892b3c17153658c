import RulesetModel

/// Names that a rule file cannot give to its chains and sets.
enum ReservedNames {
    /// The longest name: the kernel's limit less the ending that tells the two families of a set apart.
    static let maximumLength = 128

    /// Whether other tools can read the name, but for words of their own: letters, digits, `_`, `-` and `.`, first a letter or `_`.
    static func isWellFormed(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumLength else { return false }
        return (isLetter(first) || first == UInt8(ascii: "_"))
            && name.utf8.allSatisfy {
                isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
    }

    /// Whether Weir makes a chain of that name itself.
    static func isStandardChain(_ name: String) -> Bool {
        StandardChain.allCases.contains { $0.name == name }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
