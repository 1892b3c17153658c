extension FirewallBatch {
    /// Makes a set without members; its kind must be one that Weir makes.
    @discardableResult
    public mutating func addSet(_ set: SetObject) throws(KernelObjectsError) -> Int {
        try addSet(set, id: nextSetID(), size: set.size)
    }

    /// Deletes a set with its members. The kernel refuses while rules use it.
    @discardableResult
    public mutating func deleteSet(named name: String) throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.deleteSet, flags: 0, "set '\(name)'") { writer in
            writer.string(SetAttribute.table, FirewallState.tableName)
            writer.name(SetAttribute.name, name)
        }
    }

    /// Adds members to a set, in as many messages as they need.
    /// - Returns: The indices of the messages; empty where there are no members.
    @discardableResult
    public mutating func addElements(
        _ elements: [SetElement],
        to set: SetObject
    ) throws(KernelObjectsError) -> Range<Int> {
        try appendElements(elements, FirewallMessage.newElements, flags: MessageFlag.create, set: set)
    }

    /// Adds members that go on with their lifetime, in as many messages as they need.
    /// - Returns: The indices of the messages; empty if there are no members.
    @discardableResult
    public mutating func addTransientElements(
        _ elements: [TransientElement],
        to set: SetObject
    ) throws(KernelObjectsError) -> Range<Int> {
        let flags = MessageFlag.create
        return try appendElements(elements, FirewallMessage.newElements, flags: flags, set: set) {
            (encoding, member, writer) in
            encoding.write(member.element, remaining: member.remaining, into: &writer)
        }
    }

    /// Deletes members of a set, in as many messages as they need. The kernel refuses all if one is not there.
    /// - Returns: The indices of the messages; empty where there are no members.
    @discardableResult
    public mutating func deleteElements(
        _ elements: [SetElement],
        from set: SetObject
    ) throws(KernelObjectsError) -> Range<Int> {
        try appendElements(elements, FirewallMessage.deleteElements, flags: 0, set: set)
    }

    /// Makes a set that the next rule takes over; returns its number.
    mutating func addAnonymousSet(_ set: SetObject) throws(KernelObjectsError) -> UInt32 {
        let id = nextSetID()
        // The number of members picks the kernel's fastest kind of set; an interval has two ends.
        let size = set.flags.contains(.interval) ? set.elements.count * 2 : set.elements.count
        try addSet(set, id: id, size: UInt32(clamping: size))
        try appendElements(set.elements, FirewallMessage.newElements, flags: MessageFlag.create, set: set, id: id)
        return id
    }

    @discardableResult
    private mutating func addSet(_ set: SetObject, id: UInt32, size: UInt32) throws(KernelObjectsError) -> Int {
        let flags = MessageFlag.create | MessageFlag.exclusive
        return try append(FirewallMessage.newSet, flags: flags, "set '\(set.name)'") { writer in
            writer.string(SetAttribute.table, FirewallState.tableName)
            writer.name(SetAttribute.name, set.name)
            writer.networkOrder(SetAttribute.flags, set.flags.rawValue)
            writer.networkOrder(SetAttribute.keyType, set.keyType)
            writer.networkOrder(SetAttribute.keyLength, set.keyLength)
            writer.networkOrder(SetAttribute.id, id)
            if size != 0 {
                let description = writer.open(SetAttribute.description)
                writer.networkOrder(SetAttribute.descriptionSize, size)
                writer.close(description)
            }
            if set.timeout != 0 { writer.networkOrder(SetAttribute.timeout, set.timeout) }
            if !set.userdata.isEmpty { writer.data(SetAttribute.userdata, set.userdata) }
        }
    }

    /// The most bytes of members in one message: the list is one attribute of at most 65,535 bytes, and one interval is written
    /// whole.
    private static let mostElementBytes = 60_000

    @discardableResult
    private mutating func appendElements(
        _ elements: [SetElement],
        _ type: UInt16,
        flags: UInt16,
        set: SetObject,
        id: UInt32? = nil
    ) throws(KernelObjectsError) -> Range<Int> {
        try appendElements(elements, type, flags: flags, set: set, id: id) { (encoding, element, writer) in
            encoding.write(element, into: &writer)
        }
    }

    @inline(__always)
    private mutating func appendElements<Element>(
        _ elements: [Element],
        _ type: UInt16,
        flags: UInt16,
        set: SetObject,
        id: UInt32? = nil,
        _ write: (ElementEncoding, Element, inout AttributeWriter) -> Void
    ) throws(KernelObjectsError) -> Range<Int> {
        let first = count
        let encoding = ElementEncoding(set: set, isDeletion: type == FirewallMessage.deleteElements)
        var next = elements.startIndex
        while next < elements.endIndex {
            // No message becomes too long, so none is left behind by an error.
            _ = try append(type, flags: flags, "set '\(set.name)'") { writer in
                writer.string(ElementAttribute.table, FirewallState.tableName)
                writer.name(ElementAttribute.set, set.name)
                if let id { writer.networkOrder(ElementAttribute.setID, id) }
                let list = writer.open(ElementAttribute.list)
                while next < elements.endIndex, writer.count - list < Self.mostElementBytes {
                    write(encoding, elements[next], &writer)
                    next += 1
                }
                writer.close(list)
            }
        }
        return first..<count
    }
}
