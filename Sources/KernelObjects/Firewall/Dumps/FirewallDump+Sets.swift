extension FirewallDump {
    /// A set without its members, from a `NFT_MSG_NEWSET`, with the name of its table and, where the kernel tells (since Linux 6.16),
    /// the number of its members.
    ///
    /// The set is in canonical form but for its name, which the kernel has given to an anonymous set too: of the userdata stays what
    /// Weir writes itself.
    public static func set(
        _ payload: RawSpan
    ) throws(KernelObjectsError) -> (table: String, set: SetObject, memberCount: UInt32?) {
        let kind = "NFT_MSG_NEWSET"
        var fields = SetFields()
        try forEachAttribute(of: payload, kind) { fields.read($0) }
        guard let table = fields.table, let set = fields.set else { throw .malformed(message: kind) }
        return (table, set, fields.memberCount)
    }
}

/// What the attributes of a set say.
private struct SetFields {
    var table: String?
    /// `NFTA_SET_COUNT`
    var memberCount: UInt32?

    private var name: String?
    private var flags: SetFlags = []
    private var keyType: UInt32 = 0
    private var keyLength: UInt32?
    private var size: UInt32 = 0
    private var timeout: UInt64 = 0
    private var userdata: [UInt8] = []
    private var hasUnknown = false
    private var isMalformed = false
    /// Attributes that are not known.
    private var additions: [UInt16] = []
    /// The attributes that say what the set is.
    private var attributes: [UInt8] = []

    /// Flags of the sets that Weir can make.
    private static let known: SetFlags = [.anonymous, .constant, .interval, .timeout, .evaluated]

    var set: SetObject? {
        guard let name, let keyLength, !isMalformed else { return nil }
        let isAnonymous = flags.contains(.anonymous)
        // Of the values in a rule the rule itself says what they are; a named set has its type alone.
        let isKnownType =
            isAnonymous ? (1...16).contains(keyLength) : SetDatatype(rawValue: keyType)?.keyLength == keyLength
        let isForeign = hasUnknown || !flags.isSubset(of: Self.known) || !isKnownType
        var set = SetObject(
            name: name,
            flags: flags,
            keyType: keyType,
            keyLength: keyLength,
            timeout: timeout,
            size: isAnonymous ? 0 : size,
            userdata: canonicalUserdata(isAnonymous: isAnonymous),
            foreignAttributes: isForeign ? attributes : nil
        )
        set.additions = additions.sorted()
        return set
    }

    private func canonicalUserdata(isAnonymous: Bool) -> [UInt8] {
        var read = SetUserdata(userdata)
        guard isAnonymous else { return read.bytes }
        // nft also notes what the set's values are compared with.
        read.comment = nil
        if let type = SetDatatype(rawValue: keyType) { read.byteOrder = type.byteOrder }
        return read.bytes
    }

    mutating func read(_ attribute: AttributeReader.Attribute) {
        switch attribute.type {
        // They change by themselves, or are another view of the members.
        case SetAttribute.handle, SetAttribute.backend: return
        case SetAttribute.count:
            memberCount = attribute.networkOrder32
            return
        case SetAttribute.table: table = attribute.name
        case SetAttribute.name: name = attribute.name
        case SetAttribute.flags: flags = SetFlags(rawValue: number(attribute.networkOrder32))
        case SetAttribute.keyType: keyType = number(attribute.networkOrder32)
        case SetAttribute.keyLength: keyLength = attribute.networkOrder32
        case SetAttribute.timeout: timeout = number(attribute.networkOrder64)
        case SetAttribute.userdata: userdata = Array(attribute.value)
        case SetAttribute.description: readDescription(attribute)
        // The kernel's choices: the fastest kind of set, and when what has expired is removed.
        case SetAttribute.policy: hasUnknown = hasUnknown || attribute.networkOrder32 != 0
        case SetAttribute.collectionInterval: hasUnknown = hasUnknown || attribute.networkOrder32 != 0
        case ...SetAttribute.highest: hasUnknown = true
        default: additions.append(attribute.type)
        }
        // Two tables may have sets that are alike, and the kernel numbers anonymous sets.
        guard attribute.type != SetAttribute.table, attribute.type != SetAttribute.name else { return }
        attributes += attribute.whole
    }

    private mutating func readDescription(_ attribute: AttributeReader.Attribute) {
        var reader = attribute.nested
        while let part = reader.next() {
            switch part.type {
            case SetAttribute.descriptionSize: size = number(part.networkOrder32)
            case ...SetAttribute.highestOfDescription: hasUnknown = true
            default: additions.append(part.type)
            }
        }
        if reader.isMalformed { isMalformed = true }
    }

    private mutating func number<Number: FixedWidthInteger>(_ value: Number?) -> Number {
        guard let value else {
            isMalformed = true
            return 0
        }
        return value
    }
}
