/// Puts the members of a set together from the messages of a `NFT_MSG_GETSETELEM` dump.
public struct ElementCollector: Sendable {
    private var set: SetObject
    private var ends: [End] = []
    /// The members of a foreign set, as the kernel sent them, without what changes by itself.
    private var foreign: [[UInt8]] = []
    private var hasUnknown = false
    private var additions: Set<UInt16> = []
    /// Whether a key was listed twice. While the kernel enlarges the table of a hash set, it goes through it in changing order from one message to
    /// the next: it then names some members twice and leaves others out (`nft_rhash_walk`), and no generation tells.
    public private(set) var isDisturbed = false
    /// What is left of the lifetime of each member that has one, in milliseconds, by its first key.
    public private(set) var remaining: [SetKey: UInt64] = [:]

    /// A key as it stands in the dump: of an interval set both ends do, each on its own.
    private struct End: Sendable {
        var key: SetKey
        var timeout: UInt64 = 0
        var isEnd = false
    }

    /// Starts with the set's own message.
    public init(_ set: SetObject) {
        self.set = set
    }

    /// Takes the members that a `NFT_MSG_NEWSETELEM` has.
    public mutating func add(_ payload: RawSpan) throws(KernelObjectsError) {
        let kind = "NFT_MSG_NEWSETELEM"
        var isWellFormed = true
        try FirewallDump.forEachAttribute(of: payload, kind) { attribute in
            guard attribute.type == ElementAttribute.list else { return }
            var reader = attribute.nested
            while let item = reader.next() {
                guard item.type == ElementAttribute.item else {
                    additions.insert(item.type)
                    continue
                }
                if !read(item) { isWellFormed = false }
            }
            if reader.isMalformed { isWellFormed = false }
        }
        guard isWellFormed else { throw .malformed(message: kind) }
    }

    /// The set with its members in canonical form: ascending, the ends of intervals joined.
    public mutating func finish() -> SetObject {
        set.memberAdditions = additions.sorted()
        guard set.foreignAttributes == nil, !hasUnknown else {
            // Hash sets have no order of their own.
            let members = foreign.sorted { $0.lexicographicallyPrecedes($1) }
            set.foreignAttributes = (set.foreignAttributes ?? []) + members.joined()
            return set
        }
        set.elements = set.flags.contains(.interval) ? intervals() : singles()
        return set
    }

    // MARK: Reading

    private mutating func read(_ item: AttributeReader.Attribute) -> Bool {
        var end: End?
        var timeout: UInt64 = 0
        var expiration: UInt64?
        var flags: UInt32 = 0
        var raw: [UInt8] = []
        let isForeign = set.foreignAttributes != nil
        var reader = item.nested
        while let attribute = reader.next() {
            switch attribute.type {
            case ElementAttribute.key: end = key(attribute).map { End(key: $0) }
            case ElementAttribute.flags: flags = attribute.networkOrder32 ?? 0
            case ElementAttribute.timeout: timeout = attribute.networkOrder64 ?? 0
            case ElementAttribute.expiration:
                expiration = attribute.networkOrder64
                continue
            // A comment, or nft's note that an interval has no end.
            case ElementAttribute.userdata: break
            case ...ElementAttribute.highest: hasUnknown = true
            default: additions.insert(attribute.type)
            }
            if isForeign { raw += attribute.whole }
        }
        guard !reader.isMalformed else { return false }
        if isForeign { foreign.append(raw) }
        guard var end else {
            // The catch-all member has no key.
            hasUnknown = true
            return true
        }
        if flags & ~ElementAttribute.intervalEnd != 0 { hasUnknown = true }
        end.isEnd = flags & ElementAttribute.intervalEnd != 0
        end.timeout = timeout == set.timeout ? 0 : timeout
        if let expiration { remaining[end.key] = expiration }
        ends.append(end)
        return true
    }

    private mutating func key(_ attribute: AttributeReader.Attribute) -> SetKey? {
        var key: SetKey?
        var reader = attribute.nested
        while let value = reader.next() {
            switch value.type {
            case DataAttribute.value: key = value.leadingBits.map(SetKey.init(rawValue:))
            case DataAttribute.verdict: hasUnknown = true
            default: additions.insert(value.type)
            }
        }
        return key
    }

    // MARK: Canonical form

    private mutating func singles() -> [SetElement] {
        ends.sort { $0.key < $1.key }
        isDisturbed = zip(ends, ends.dropFirst()).contains { $0.key == $1.key }
        return ends.map { SetElement($0.key, timeout: $0.timeout) }
    }

    /// Joins starts and ends as a lookup does: it finds the last end or start before the key, and hits if that is a start.
    private mutating func intervals() -> [SetElement] {
        let length = set.significantKeyLength
        ends.sort { $0.key == $1.key ? $0.isEnd && !$1.isEnd : $0.key < $1.key }
        var elements: [SetElement] = []
        elements.reserveCapacity(ends.count / 2 + 1)
        var start: End?
        for end in ends {
            if let start {
                let last = end.key.predecessor(length: length) ?? end.key
                elements.append(SetElement(start: start.key, end: last, timeout: start.timeout))
            }
            start = end.isEnd ? nil : end
        }
        if let start {
            elements.append(SetElement(start: start.key, end: .largest(length: length), timeout: start.timeout))
        }
        return elements
    }
}
