import KernelObjects

/// How the rules of a chain differ.
struct RuleComparison {
    /// The differences, from the first rule to the last.
    var changes: [RuleChange] = []
    /// Whether deleting all rules and adding the desired ones costs the kernel less by far.
    var isRefillCheaper = false
}

/// Compares the rules of a chain: as many rules as possible stay, and keep handle and counters.
///
/// A rule whose place is taken by another one is replaced (`NLM_F_REPLACE`), which costs the kernel one search for the handle
/// instead of two and keeps the handle, so that what refers to the rule by its handle still finds it.
func ruleDifference(desired: [RuleEntry], observed: [RuleEntry], remade: RemadeNames) -> RuleComparison {
    let common = CommonEnds(desired: desired, observed: observed)
    guard !common.isEverything || !remade.isEmpty else { return RuleComparison() }
    var script = RuleScript(desired: desired, observed: observed, remade: remade, common: common)
    return script.make()
}

/// How many rules are equal at the beginning and, after those, at the end.
struct CommonEnds {
    private(set) var prefix = 0
    private(set) var suffix = 0
    let isEverything: Bool

    init(desired: [RuleEntry], observed: [RuleEntry]) {
        let shorter = min(desired.count, observed.count)
        while prefix < shorter, isSameRule(desired[prefix].rule, observed[prefix].rule) { prefix += 1 }
        while suffix < shorter - prefix,
            isSameRule(desired[desired.count - 1 - suffix].rule, observed[observed.count - 1 - suffix].rule)
        {
            suffix += 1
        }
        isEverything = prefix == desired.count && prefix == observed.count
    }
}

/// Makes the list of changes of one chain.
private struct RuleScript {
    let desired: [RuleEntry]
    let observed: [RuleEntry]
    let remade: RemadeNames
    let common: CommonEnds
    /// For each desired rule the observed one that it was, where that cannot stay in its place; else -1.
    private var moveSources: [Int32] = []
    /// Which desired rules stand where they stood, and are made again for what they use.
    private var isRenewed: [Bool] = []
    /// Which observed rules move.
    private var isMoving: [Bool] = []
    private var result = RuleComparison()
    private var cost = RefillCost()

    init(desired: [RuleEntry], observed: [RuleEntry], remade: RemadeNames, common: CommonEnds) {
        self.desired = desired
        self.observed = observed
        self.remade = remade
        self.common = common
    }

    mutating func make() -> RuleComparison {
        let pairs = stayingPairs()
        findMoves(pairs)
        var next = MatchedPair(first: 0, second: 0)
        if remade.isEmpty {
            next = MatchedPair(first: Int32(common.prefix), second: Int32(common.prefix))
        }
        for pair in pairs {
            fillGap(observed: Int(next.first)..<Int(pair.first), desired: Int(next.second)..<Int(pair.second))
            next = MatchedPair(first: pair.first + 1, second: pair.second + 1)
        }
        let suffix = remade.isEmpty ? common.suffix : 0
        fillGap(
            observed: Int(next.first)..<observed.count - suffix,
            desired: Int(next.second)..<desired.count - suffix
        )
        result.isRefillCheaper = cost.isRefillCheaper(than: desired.count)
        return result
    }

    /// The rules that stay: first observed, second desired. The common ends are left out where all of them stay.
    private mutating func stayingPairs() -> [MatchedPair] {
        moveSources = [Int32](repeating: -1, count: desired.count)
        isRenewed = [Bool](repeating: false, count: desired.count)
        isMoving = [Bool](repeating: false, count: observed.count)
        let middle = middlePairs()
        guard !remade.isEmpty else { return middle }
        var all = (0..<Int32(common.prefix)).map { MatchedPair(first: $0, second: $0) }
        all += middle
        for back in stride(from: common.suffix, to: 0, by: -1) {
            all.append(MatchedPair(first: Int32(observed.count - back), second: Int32(desired.count - back)))
        }
        return all.filter { pair in
            guard remade.areUsed(by: observed[Int(pair.first)].rule) else { return true }
            moveSources[Int(pair.second)] = pair.first
            isRenewed[Int(pair.second)] = true
            isMoving[Int(pair.first)] = true
            return false
        }
    }

