/// Finds what the user probably meant.
public enum Suggestion {
    /// The candidate closest to a misspelt word, nil if none is close.
    ///
    /// Close is one edit (a letter changed, put in, left out, or swapped with its neighbour) for words of up to five
    /// letters, two for longer ones. Of equally close candidates the first wins. Words longer than 64 bytes have none.
    public static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
        let misspelt = Array(word.utf8)
        guard misspelt.count > 1, misspelt.count <= 64 else {
            return nil
        }
        var best: String?
        var limit = misspelt.count <= 5 ? 1 : 2
        for candidate in candidates where candidate != word {
            let length = candidate.utf8.count
            guard length > 1, abs(length - misspelt.count) <= limit else {
                continue
            }
            let distance = distance(misspelt, Array(candidate.utf8), limit: limit)
            guard distance <= limit else {
                continue
            }
            best = candidate
            limit = distance - 1
            if limit < 1 {
                break
            }
        }
        return best
    }

    /// The number of edits between two words, or more than `limit` once it is certain to exceed that.
    ///
    /// This is the optimal string alignment distance; letters are compared without regard to case.
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
        let left = left.map(lowercased)
        let right = right.map(lowercased)
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in right.indices {
                let isEqual = left[row] == right[column]
                var cost = min(previous[column] + (isEqual ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            if let least = current.min(), least > limit {
                return least
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
