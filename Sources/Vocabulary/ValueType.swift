/// How the values of a field are read, written and laid out.
public enum ValueType: Sendable, Hashable {
    /// A whole number of so many bits.
    case number(bits: UInt8)
    /// A number of so many bits, whose values mostly go by a name.
    case named(ValueNames, bits: UInt8)
    /// An Ethernet address, six bytes.
    case hardwareAddress
    /// Seconds since midnight, UTC; 32 bits.
    case timeOfDay
    /// Milliseconds, 32 bits.
    case duration
    /// Text of 16 bytes, padded with NULs.
    case text
    /// The same of the kind of an interface, which nft takes for a name of one.
    case interfaceKind

    /// How many bits a value has in the kernel's register.
    public var bits: Int {
        switch self {
        case .number(let bits), .named(_, let bits): Int(bits)
        case .hardwareAddress: 48
        case .timeOfDay, .duration: 32
        case .text, .interfaceKind: 128
        }
    }

    /// Whether a value is text.
    public var isText: Bool {
        self == .text || self == .interfaceKind
    }

    /// The largest value.
    public var greatest: FieldValue {
        switch self {
        case .timeOfDay: FieldValue(UInt32(24 * 60 * 60 - 1))
        case .named(let names, _) where !names.allowsNumbers:
            names.entries.map { FieldValue($0.value) }.max() ?? .least
        default: FieldValue(UInt128.max >> UInt128(128 - bits))
        }
    }

    /// Whether a range of values means something.
    public var hasRanges: Bool {
        switch self {
        case .number, .timeOfDay, .duration: true
        case .named(let names, _): names.areOrdered
        case .hardwareAddress, .text, .interfaceKind: false
        }
    }

    /// Whether there are no values but those that have names.
    public var hasNamesForAll: Bool {
        if case .named(let names, _) = self { !names.allowsNumbers } else { false }
    }

    /// Whether several values can be asked for: whether something is there is one thing or the other.
    public var hasLists: Bool {
        if case .named(.presence, _) = self { false } else { true }
    }

    /// What is expected, for messages.
    public var noun: String {
        switch self {
        case .number: "a number"
        case .named(let names, _): names.noun
        case .hardwareAddress: "a hardware address"
        case .timeOfDay: "a time of day such as 08:00"
        case .duration: "a duration"
        case .text: "a name of at most 15 characters"
        case .interfaceKind: "a kind of interface"
        }
    }

    /// nft's number for the type (`enum datatypes` of nft's `datatype.h`), which it keeps in anonymous sets.
    public var nftDatatype: UInt32 {
        switch self {
        case .number: 4
        case .named(let names, _): names.nftDatatype
        case .hardwareAddress: 9
        case .timeOfDay: 44
        case .duration: 18
        case .text: 5
        case .interfaceKind: 41
        }
    }
}
