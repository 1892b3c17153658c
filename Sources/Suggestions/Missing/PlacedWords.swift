import Diagnostics

/// The words of a statement outside of strings, with where each stands; brackets, commas, `=`, `!` and `;` by themselves.
struct PlacedWords {
    private(set) var words: [String] = []
    private var places: [Range<Int>] = []

    /// Splits a statement; nil if it has too many words.
    init?(_ bytes: [UInt8], _ statement: Range<Int>) {
        var start: Int?
        var isQuoted = false
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        func isAlone(_ byte: UInt8) -> Bool { "{}[](),;=!".utf8.contains(byte) }
        for index in statement {
            let byte = bytes[index]
            let isEnd =
                byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\"") || isAlone(byte)
            if isQuoted || isEnd {
                if let begin = start { add(text(begin..<index), begin..<index) }
                start = nil
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if !isQuoted, isAlone(byte) { add(text(index..<index + 1), index..<index + 1) }
            } else if start == nil {
                start = index
            }
            guard words.count <= Words.maximum else { return nil }
        }
        if let start { add(text(start..<statement.upperBound), start..<statement.upperBound) }
    }

    private mutating func add(_ word: String, _ place: Range<Int>) {
        // A name with its colon is one word, a `:` after it another.
        words.append(word.hasSuffix(":") && word.utf8.count > 1 ? String(word.dropLast()) : word)
        places.append(place)
    }

    /// The number of the word at an offset, or of the next one.
    func index(at offset: Int) -> Int? {
        places.firstIndex { $0.upperBound > offset }
    }

    /// Where some words stand.
    func range(_ range: Range<Int>, in file: SourceID) -> SourceRange {
        SourceRange(
            file: file,
            start: UInt32(places[range.lowerBound].lowerBound),
            end: UInt32(places[range.upperBound - 1].upperBound)
        )
    }
}
