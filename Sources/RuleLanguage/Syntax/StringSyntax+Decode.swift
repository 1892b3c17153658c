public import Diagnostics

extension StringSyntax {
    /// The string's text: without the quotes, and with its escapes (`\"`, `\\`, `\n`, `\t`) replaced.
    public func text(in map: SourceMap) -> String {
        guard let file = map[range.file] else {
            return ""
        }
        let quote = UInt8(ascii: "\"")
        var text = file.bytes[range.offsets.clamped(to: 0..<file.bytes.count)]
        if text.first == quote {
            text.removeFirst()
        }
        guard text.contains(UInt8(ascii: "\\")) else {
            return String(decoding: text.last == quote ? text.dropLast() : text, as: UTF8.self)
        }
        var decoded: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: "n"): decoded.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "t"): decoded.append(UInt8(ascii: "\t"))
                default: decoded.append(byte)
                }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte != quote {
                decoded.append(byte)
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
