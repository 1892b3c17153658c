/// A pattern for one file name, as in a shell: `*` any characters, `?` one, `[a-c]` or `[!a-c]` one of some.
struct GlobPattern {
    private enum Part {
        case byte(UInt8)
        case anyOne
        case any
        case oneOf([ClosedRange<UInt8>], isNegated: Bool)
    }

    private let parts: [Part]
    private let matchesHidden: Bool

    /// Whether a name holds characters of a pattern.
    static func isPattern(_ name: String) -> Bool {
        name.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Reads a pattern; a bracket that is not closed stands for itself.
    init(_ pattern: String) {
        let bytes = Array(pattern.utf8)
        var parts: [Part] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "*"): parts.append(.any)
            case UInt8(ascii: "?"): parts.append(.anyOne)
            case UInt8(ascii: "["):
                if let (part, end) = Self.bracket(bytes, after: index) {
                    parts.append(part)
                    index = end
                } else {
                    parts.append(.byte(bytes[index]))
                }
            case let byte: parts.append(.byte(byte))
            }
            index += 1
        }
        self.parts = parts
        matchesHidden = bytes.first == UInt8(ascii: ".")
    }

    /// Whether the whole name fits; names that begin with a dot fit only a pattern that does.
    func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard matchesHidden || bytes.first != UInt8(ascii: ".") else { return false }
        var part = 0
        var byte = 0
        // After a mismatch the latest `*` takes one more byte: linear in practice, quadratic at worst.
        var retry: (part: Int, byte: Int)?
        while byte < bytes.count {
            if part < parts.count, case .any = parts[part] {
                retry = (part + 1, byte)
                part += 1
            } else if part < parts.count, fits(parts[part], bytes[byte]) {
                part += 1
                byte += 1
            } else if let (retryPart, retryByte) = retry {
                retry = (retryPart, retryByte + 1)
                part = retryPart
                byte = retryByte + 1
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy {
            if case .any = $0 { true } else { false }
        }
    }

    private func fits(_ part: Part, _ byte: UInt8) -> Bool {
        switch part {
        case .byte(let expected): byte == expected
        case .anyOne: true
        case .any: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
        }
    }

    /// Reads `[…]`; gives the index of its closing bracket.
    private static func bracket(_ bytes: [UInt8], after start: Int) -> (Part, end: Int)? {
        var index = start + 1
        let isNegated = index < bytes.count && (bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "^"))
        if isNegated { index += 1 }
        let first = index
        var ranges: [ClosedRange<UInt8>] = []
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") || index == first {
            let low = bytes[index]
            if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-"), bytes[index + 2] != UInt8(ascii: "]") {
                let high = bytes[index + 2]
                if low <= high { ranges.append(low...high) }
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        return index < bytes.count ? (.oneOf(ranges, isNegated: isNegated), index) : nil
    }
}
