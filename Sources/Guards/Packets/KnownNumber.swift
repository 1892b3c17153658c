import KernelObjects

/// A number of 32 bits of which some are not known.
struct KnownNumber: Hashable {
    /// The bits; those that are not known are 0.
    private(set) var value: UInt32
    /// Which bits are known.
    private(set) var known: UInt32

    /// A number that is known.
    init(_ value: UInt32) {
        self.value = value
        known = .max
    }

    /// A number of which the bits in a mask are known.
    init(_ value: UInt32, known: UInt32) {
        self.value = value & known
        self.known = known
    }

    /// Whether all bits are known.
    var isKnown: Bool { known == .max }

    /// Nothing is known.
    static let unknown = KnownNumber(0, known: 0)

    /// What is known if it is this number or another one.
    func joined(with other: KnownNumber) -> KnownNumber {
        KnownNumber(value, known: known & other.known & ~(value ^ other.value))
    }
}

/// Up to 16 bytes of which some bits are not known: the content of registers.
struct KnownBits {
    /// The bits; those that are not known are 0.
    let value: RegisterData
    /// Which bits are known; as long as the value.
    let known: RegisterData

    /// The length in bytes.
    var length: Int { Int(value.length) }

    /// Whether all bits are known.
    var isKnown: Bool {
        known.bits == UInt128.max & ~(UInt128.max >> UInt128(8 * length))
    }

    /// Bytes that are known.
    init(_ value: RegisterData) {
        self.init(bits: value.bits, known: .max, length: Int(value.length))
    }

    /// A length outside 1...16 is clamped.
    init(bits: UInt128, known: UInt128, length: Int) {
        value = RegisterData(leadingBytes: bits & known, length: length)
        self.known = RegisterData(leadingBytes: known, length: length)
    }

    /// Bytes of which nothing is known.
    static func unknown(length: Int) -> KnownBits {
        KnownBits(bits: 0, known: 0, length: length)
    }

    /// Four bytes in the machine's order.
    init(hostOrder number: KnownNumber) {
        self.init(
            bits: RegisterData(hostOrder: number.value).bits,
            known: RegisterData(hostOrder: number.known).bits,
            length: 4
        )
    }

    /// The first four bytes as a number in the machine's order.
    var hostOrder32: KnownNumber {
        KnownNumber(value.hostOrder32, known: length >= 4 ? known.hostOrder32 : 0)
    }
}

/// What is known about a condition.
enum Truth {
    case no
    case maybe
    case yes

    init(_ isTrue: Bool) {
        self = isTrue ? .yes : .no
    }

    static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .no: .yes
        case .maybe: .maybe
        case .yes: .no
        }
    }

    /// Whether both hold.
    func and(_ other: Truth) -> Truth {
        if self == .no || other == .no { return .no }
        return self == .yes && other == .yes ? .yes : .maybe
    }
}
