/// How the members of a set are written.
struct ElementEncoding {
    private let keyLength: Int
    private let isInterval: Bool
    private let isDeletion: Bool

    init(set: SetObject, isDeletion: Bool) {
        keyLength = set.significantKeyLength
        isInterval = set.flags.contains(.interval)
        self.isDeletion = isDeletion
    }

    /// Writes a member: in an interval set its first key and, flagged as an end, the key after its last one. What reaches to the largest
    /// key has no end.
    @inline(__always)
    func write(_ element: SetElement, remaining: UInt64? = nil, into writer: inout AttributeWriter) {
        guard isInterval else {
            return write(element.start, timeout: element.timeout, remaining: remaining, into: &writer)
        }
        let end = element.end.successor(length: keyLength)
        write(
            element.start,
            timeout: element.timeout,
            remaining: remaining,
            isOpenEnded: end == nil,
            into: &writer
        )
        if let end { write(end, isEnd: true, into: &writer) }
    }

    /// Writes what finds a member: its first key, and in an interval set the key after that, flagged as an end, which finds the next end.
    func writeLookup(of element: SetElement, into writer: inout AttributeWriter) {
        write(element.start, into: &writer)
        guard isInterval, let next = element.start.successor(length: keyLength) else { return }
        write(next, isEnd: true, into: &writer)
    }

    @inline(__always)
    private func write(
        _ key: SetKey,
        timeout: UInt64 = 0,
        remaining: UInt64? = nil,
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
            if let remaining { writer.networkOrder(ElementAttribute.expiration, remaining) }
            if isOpenEnded { writer.data(ElementAttribute.userdata, Userdata.openEnd) }
        }
        writer.close(item)
    }
}

extension Userdata {
    /// What nft notes at a member that has no end (`NFTNL_UDATA_SET_ELEM_FLAGS`, `NFTNL_SET_ELEM_F_INTERVAL_OPEN`).
    fileprivate static let openEnd = withUnsafeBytes(of: UInt32(1)) { entry(1, Array($0)) }
}
