/// Two equal items of two sequences.
struct MatchedPair: Hashable {
    /// The place in the first sequence.
    var first: Int32
    /// The place in the second sequence.
    var second: Int32
}

/// A longest common subsequence of two sequences of small numbers, as pairs of places that ascend in both.
///
/// Hunt and Szymanski's way: every pair of equal items extends the longest chain of pairs that can stand before it, which costs
/// (pairs) · log(items). Rules are rarely repeated, so there are about as many pairs as rules. Where there would be too many,
/// only the k-th copy of an item in one sequence is paired with the k-th in the other: still a common subsequence, and the longest
/// unless copies were added or deleted among others that moved.
func longestCommonSubsequence(_ first: ArraySlice<Int32>, _ second: ArraySlice<Int32>) -> [MatchedPair] {
    let places = Places(of: second)
    let allowsAll = places.pairCount(with: first) <= 8 * (first.count + second.count) + 100_000
    var seen: [Int32: Int] = [:]
    var chains = PairChains()
    for index in first.indices {
        let item = first[index]
        guard let candidates = places.byItem[item] else { continue }
        if allowsAll {
            // From the last to the first, so that one item of `first` is never in a chain twice.
            for place in candidates.reversed() { chains.extend(with: MatchedPair(first: Int32(index), second: place)) }
        } else {
            let copy = seen[item, default: 0]
            seen[item] = copy + 1
            guard copy < candidates.count else { continue }
            chains.extend(with: MatchedPair(first: Int32(index), second: candidates[copy]))
        }
    }
    return chains.longest
}

/// Where each item stands, ascending.
private struct Places {
    var byItem: [Int32: [Int32]] = [:]

    init(of items: ArraySlice<Int32>) {
        byItem.reserveCapacity(items.count)
        for index in items.indices { byItem[items[index], default: []].append(Int32(index)) }
    }

    /// How many pairs of equal items there are.
    func pairCount(with items: ArraySlice<Int32>) -> Int {
        var count = 0
        for item in items { count += byItem[item]?.count ?? 0 }
        return count
    }
}

/// For each length the chain of pairs of that length that ends soonest in the second sequence.
private struct PairChains {
    /// A pair and the one before it in its chain: an index into `links`, or -1.
    private struct Link {
        var pair: MatchedPair
        var previous: Int32
    }

    private var links: [Link] = []
    /// For each length, less one, the last link of the chain and its place in the second sequence.
    private var tails: [(link: Int32, second: Int32)] = []

    mutating func extend(with pair: MatchedPair) {
        var low = 0
        var high = tails.count
        while low < high {
            let middle = (low + high) / 2
            if tails[middle].second < pair.second { low = middle + 1 } else { high = middle }
        }
        if low < tails.count, tails[low].second == pair.second { return }
        links.append(Link(pair: pair, previous: low == 0 ? -1 : tails[low - 1].link))
        let tail = (link: Int32(links.count - 1), second: pair.second)
        if low == tails.count { tails.append(tail) } else { tails[low] = tail }
    }

    var longest: [MatchedPair] {
        var pairs: [MatchedPair] = []
        pairs.reserveCapacity(tails.count)
        var next = tails.last?.link ?? -1
        while next >= 0 {
            let link = links[Int(next)]
            pairs.append(link.pair)
            next = link.previous
        }
        pairs.reverse()
        return pairs
    }
}
