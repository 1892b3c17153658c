/// Tells fields by their words.
public enum FieldWords {
    /// The field with these words, a blank between two.
    public static func field(_ words: String) -> Field.ID? {
        byWords[words]
    }

    /// Whether a field's words can begin like this.
    public static func isStart(_ words: String) -> Bool {
        starts.contains(words)
    }

    /// All words with which a field can be asked for, for those who look for the ones that were meant.
    public static let all: [String] = byWords.keys.sorted()

    /// The words that can follow these.
    public static func following(_ words: String) -> [String] {
        let start = words + " "
        return Set(all.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count).prefix { $0 != " " }) })
            .sorted()
    }

    private static let byWords: [String: Field.ID] = {
        var result: [String: Field.ID] = [:]
        for id in Field.ID.all {
            for words in [id.field.words] + id.field.aliases { result[words] = id }
        }
        return result
    }()

    private static let starts: Set<String> = Set(
        byWords.keys.flatMap { words in
            let parts = words.split(separator: " ")
            return parts.indices.map { parts[...$0].joined(separator: " ") }
        }
    )
}
