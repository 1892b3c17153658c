/// Something that people ask for and the language has no words for: the words they try, and the nearest that there is.
struct MissingFeature: Sendable {
    /// What it is: `the language has no … yet`.
    let name: String
    /// The nearest way, if there is one.
    let nearest: String?
    /// The words that ask for it: those of a pattern follow each other, `a|b` is one of several, `<any>`
    /// any word, `<mac>` a hardware address, `<if>` an interface, `^` the start.
    let patterns: [[String]]
    /// The words that a statement starts with which asks for it; nil for any.
    let verbs: [String]?

    init(_ name: String, _ patterns: [String], of verbs: [String]? = nil, nearest: String? = nil) {
        self.name = name
        self.verbs = verbs
        self.nearest = nearest
        self.patterns = patterns.map { $0.split(separator: " ").map(String.init) }
    }

    /// The feature that a statement asks for at a word that was not understood, and the words that ask for it.
    ///
    /// - Parameter fault: The number of the word; nil if it may be any.
    static func asked(in words: [String], at fault: Int?) -> (feature: MissingFeature, words: Range<Int>)? {
        let words = words.map { $0.lowercased() }
        for feature in all where feature.verbs.map({ $0.contains(words.first ?? "") }) ?? true {
            for pattern in feature.patterns {
                guard let place = place(of: pattern, in: words, near: fault) else { continue }
                return (feature, place)
            }
        }
        return nil
    }

    private static func place(of pattern: [String], in words: [String], near fault: Int?) -> Range<Int>? {
        let isAtStart = pattern.first == "^"
        let pattern = isAtStart ? Array(pattern.dropFirst()) : pattern
        guard pattern.count <= words.count else { return nil }
        for start in 0...(isAtStart ? 0 : words.count - pattern.count) {
            let place = start..<(start + pattern.count)
            guard zip(pattern, words[place]).allSatisfy({ fits($0, $1) }) else { continue }
            // A word is understood or not where it stands, or at the next one.
            if let fault, !(place.lowerBound...place.upperBound).contains(fault) { continue }
            return place
        }
        return nil
    }

    private static func fits(_ pattern: String, _ word: String) -> Bool {
        pattern.split(separator: "|").contains { part in
            switch part {
            case "<mac>": word.isHardwareAddress
            case "<any>": true
            case "<if>": word.looksLikeInterface && word.last?.isNumber == true
            case "@": word.hasPrefix("@")
            default: part == word
            }
        }
    }
}

extension String {
    /// Whether it is six or eight pairs of hexadecimal digits with colons or hyphens.
    fileprivate var isHardwareAddress: Bool {
        let parts = split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        return (parts.count == 6 || parts.count == 8)
            && parts.allSatisfy { $0.utf8.count == 2 && $0.allSatisfy(\.isHexDigit) }
    }
}
