import KernelObjects

/// How many members one of two sets has and the other has not, whatever kinds of sets they are and however neighbours are joined: what
/// changes for packets.
struct MembershipDifference {
    /// Members of the desired set of which the observed one does not hold every key.
    let added: Int
    /// Members of the observed set of which the desired one does not hold every key.
    let deleted: Int

    init(desired: SetObject, observed: SetObject) {
        guard desired.keyType == observed.keyType, desired.keyLength == observed.keyLength else {
            added = desired.elements.count
            deleted = observed.elements.count
            return
        }
        let wanted = desired.comparableElements
        let present = observed.comparableElements
        let length = desired.significantKeyLength
        added = wanted.count(notWithin: present, keyLength: length)
        // A member with a lifetime that the file does not have is none of its business.
        let own = observed.flags.contains(.timeout) ? present.filter { observed.lifetime(of: $0) == 0 } : present
        deleted = own.count(notWithin: wanted, keyLength: length)
    }
}

extension SetObject {
    /// The members, ascending, with keys that compare as numbers do: a set of marks has them in the machine's order unless it holds intervals.
    fileprivate var comparableElements: [SetElement] {
        guard let type = SetDatatype(rawValue: keyType), type.byteOrder == .host, keyLength == 4,
            !flags.contains(.interval)
        else { return elements.ascending }
        return elements.map { element in
            let word = UInt32(truncatingIfNeeded: element.start.rawValue >> 96).byteSwapped
            let key = SetKey(rawValue: UInt128(word) << 96)
            return SetElement(start: key, end: key, timeout: element.timeout)
        }.ascending
    }
}

extension [SetElement] {
    /// How many members have a key that none of the others has; both lists ascend.
    fileprivate func count(notWithin others: [SetElement], keyLength: Int) -> Int {
        var count = 0
        var place = 0
        for element in self {
            while place < others.count, others[place].end < element.start { place += 1 }
            var next: SetKey? = element.start
            var index = place
            while let key = next, key <= element.end, index < others.count, others[index].start <= key {
                next = others[index].end.successor(length: keyLength)
                index += 1
            }
            // Neighbours together may hold what none of them holds alone.
            if let key = next, key <= element.end { count += 1 }
        }
        return count
    }
}
