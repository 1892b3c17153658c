import KernelObjects

/// The changes of the named sets: the desired ones in their order, then those that have to go.
func setChanges(desired: [SetObject], observed: [SetObject]) -> [SetChange] {
    var rest = Dictionary(observed.map { ($0.name, $0) }) { first, _ in first }
    var changes: [SetChange] = []
    for set in desired {
        guard let found = rest.removeValue(forKey: set.name) else {
            changes.append(.add(set))
            continue
        }
        guard set.isOfKind(of: found) else {
            changes.append(.recreate(observed: found, desired: set))
            continue
        }
        // What others have in a set of another kind is full of live values, and not to be changed one by one.
        guard set.foreignAttributes == nil else { continue }
        let (added, deleted) = elementDifference(desired: set, observed: found)
        guard !added.isEmpty || !deleted.isEmpty else { continue }
        changes.append(.change(observed: found, desired: set, added: added, deleted: deleted))
    }
    for set in observed where rest[set.name] != nil {
        changes.append(.delete(set))
    }
    return changes
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
    fileprivate func lifetime(of element: SetElement) -> UInt64 {
        element.timeout == 0 ? timeout : element.timeout
    }
}

/// Whether two lifetimes in milliseconds are the same to the kernel, which counts in jiffies: at worst 10 ms.
private func isSameTimeout(_ one: UInt64, _ other: UInt64) -> Bool {
    max(one, other) - min(one, other) < 10
}

/// The members to add and to delete, by merging the two sorted lists.
///
/// In a set whose members have a lifetime those that were added while the set was in use are no drift; without a lifetime they are.
private func elementDifference(
    desired: SetObject,
    observed: SetObject
) -> (added: [SetElement], deleted: [SetElement]) {
    let wanted = sorted(desired.elements)
    let present = sorted(observed.elements)
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

private func sorted(_ elements: [SetElement]) -> [SetElement] {
    let isSorted = zip(elements, elements.dropFirst()).allSatisfy { $0.start < $1.start }
    return isSorted ? elements : elements.sorted { $0.start < $1.start }
}
