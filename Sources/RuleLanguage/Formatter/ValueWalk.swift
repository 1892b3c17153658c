import Vocabulary

/// Follows the tokens of a statement and says whether a value stands next, which may be a list.
///
/// Words of fields are no keywords: `length` before a brace may be a field, whose values follow, or the name of an interface, after which a body
/// begins. As in the parser, the longest of a field's words count.
struct ValueWalk {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The words that were read of a field.
    private var words = ""
    /// Whether the next token is a value.
    private(set) var expectsValue = false

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Moves past a token that is no brace.
    mutating func take(_ token: Token) {
        switch token.kind {
        case .exclamation: return
        case .comma, .minus, .slash:
            words = ""
            expectsValue = true
        case .word(.name): take(text(token), isValue: expectsValue, keyword: nil)
        case .keyword(let keyword): take(keyword.spelling, isValue: false, keyword: keyword)
        default: endValue()
        }
    }

    /// Moves past a list.
    mutating func endValue() {
        words = ""
        expectsValue = false
    }

    private mutating func take(_ word: String, isValue: Bool, keyword: Keyword?) {
        let longer = words.isEmpty ? word : words + " " + word
        if FieldWords.isStart(longer) {
            // A field's first word where a value is due is that value.
            guard !isValue || !words.isEmpty else { return endValue() }
            words = longer
        } else {
            guard !isValue else { return endValue() }
            words = FieldWords.isStart(word) ? word : ""
        }
        expectsValue = FieldWords.field(words) != nil || keyword?.expectsValue ?? false
    }

    private func text(_ token: Token) -> String {
        String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
    }
}
