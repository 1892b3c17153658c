public import KernelObjects

/// A set that is deleted and made again under its name in one batch with the rules that use it, so that every packet meets either the old
/// set or the new one, whole.
public struct SetExchange: Sendable {
    /// Why the members are not changed in place.
    public enum Reason: Sendable, Hashable {
        /// The kernel would have to turn the set into one of another kind, size, lifetime or comment.
        case kind
        /// The kernel might miss members that stay while it commits (`SetCommit.interleaved`).
        case interleaving
    }

    /// The set in the kernel.
    public var observed: SetObject
    /// The set as it should be.
    public var desired: SetObject
    /// Why it is made again.
    public var reason: Reason
    /// How many members of the desired set the observed one does not hold, or not wholly.
    public var added: Int
    /// How many members of the observed set the desired one does not hold, or not wholly.
    public var deleted: Int
    /// The members that the new set is made with and that begin their lifetime, or have none.
    public var fresh: [SetElement]
    /// The members that the new set takes over with what is left of their lifetime.
    public var transient: [TransientElement]

    /// Whether both do the same to the same set. Members with a lifetime come and go by themselves.
    func isSame(as other: SetExchange) -> Bool {
        reason == other.reason && desired == other.desired && fresh == other.fresh
            && observed.flags == other.observed.flags && observed.keyType == other.observed.keyType
            && (observed.flags.contains(.timeout) || observed.elements == other.observed.elements)
    }
}

extension SetExchange {
    /// Another kind of set takes the place of one.
    init(ofKind observed: SetObject, desired: SetObject) {
        let difference = MembershipDifference(desired: desired, observed: observed)
        self.init(
            observed: observed,
            desired: desired,
            reason: .kind,
            added: difference.added,
            deleted: difference.deleted,
            fresh: desired.elements,
            transient: []
        )
        takeOverTransients(unless: [])
    }

    /// The same kind of set with other members takes the place of one.
    init(observed: SetObject, desired: SetObject, added: [SetElement], deleted: [SetElement]) {
        self.init(
            observed: observed,
            desired: desired,
            reason: .interleaving,
            added: added.count,
            deleted: deleted.count,
            fresh: desired.elements,
            transient: []
        )
        takeOverTransients(unless: Set(deleted))
    }

    /// Leaves members that live on their lifetime: those that others gave to the set, and the file's own.
    private mutating func takeOverTransients(unless deleted: Set<SetElement>) {
        guard observed.flags.contains(.timeout), desired.flags.contains(.timeout),
            observed.keyType == desired.keyType
        else { return }
        var living: [SetKey: SetElement] = [:]
        for element in observed.elements where !deleted.contains(element) {
            let lifetime = observed.lifetime(of: element)
            guard lifetime > 0 else { continue }
            living[element.start] = SetElement(start: element.start, end: element.end, timeout: lifetime)
        }
        // The file's own member goes on living if it is still the same.
        fresh = desired.elements.filter { element in
            guard let found = living[element.start] else { return true }
            let isSame = found.end == element.end && isSameTimeout(desired.lifetime(of: element), found.timeout)
            if !isSame { living[element.start] = nil }
            return !isSame
        }
        let length = desired.significantKeyLength
        transient = living.values.sorted { $0.start < $1.start }.flatMap { element in
            element.pieces(outside: fresh, keyLength: length).map { TransientElement($0, of: element.start) }
        }
    }
}

extension SetElement {
    /// What is left of a member if others, ascending, are cut out of it.
    fileprivate func pieces(outside others: [SetElement], keyLength: Int) -> [SetElement] {
        var pieces: [SetElement] = []
        var rest: SetElement? = self
        var low = others.partitioningIndex { $0.end >= start }
        while let piece = rest, low < others.count, others[low].start <= piece.end {
            let other = others[low]
            if other.start > piece.start, let end = other.start.predecessor(length: keyLength) {
                pieces.append(SetElement(start: piece.start, end: end, timeout: timeout))
            }
            let next = other.end < piece.end ? other.end.successor(length: keyLength) : nil
            rest = next.map { SetElement(start: $0, end: piece.end, timeout: timeout) }
            low += 1
        }
        return pieces + (rest.map { [$0] } ?? [])
    }
}

extension [SetElement] {
    /// The first place from which on a condition holds that holds for all after it too.
    fileprivate func partitioningIndex(where condition: (SetElement) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
