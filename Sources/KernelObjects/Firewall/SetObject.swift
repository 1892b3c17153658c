/// An nf_tables set in canonical form.
public struct SetObject: Sendable, Hashable {
    /// The name; `__set%d` for an anonymous set.
    public var name: String
    /// `NFTA_SET_FLAGS`.
    public var flags: SetFlags
    /// nft's datatype number of the key (`NFTA_SET_KEY_TYPE`).
    public var keyType: UInt32
    /// Length of the key in bytes (`NFTA_SET_KEY_LEN`).
    public var keyLength: UInt32
    /// Default lifetime of a member in milliseconds (`NFTA_SET_TIMEOUT`); 0 for none.
    public var timeout: UInt64
    /// The largest number of members (`NFTA_SET_DESC_SIZE`); 0 where there is no bound.
    public var size: UInt32
    /// `NFTA_SET_USERDATA`.
    public var userdata: [UInt8]
    /// The members, ascending by key.
    public var elements: [SetElement]
    /// The kernel's attributes, where the set is of a kind that Weir does not make (a map, a concatenation, expressions): it is then foreign.
    public var foreignAttributes: [UInt8]?
    /// Attributes of an observed set that no kernel had when this was written, by number.
    public var additions: [UInt16] = []
    /// The same of its members.
    public var memberAdditions: [UInt16] = []

    /// Creates a set.
    public init(
        name: String,
        flags: SetFlags,
        keyType: UInt32,
        keyLength: UInt32,
        timeout: UInt64 = 0,
        size: UInt32 = 0,
        userdata: [UInt8] = [],
        elements: [SetElement] = [],
        foreignAttributes: [UInt8]? = nil
    ) {
        self.name = name
        self.flags = flags
        self.keyType = keyType
        self.keyLength = keyLength
        self.timeout = timeout
        self.size = size
        self.userdata = userdata
        self.elements = elements
        self.foreignAttributes = foreignAttributes
    }
}

/// `NFTA_SET_FLAGS` (`enum nft_set_flags`).
public struct SetFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let anonymous = SetFlags(rawValue: 0x01)
    public static let constant = SetFlags(rawValue: 0x02)
    public static let interval = SetFlags(rawValue: 0x04)
    public static let map = SetFlags(rawValue: 0x08)
    public static let timeout = SetFlags(rawValue: 0x10)
    public static let evaluated = SetFlags(rawValue: 0x20)
    public static let object = SetFlags(rawValue: 0x40)
    public static let concatenation = SetFlags(rawValue: 0x80)
}

/// A member of a set: one key, or in an interval set all keys from `start` to `end`, both included.
public struct SetElement: Sendable, Hashable {
    /// The key, or the first of the interval.
    public var start: SetKey
    /// The last key of the interval; equal to `start` for one key.
    public var end: SetKey
    /// Lifetime in milliseconds as given when it was added; 0 for none.
    public var timeout: UInt64

    /// Creates a member.
    public init(start: SetKey, end: SetKey, timeout: UInt64 = 0) {
        self.start = start
        self.end = end
        self.timeout = timeout
    }
}

/// Up to 16 bytes of set key as they stand in a register, the first byte most significant, padded with zeros at the end.
public struct SetKey: Sendable, Hashable, Comparable {
    // Two halves for the reason that `RegisterData` has.
    private var high: UInt64
    private var low: UInt64

    /// The 16 bytes as a number.
    public var rawValue: UInt128 {
        get {
            UInt128(high) << 64 | UInt128(low)
        }
        set {
            self = SetKey(rawValue: newValue)
        }
    }

    /// Creates a key.
    public init(rawValue: UInt128) {
        high = UInt64(truncatingIfNeeded: rawValue >> 64)
        low = UInt64(truncatingIfNeeded: rawValue)
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
