/// Where a statement stands in a text: what a rewriting of it takes the place of.
enum StatementPlace {
    /// The statement on one line that holds `offset`, without its comment and the blanks around it; nil if it spans several lines.
    static func find(_ bytes: [UInt8], holding offset: Int) -> Range<Int>? {
        let offset = min(offset, bytes.count)
        var start = offset
        while start > 0, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        var end = bytes.count
        var isQuoted = false
        // Where each brace that is open began, and whether it opens a body of statements.
        var braces: [Bool] = []
        var index = start
        scan: while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                end = index
                break scan
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "#") where !isQuoted:
                end = index
                break scan
            case UInt8(ascii: ";") where !isQuoted && !braces.contains(false):
                if index >= offset {
                    end = index
                    break scan
                }
                start = index + 1
            case UInt8(ascii: "{") where !isQuoted:
                let isBody = opensBody(bytes, after: index)
                if isBody, index < offset {
                    start = index + 1
                } else {
                    braces.append(isBody)
                }
            case UInt8(ascii: "}") where !isQuoted:
                if braces.popLast() == nil {
                    if index >= offset {
                        end = index
                        break scan
                    }
                    start = index + 1
                }
            default: break
            }
            index += 1
        }
        guard !isQuoted, braces.isEmpty else { return nil }
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        // A backslash joins the line with the next one.
        guard start < end, bytes[end - 1] != UInt8(ascii: "\\") else { return nil }
        return start..<end
    }

    /// Whether a verb or declaration follows a brace.
    private static func opensBody(_ bytes: [UInt8], after brace: Int) -> Bool {
        var start = brace + 1
        while start < bytes.count, isBlank(bytes[start]) { start += 1 }
        guard start < bytes.count, bytes[start] != UInt8(ascii: "\n") else { return true }
        var end = start
        while end < bytes.count, bytes[end] | 0x20 >= 0x61, bytes[end] | 0x20 <= 0x7A { end += 1 }
        let word = String(decoding: bytes[start..<end], as: UTF8.self)
        return Synonyms.allVerbs.contains(word) || Synonyms.verbs[word] != nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
