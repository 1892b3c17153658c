/// Tells the keywords among the words of a file, from their bytes.
///
/// A word of up to 16 bytes is two integers; they are looked up in an open-addressed table.
struct KeywordTable {
    private struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var keyword: Keyword?
    }

    /// The table of all keywords.
    static let shared = KeywordTable()

    private static let bits = 9
    private var entries: [Entry]
    private let longest: Int

    private init() {
        entries = Array(repeating: Entry(), count: 1 << Self.bits)
        longest = Keyword.allCases.map(\.spelling.utf8.count).max() ?? 0
        for keyword in Keyword.allCases {
            let (low, high) = Array(keyword.spelling.utf8).withUnsafeBufferPointer { Self.pack($0) }
            var slot = Self.slot(low, high)
            while entries[slot].keyword != nil {
                slot = (slot + 1) & (entries.count - 1)
            }
            entries[slot] = Entry(low: low, high: high, keyword: keyword)
        }
    }

    /// The keyword that these bytes spell.
    @inline(__always)
    func keyword(_ word: UnsafeBufferPointer<UInt8>) -> Keyword? {
        guard word.count <= longest else {
            return nil
        }
        let (low, high) = Self.pack(word)
        var slot = Self.slot(low, high)
        while let keyword = entries[slot].keyword {
            if entries[slot].low == low, entries[slot].high == high {
                return keyword
            }
            slot = (slot + 1) & (entries.count - 1)
        }
        return nil
    }

    /// The bytes of a word as two integers, the first byte lowest.
    @inline(__always)
    private static func pack(_ word: UnsafeBufferPointer<UInt8>) -> (low: UInt64, high: UInt64) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var index = word.count
        while index > 8 {
            index -= 1
            high = high << 8 | UInt64(word[index])
        }
        while index > 0 {
            index -= 1
            low = low << 8 | UInt64(word[index])
        }
        return (low, high)
    }

    @inline(__always)
    private static func slot(_ low: UInt64, _ high: UInt64) -> Int {
        let mixed = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> UInt64(64 - bits))
    }
}
