/// A digest of values that is the same in every run and on every machine: 128 bits, good against accident, not against malice.
public struct Fingerprint: Sendable, Hashable {
    private var low: UInt64 = 0x2d35_8dcc_aa6c_78a5
    private var high: UInt64 = 0x8bb8_4b93_962e_acc9
    private var byteCount: UInt64 = 0

    /// Creates the digest of nothing.
    public init() {}

    /// Adds a number.
    @inline(__always)
    public mutating func combine(_ number: UInt64) {
        byteCount &+= 8
        mix(number)
    }

    /// Adds bytes and how many there are.
    public mutating func combine(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { combine($0) }
    }

    /// Adds text and how long it is.
    public mutating func combine(_ text: String) {
        var text = text
        text.withUTF8 { combine(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a digest.
    public mutating func combine(_ other: Fingerprint) {
        combine(other.low)
        combine(other.high)
        combine(other.byteCount)
    }

    private mutating func combine(_ bytes: UnsafeRawBufferPointer) {
        mix(UInt64(bytes.count))
        byteCount &+= UInt64(bytes.count)
        var offset = 0
        while bytes.count - offset >= 8 {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        guard offset < bytes.count else { return }
        var rest: UInt64 = 0
        for byte in bytes[offset...] { rest = rest << 8 | UInt64(byte) }
        mix(rest)
    }

    /// Both lanes are one to one for a given word, so nothing that was added is ever forgotten at once.
    @inline(__always)
    private mutating func mix(_ word: UInt64) {
        low = (low &+ word &* 0x9e37_79b1_85eb_ca87).rotatedLeft(31) &* 0xc2b2_ae3d_27d4_eb4f
        high = (high ^ word &* 0xd6e8_feb8_6659_fd93).rotatedLeft(27) &* 0xa076_1d64_78bd_642f
    }

    /// The first half.
    public var value: UInt64 {
        var result = low ^ high.rotatedLeft(32) ^ byteCount
        result = (result ^ result >> 32) &* 0xd6e8_feb8_6659_fd93
        return result ^ result >> 32
    }

    /// 32 hexadecimal digits.
    public var hexadecimal: String {
        var second = high ^ low.rotatedLeft(17) &+ byteCount
        second = (second ^ second >> 29) &* 0xc2b2_ae3d_27d4_eb4f
        return Self.digits(value) + Self.digits(second ^ second >> 32)
    }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension UInt64 {
    @inline(__always)
    fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 {
        self &<< count | self &>> (64 - count)
    }
}
