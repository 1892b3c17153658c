/// The version of a kernel, as far as it says what the kernel can do: distributions bring changes to older kernels.
public struct KernelVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The three numbers, `6.12.43` for instance.
    public let numbers: [Int]

    /// Without `NFTA_BITWISE_OP` in dumps and without sets of concatenated ranges: Weir was tried on one such kernel, and much failed there.
    public static let oldest = KernelVersion(5, 6)
    /// The oldest kernel that all of `make kernels` passes on.
    public static let oldestTried = KernelVersion(5, 10)
    /// The newest one.
    public static let newestTried = KernelVersion(7, 3)

    /// Creates a version.
    public init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        numbers = [major, minor, patch]
    }

    /// The version in a release (`uname -r`); nil if it does not begin with numbers. What follows the dotted numbers is the distribution's, or
    /// `-rc` and a number.
    public init?(release: String) {
        let dotted = release.prefix { $0 == "." || ("0"..."9").contains($0) }
        let parts = dotted.split(separator: ".").prefix(3).map { Int($0) ?? 0 }
        guard parts.count >= 2 else { return nil }
        numbers = parts + Array(repeating: 0, count: 3 - parts.count)
    }

    /// The first two numbers, which name a series.
    public var series: String {
        "\(numbers[0]).\(numbers[1])"
    }

    public var description: String {
        numbers.map(String.init).joined(separator: ".")
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.numbers.lexicographicallyPrecedes(right.numbers)
    }
}
