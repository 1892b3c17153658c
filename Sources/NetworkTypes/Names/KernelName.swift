/// Names as the kernel has them: bytes, which need not be text. Here they are strings, without loss: a byte that cannot stand as text
/// stands as the character U+10FF00 + byte (U+10FF80 to U+10FFFF, the end of the last private use area), and nothing else does.
///
/// The names of Weir's own language are ASCII, so that none of them ever has such a character.
public enum KernelName {
    /// The characters that stand for bytes.
    private static let stand: ClosedRange<UInt32> = 0x10_FF80...0x10_FFFF

    /// A name of nf_tables. Two such strings are equal exactly if their bytes are: Swift takes strings for equal that are written with
    /// different characters (é is one, or e and an accent), which cannot be below U+0300. Other names have no character that is not ASCII.
    public static func text(_ bytes: some Collection<UInt8>) -> String {
        text(bytes, isText: { $0.value < 0x300 })
    }

    /// The name of an interface: text if it is UTF-8, as people write it in rule files.
    public static func interface(_ bytes: some Collection<UInt8>) -> String {
        text(bytes, isText: { !stand.contains($0.value) })
    }

    private static func text(_ bytes: some Collection<UInt8>, isText: (Unicode.Scalar) -> Bool) -> String {
        if let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.allSatisfy(isText) { return text }
        var scalars = String.UnicodeScalarView()
        for byte in bytes {
            scalars.append(byte < 0x80 ? Unicode.Scalar(byte) : Unicode.Scalar(0x10_FF00 | UInt32(byte)) ?? "?")
        }
        return String(scalars)
    }

    /// The bytes of such a string.
    public static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if let byte = byte(scalar) { bytes.append(byte) } else { bytes += UTF8.encode(scalar) ?? .init() }
        }
        return bytes
    }

    /// The byte that a character stands for; nil if it stands for itself.
    public static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
        stand.contains(scalar.value) ? UInt8(truncatingIfNeeded: scalar.value) : nil
    }
}
