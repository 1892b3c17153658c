import NetworkTypes

/// Text as a terminal shows it: what each character looks like, and how many columns it takes.
public enum TerminalText {
    /// Number of columns that a tab takes in what is shown.
    static let tabWidth = 4

    /// A character as it is shown; nothing in a file can move the cursor or change colours.
    static func show(_ scalar: Unicode.Scalar?, byte: UInt8) -> (text: String, width: Int) {
        guard let scalar else { return escape(byte) }
        // A byte of a name that is no text.
        if let byte = KernelName.byte(scalar) { return escape(byte) }
        switch scalar.value {
        case 0x09:
            return (String(repeating: " ", count: tabWidth), tabWidth)
        case 0..<0x20:
            // The picture of a control character, U+2400 and on.
            return (Unicode.Scalar(0x2400 + scalar.value).map { String(Character($0)) } ?? "?", 1)
        case 0x7F:
            return ("\u{2421}", 1)
        default:
            return isHidden(scalar) ? escape(scalar) : (String(Character(scalar)), width(of: scalar))
        }
    }

    /// A text of one line that is safe to show.
    public static func safe(_ text: String) -> String {
        // Almost all text is of characters that are shown as they are, and there may be much of it.
        guard !text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return text }
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F || isHidden($0) }) else {
            return text
        }
        return text.unicodeScalars.map { show($0, byte: 0).text }.joined()
    }

    /// A text of many lines that is safe to show: line ends and tabs stay as they are.
    public static func safeLines(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 || $0 == 0x0A || $0 == 0x09 }) else { return text }
        var shown = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            let endsLine = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
            if 0x20..<0x7F ~= scalar.value || scalar == "\n" || scalar == "\t" || endsLine {
                shown.append(scalar)
            } else {
                shown.append(contentsOf: show(scalar, byte: 0).text.unicodeScalars)
            }
        }
        return String(shown)
    }

    /// Whether a character would be invisible, or change the order in which others are shown.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }

    private static func escape(_ byte: UInt8) -> (text: String, width: Int) {
        let hex = String(byte, radix: 16, uppercase: true)
        return ("\\x\(hex)", 2 + hex.count)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
        let text = "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
        return (text, text.utf8.count)
    }

    /// The columns of a character: none for a combining one, two for a wide one (Unicode Standard Annex 11).
    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark:
            return 0
        default:
            break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF:
            return 2
        case 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6: return 2
        case 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD: return 2
        default: return 1
        }
    }
}
