import Diagnostics
import NetworkTypes

/// Words of commands that people are told to run: whoever copies one to a shell gives the program exactly this word, whatever is in it.
enum ShellText {
    /// A word, quoted where a shell would make something else of it. What cannot be shown is named by its bytes, as `$'\x1B'` (bash, zsh,
    /// POSIX.1-2024).
    static func word(_ word: String) -> String {
        guard TerminalText.safe(word) == word else { return "$'" + escaped(word) + "'" }
        guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// A word as a person types it to a shell, without its quotes and backslashes. Variables stay as they are.
    static func unquoted(_ word: String) -> String {
        var text = ""
        var quote: Character?
        var rest = word[...]
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""): text.append(rest.popFirst() ?? character)
            case ("'", nil), ("\"", nil): quote = character
            case (quote, _): quote = nil
            default: text.append(character)
            }
        }
        return text
    }

    private static func escaped(_ word: String) -> String {
        var text = ""
        for byte in KernelName.bytes(word) {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(byte))
            case 0x20..<0x7F: text += String(Unicode.Scalar(byte))
            // Always two digits: what follows may look like a third.
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "%+,-./:=@_".utf8.contains(byte)
        }
    }
}
