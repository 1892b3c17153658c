import KernelObjects

/// The changes of the named sets: the desired ones in their order, then those that have to go.
func setChanges(desired: [SetObject], observed: [SetObject], commit: SetCommit) -> [SetChange] {
    var rest = Dictionary(observed.map { ($0.name, $0) }) { first, _ in first }
    var changes: [SetChange] = []
    for set in desired {
        guard let found = rest.removeValue(forKey: set.name) else {
            changes.append(.add(set))
            continue
        }
        guard set.isOfKind(of: found) else {
            changes.append(.exchange(SetExchange(ofKind: found, desired: set)))
            continue
        }
        // What others have in a set of another kind is full of live values, and not to be changed one by one.
        guard set.foreignAttributes == nil else { continue }
        let (added, deleted) = elementDifference(desired: set, observed: found)
        guard !added.isEmpty || !deleted.isEmpty else { continue }
        if commit == .interleaved, overlap(added, deleted) {
            let exchange = SetExchange(observed: found, desired: set, added: added, deleted: deleted)
            changes.append(.exchange(exchange))
        } else {
            changes.append(.change(observed: found, desired: set, added: added, deleted: deleted))
        }
    }
    for set in observed where rest[set.name] != nil {
        changes.append(.delete(set))
    }
    return changes
}

/// Whether two ascending lists of members have a key in common.
///
/// Only then can a commit that interleaves old and new members hide a key that is in the set before and after: a key that stays in the
/// same member finds that one, since no other begins or ends between the member's first key and it.
private func overlap(_ added: [SetElement], _ deleted: [SetElement]) -> Bool {
    var index = 0
    for element in added {
        while index < deleted.count, deleted[index].end < element.start { index += 1 }
        if index < deleted.count, deleted[index].start <= element.end { return true }
    }
    return false
}

extension SetObject {
    /// Whether the kernel can turn one into the other by changing members.
    fileprivate func isOfKind(of other: SetObject) -> Bool {
        flags == other.flags && keyType == other.keyType && keyLength == other.keyLength
            && isSameTimeout(timeout, other.timeout) && size == other.size && userdata == other.userdata
            && (foreignAttributes == nil) == (other.foreignAttributes == nil)
            && additions == other.additions && memberAdditions == other.memberAdditions
    }

    /// How long a member lives, in milliseconds.
    func lifetime(of element: SetElement) -> UInt64 {
        element.timeout == 0 ? timeout : element.timeout
    }
}

/// Whether two lifetimes in milliseconds are the same to the kernel, which counts in jiffies: at worst 10 ms.
func isSameTimeout(_ one: UInt64, _ other: UInt64) -> Bool {
    max(one, other) - min(one, other) < 10
}

/// The members to add and to delete, by merging the two sorted lists.
///
/// In a set whose members have a lifetime those that were added while the set was in use are no drift; without a lifetime they are.
private func elementDifference(
    desired: SetObject,
    observed: SetObject
) -> (added: [SetElement], deleted: [SetElement]) {
    let wanted = desired.elements.ascending
    let present = observed.elements.ascending
    var added: [SetElement] = []
    var deleted: [SetElement] = []
    let hasTimeouts = observed.flags.contains(.timeout)
    var index = 0

    func deleteUnlessTransient(_ element: SetElement) {
        if hasTimeouts, observed.lifetime(of: element) > 0 { return }
        deleted.append(element)
    }

    for element in wanted {
        while index < present.count, present[index].start < element.start {
            deleteUnlessTransient(present[index])
            index += 1
        }
        guard index < present.count, present[index].start == element.start else {
            added.append(element)
            continue
        }
        let found = present[index]
        index += 1
        if found.end == element.end,
            !hasTimeouts || isSameTimeout(desired.lifetime(of: element), observed.lifetime(of: found))
        {
            continue
        }
        deleted.append(found)
        added.append(element)
    }
    for element in present[index...] { deleteUnlessTransient(element) }
    return (added, deleted)
}

extension [SetElement] {
    /// The members in the order of their keys.
    var ascending: [SetElement] {
        let isAscending = zip(self, dropFirst()).allSatisfy { $0.start < $1.start }
        return isAscending ? self : sorted { $0.start < $1.start }
    }
}
