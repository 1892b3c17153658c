extension IPv6Address: TextWritable {
    /// Reads any text form of RFC 4291 section 2.2, with an embedded IPv4 address too; no zone, no brackets.
    public init?(parsing text: Span<UInt8>) {
        let colon = UInt8(ascii: ":")
        let end = text.count
        guard (2...45).contains(end) else { return nil }
        var groups: UInt128 = 0
        var count = 0
        var groupsBeforeGap: Int?
        var index = 0
        if text[0] == colon {
            guard text[1] == colon else { return nil }
            groupsBeforeGap = 0
            index = 2
        }
        while index < end {
            let start = index
            var group: UInt32 = 0
            while index < end, index - start < 4, let digit = hexadecimalDigit(text[index]) {
                group = group << 4 | UInt32(digit)
                index += 1
            }
            if index < end, text[index] == UInt8(ascii: ".") {
                guard let embedded = IPv4Address(parsing: text.extracting(start..<end)) else { return nil }
                groups = groups << 32 | UInt128(embedded.rawValue)
                count += 2
                break
            }
            guard index > start else { return nil }
            groups = groups << 16 | UInt128(group)
            count += 1
            guard index < end else { break }
            guard text[index] == colon, index + 1 < end, count < 8 else { return nil }
            index += 1
            if text[index] == colon {
                guard groupsBeforeGap == nil else { return nil }
                groupsBeforeGap = count
                index += 1
            }
        }
        guard let groupsBeforeGap else {
            guard count == 8 else { return nil }
            self.init(rawValue: groups)
            return
        }
        // "::" stands for at least one group.
        guard count < 8 else { return nil }
        let tailBits = (count - groupsBeforeGap) * 16
        let tail = groups & ~(UInt128.max << tailBits)
        self.init(rawValue: (groups >> tailBits) << ((8 - groupsBeforeGap) * 16) | tail)
    }

    /// Reads any text form of RFC 4291 section 2.2.
    public init?(_ text: String) {
        self.init(parsing: text.utf8.span)
    }

    /// Appends the canonical form (RFC 5952), IPv4-mapped addresses with the IPv4 address in dotted decimal.
    public func write(to text: inout TextBuffer) {
        if rawValue >> 32 == 0xffff {
            text.write("::ffff:")
            text.write(IPv4Address(rawValue: UInt32(truncatingIfNeeded: rawValue)))
            return
        }
        let gap = longestZeroRun
        var index = 0
        while index < 8 {
            if index == gap.lowerBound, !gap.isEmpty {
                text.write("::")
                index = gap.upperBound
                continue
            }
            if index > 0, index != gap.upperBound || gap.isEmpty { text.write(UInt8(ascii: ":")) }
            text.write(hexadecimal: group(index))
            index += 1
        }
    }

    /// The 16 bits of a group, the first group being the most significant one.
    private func group(_ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: rawValue >> ((7 - index) * 16))
    }

    /// The groups that `::` replaces: the longest run of at least two zero groups, the first of several.
    private var longestZeroRun: Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0..<8 {
            guard group(index) == 0 else {
                start = index + 1
                continue
            }
            if index + 1 - start > max(longest.count, 1) { longest = start..<index + 1 }
        }
        return longest
    }
}
