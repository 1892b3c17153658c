public import NetworkTypes

/// Why text is not a rate or a burst.
public enum RateParsingError: Error, Sendable, Hashable {
    /// It is not a number, a slash and a period: `10/second`, `5 mbytes/minute`.
    case malformed
    /// The period is none of second, minute, hour, day and week.
    case unknownPeriod
    /// The number is 0 or too large.
    case outOfRange
    /// The burst is in bytes and the rate in packets, or the other way round.
    case otherUnit
}

extension Limit {
    private typealias Quantity = (number: UInt64, unit: Unit?, rest: Int)

    /// nft's units of bytes; a kbyte is 1024 bytes.
    private static let byteUnits: [(name: StaticString, bytes: UInt64)] = [
        ("mbytes", 1 << 20), ("kbytes", 1 << 10), ("bytes", 1),
    ]

    /// Reads `10/second`, `10 packets/second` or `5 mbytes/second` into a limit with the default burst.
    public init(parsingRate text: Span<UInt8>) throws(RateParsingError) {
        let (number, unit, rest) = try Self.quantity(text)
        guard rest < text.count, text[rest] == UInt8(ascii: "/") else { throw .malformed }
        let start = text.skippingBlanks(from: rest + 1)
        guard start < text.count else { throw .malformed }
        guard let period = Period(named: text.extracting(start..<text.count)) else { throw .unknownPeriod }
        guard number > 0 else { throw .outOfRange }
        self.init(rate: number, unit: unit ?? .packets, period: period)
    }

    /// Reads the burst of this limit's unit: `20`, `20 packets`, `512 kbytes`.
    public mutating func parseBurst(_ text: Span<UInt8>) throws(RateParsingError) {
        let (number, unit, rest) = try Self.quantity(text)
        guard rest == text.count else { throw .malformed }
        guard unit ?? self.unit == self.unit else { throw .otherUnit }
        guard let burst = UInt32(exactly: number), burst > 0 || self.unit == .bytes else { throw .outOfRange }
        self.burst = burst
    }

    /// Reads a number and the unit after it; `rest` is where the text goes on.
    private static func quantity(_ text: Span<UInt8>) throws(RateParsingError) -> Quantity {
        var index = 0
        while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) { index += 1 }
        let number: UInt64
        do {
            number = try UInt64(parsing: text.extracting(0..<index))
        } catch {
            throw error == .outOfRange ? .outOfRange : .malformed
        }
        let start = text.skippingBlanks(from: index)
        index = start
        while index < text.count, text[index] >= UInt8(ascii: "a") { index += 1 }
        let rest = text.skippingBlanks(from: index)
        guard index > start else { return (number, nil, rest) }
        let name = text.extracting(start..<index)
        if name.equals("packets") { return (number, .packets, rest) }
        for unit in byteUnits where name.equals(unit.name) {
            let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
            guard !overflow else { throw .outOfRange }
            return (bytes, .bytes, rest)
        }
        throw .malformed
    }

    /// Appends `limit [over] RATE [burst N]`.
    func writeMatch(to text: inout TextBuffer) {
        text.write(isOver ? "limit over " : "limit ")
        writeRate(to: &text)
        if burst != Self.defaultBurst(unit) {
            text.write(" burst ")
            writeBurst(to: &text)
        }
    }

    /// Appends `10/second` or `5 mbytes/second`.
    public func writeRate(to text: inout TextBuffer) {
        writeQuantity(rate, to: &text)
        text.write(UInt8(ascii: "/"))
        text.write(period)
    }

    /// Appends `20` or `512 kbytes`.
    public func writeBurst(to text: inout TextBuffer) {
        writeQuantity(UInt64(burst), to: &text)
    }

    /// Appends a number of packets, or of bytes in the largest unit that divides it.
    private func writeQuantity(_ number: UInt64, to text: inout TextBuffer) {
        guard unit == .bytes else {
            text.write(decimal: number)
            return
        }
        for unit in Self.byteUnits where number % unit.bytes == 0 && (number > 0 || unit.bytes == 1) {
            text.write(decimal: number / unit.bytes)
            text.write(UInt8(ascii: " "))
            text.write(unit.name)
            return
        }
    }
}

extension Span<UInt8> {
    /// The index of the first byte from `index` on that is no blank.
    fileprivate func skippingBlanks(from index: Int) -> Int {
        var index = index
        while index < count, self[index] == UInt8(ascii: " ") || self[index] == UInt8(ascii: "\t") { index += 1 }
        return index
    }
}
