import KernelObjects

extension SetObject {
    /// Whether the set holds a key.
    ///
    /// A set with a timeout is judged by its elements now: an address that is added later is kept out for a reason that is found later.
    func holds(_ key: KnownBits) -> Truth {
        // What rules add, and the members of maps and concatenations, is not known.
        guard foreignAttributes == nil, flags.isDisjoint(with: [.evaluated, .map, .concatenation]), key.isKnown,
            key.length == Int(keyLength)
        else { return .maybe }
        let wanted = SetKey(key.value)
        var low = 0
        var high = elements.count
        while low < high {
            let middle = low + (high - low) / 2
            if elements[middle].start <= wanted { low = middle + 1 } else { high = middle }
        }
        guard low > 0, wanted <= elements[low - 1].end else { return .no }
        // It may expire at any time.
        return flags.contains(.timeout) ? .maybe : .yes
    }
}
