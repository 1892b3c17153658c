/// The characters that are escaped in strings of JSON beyond what RFC 8259 wants: those that a terminal obeys, that nobody sees, or that
/// change the order in which others are shown. As an escape they mean the same to whoever reads the JSON.
public enum JSONEscapes {
    /// Escapes them in JSON, where they can stand in strings only.
    public static func escaped(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: isEscaped) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            if isEscaped(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// The escape of a character: `\u202e`, or the two of its UTF-16 code units.
    static func escape(_ scalar: Unicode.Scalar) -> String {
        UTF16.encode(scalar)?.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() ?? ""
    }

    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        // Line ends and blanks are between strings too; inside they are escaped by whoever wrote the JSON.
        scalar.value >= 0x7F && TerminalText.isHidden(scalar)
    }
}