    private func middlePairs() -> [MatchedPair] {
        let observedRange = common.prefix..<observed.count - common.suffix
        let desiredRange = common.prefix..<desired.count - common.suffix
        guard !observedRange.isEmpty, !desiredRange.isEmpty else { return [] }
        var numbers: [RuleIdentity: Int32] = [:]
        numbers.reserveCapacity(observedRange.count + desiredRange.count)
        func numbered(_ entries: ArraySlice<RuleEntry>) -> [Int32] {
            entries.map { entry in
                let identity = RuleIdentity(entry.rule)
                if let number = numbers[identity] { return number }
                let number = Int32(numbers.count)
                numbers[identity] = number
                return number
            }
        }
        let first = numbered(observed[observedRange])
        let second = numbered(desired[desiredRange])
        let offset = Int32(common.prefix)
        return longestCommonSubsequence(first[...], second[...]).map {
            MatchedPair(first: $0.first + offset, second: $0.second + offset)
        }
    }

    /// Finds rules that are deleted here and added there.
    private mutating func findMoves(_ pairs: [MatchedPair]) {
        let ends = remade.isEmpty ? (common.prefix, common.suffix) : (0, 0)
        var leaving: [RuleIdentity: [Int32]] = [:]
        var isStaying = [Bool](repeating: false, count: max(observed.count, desired.count))
        for pair in pairs { isStaying[Int(pair.first)] = true }
        // From the last to the first, so that the first of several equal rules is taken first.
        for index in (ends.0..<observed.count - ends.1).reversed() where !isStaying[index] && !isMoving[index] {
            leaving[RuleIdentity(observed[index].rule), default: []].append(Int32(index))
        }
        guard !leaving.isEmpty else { return }
        for pair in pairs { isStaying[Int(pair.first)] = false }
        for pair in pairs { isStaying[Int(pair.second)] = true }
        for index in ends.0..<desired.count - ends.1 where !isStaying[index] && !isRenewed[index] {
            let identity = RuleIdentity(desired[index].rule)
            guard let source = leaving[identity]?.popLast() else { continue }
            moveSources[index] = source
            isMoving[Int(source)] = true
        }
    }

    /// Writes the changes between two rules that stay.
    private mutating func fillGap(observed gap: Range<Int>, desired wanted: Range<Int>) {
        guard !gap.isEmpty || !wanted.isEmpty else { return }
        let replaceable = gap.filter { !isMoving[$0] && !remade.areUsed(by: observed[$0].rule) }
        let newcomers = wanted.filter { moveSources[$0] < 0 }
        let replacements = zip(replaceable, newcomers)
        let replaced = Set(replacements.lazy.map(\.0))
        for index in gap where !isMoving[index] && !replaced.contains(index) {
            cost.touch(index)
            result.changes.append(.delete(observed: index))
        }
        var pending = Array(replacements)[...]
        for index in wanted {
            if let (place, newcomer) = pending.first, newcomer == index {
                pending.removeFirst()
                cost.touch(place)
                result.changes.append(.replace(observed: place, desired: index))
                continue
            }
            let before = pending.first?.0 ?? (gap.upperBound < observed.count ? gap.upperBound : nil)
            if let before { cost.touch(before) }
            if moveSources[index] >= 0 {
                let source = Int(moveSources[index])
                cost.touch(source)
                result.changes.append(
                    isRenewed[index]
                        ? .renew(observed: source, desired: index, before: before)
                        : .move(observed: source, desired: index, before: before)
                )
            } else {
                result.changes.append(.add(desired: index, before: before))
            }
        }
    }
}

/// What changing rules one by one costs the kernel, which walks the chain from its start to find a handle.
private struct RefillCost {
    private var steps = 0

    mutating func touch(_ index: Int) {
        steps += index
    }

    /// Whether deleting all rules of the chain and adding as many as are desired is cheaper, and worth the loss of all counters: a step
    /// of the walk takes 40 ns and adding a rule 12 µs, and what takes less than a quarter of a second is not worth a counter.
    func isRefillCheaper(than count: Int) -> Bool {
        let walk = steps * 40
        return walk > count * 12_000 && walk > 250_000_000
    }
}

extension RemadeNames {
    var isEmpty: Bool { sets.isEmpty && chains.isEmpty }
}
