import KernelObjects

extension SetObject {
    /// Whether the set holds a key.
    ///
    /// Of a set with a timeout it is asked who is in it now: who gets in later is kept out because of what somebody finds out then.
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
