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
            writer.string(SetAttribute.name, name)
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
            writer.string(SetAttribute.name, set.name)
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
        let first = count
        let encoding = ElementEncoding(set: set, isDeletion: type == FirewallMessage.deleteElements)
        var next = elements.startIndex
        while next < elements.endIndex {
            // No message becomes too long, so none is left behind by an error.
            _ = try append(type, flags: flags, "set '\(set.name)'") { writer in
                writer.string(ElementAttribute.table, FirewallState.tableName)
                writer.string(ElementAttribute.set, set.name)
                if let id { writer.networkOrder(ElementAttribute.setID, id) }
                let list = writer.open(ElementAttribute.list)
                while next < elements.endIndex, writer.count - list < Self.mostElementBytes {
                    encoding.write(elements[next], into: &writer)
                    next += 1
                }
                writer.close(list)
            }
        }
        return first..<count
    }
}

/// How the members of a set are written.
private struct ElementEncoding {
    private let keyLength: Int
    private let isInterval: Bool
    private let isDeletion: Bool

    init(set: SetObject, isDeletion: Bool) {
        keyLength = set.significantKeyLength
        isInterval = set.flags.contains(.interval)
        self.isDeletion = isDeletion
    }

    /// Writes a member: in an interval set its first key and, flagged as an end, the key behind its last one. What reaches to the largest
    /// key has no end.
    @inline(__always)
    func write(_ element: SetElement, into writer: inout AttributeWriter) {
        guard isInterval else { return write(element.start, timeout: element.timeout, into: &writer) }
        let end = element.end.successor(length: keyLength)
        write(element.start, timeout: element.timeout, isOpenEnded: end == nil, into: &writer)
        if let end { write(end, isEnd: true, into: &writer) }
    }

    @inline(__always)
    private func write(
        _ key: SetKey,
        timeout: UInt64 = 0,
        isEnd: Bool = false,
        isOpenEnded: Bool = false,
        into writer: inout AttributeWriter
    ) {
        let item = writer.open(ElementAttribute.item)
        let value = writer.open(ElementAttribute.key)
        writer.leadingBytes(DataAttribute.value, key.rawValue, count: keyLength)
        writer.close(value)
        if isEnd { writer.networkOrder(ElementAttribute.flags, ElementAttribute.intervalEnd) }
        if !isDeletion {
            if timeout != 0 { writer.networkOrder(ElementAttribute.timeout, timeout) }
            if isOpenEnded { writer.data(ElementAttribute.userdata, Userdata.openEnd) }
        }
        writer.close(item)
    }
}

extension SetObject {
    /// The length of a key, as far as keys of this program are long.
    var significantKeyLength: Int {
        Int(min(max(keyLength, 1), 16))
    }
}

extension SetKey {
    /// The next key of keys with a length in bytes; nothing behind the largest one.
    func successor(length: Int) -> SetKey? {
        let (sum, overflow) = rawValue.addingReportingOverflow(1 << UInt128(128 - 8 * length))
        return overflow ? nil : SetKey(rawValue: sum)
    }

    /// The key before, of keys with a length in bytes; nothing before the smallest one.
    func predecessor(length: Int) -> SetKey? {
        let (difference, overflow) = rawValue.subtractingReportingOverflow(1 << UInt128(128 - 8 * length))
        return overflow ? nil : SetKey(rawValue: difference)
    }

    /// The largest key of a length in bytes.
    static func largest(length: Int) -> SetKey {
        SetKey(rawValue: ~(UInt128.max >> UInt128(8 * length)))
    }
}

extension Userdata {
    /// What nft notes at a member that has no end (`NFTNL_UDATA_SET_ELEM_FLAGS`, `NFTNL_SET_ELEM_F_INTERVAL_OPEN`).
    fileprivate static let openEnd = withUnsafeBytes(of: UInt32(1)) { entry(1, Array($0)) }
}
