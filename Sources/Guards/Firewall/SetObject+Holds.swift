import KernelObjects

extension SetObject {
    /// Whether the set holds a key.
    func holds(_ key: KnownBits) -> Truth {
        // Members with a lifetime come and go; of maps and concatenations the members are not known.
        guard foreignAttributes == nil, timeout == 0,
            flags.isDisjoint(with: [.timeout, .evaluated, .map, .concatenation]),
            key.isKnown, key.length == Int(keyLength)
        else { return .maybe }
        let wanted = SetKey(key.value)
        var low = 0
        var high = elements.count
        while low < high {
            let middle = low + (high - low) / 2
            if elements[middle].start <= wanted { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return .no }
        return Truth(wanted <= elements[low - 1].end)
    }
}
