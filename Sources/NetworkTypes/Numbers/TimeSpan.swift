/// A length of time in whole milliseconds.
public struct TimeSpan: Sendable, Hashable, Comparable {
    /// The milliseconds.
    public let milliseconds: UInt64

    /// Creates a length of time.
    public init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The units, the longest first, with their milliseconds.
    private static let units: [(name: StaticString, milliseconds: UInt64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]
}

extension TimeSpan: TextWritable {
    /// Reads numbers with units, longer units first, each at most once: `60s`, `1h30m`, `2d`, `500ms`.
    public init(parsing text: Span<UInt8>) throws(NumberParsingError) {
        var total: UInt64 = 0
        var index = 0
        var nextUnit = 0
        var isTooLarge = false
        guard !text.isEmpty else { throw .malformed }
        while index < text.count {
            let start = index
            while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) { index += 1 }
            let unitStart = index
            while index < text.count, text[index] >= UInt8(ascii: "a") { index += 1 }
            let name = text.extracting(unitStart..<index)
            while nextUnit < Self.units.count, !name.equals(Self.units[nextUnit].name) { nextUnit += 1 }
            guard nextUnit < Self.units.count else { throw .malformed }
            let unit = Self.units[nextUnit]
            nextUnit += 1
            let number: UInt64
            do {
                number = try UInt64(parsing: text.extracting(start..<unitStart))
            } catch {
                guard error == .outOfRange else { throw error }
                number = .max
            }
            let (product, overflowed) = number.multipliedReportingOverflow(by: unit.milliseconds)
            let (sum, overflowedAgain) = total.addingReportingOverflow(product)
            isTooLarge = isTooLarge || overflowed || overflowedAgain
            total = sum
        }
        guard !isTooLarge else { throw .outOfRange }
        milliseconds = total
    }

    /// Appends the shortest form: `1m`, `1h30m`, `500ms`; `0s` for no time.
    public func write(to text: inout TextBuffer) {
        guard milliseconds > 0 else {
            text.write("0s")
            return
        }
        var rest = milliseconds
        for unit in Self.units where rest >= unit.milliseconds {
            text.write(decimal: rest / unit.milliseconds)
            text.write(unit.name)
            rest %= unit.milliseconds
        }
    }
}
