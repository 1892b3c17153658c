import NetworkTypes
import Testing

struct IntervalSetTests {
    @Test(arguments: [
        (["22"], "22"), (["23", "22"], "22,23"), (["22", "22"], "22"), (["22", "23", "30-40"], "22-23,30-40"),
        (["1-5", "3-9"], "1-9"), (["1-5", "6-9"], "1-9"), (["1-9", "3"], "1-9"), (["65535", "0-65534"], "0-65535"),
        ([], ""), (["80", "1000-2000", "443"], "80,443,1000-2000"),
    ])
    func overlapsAreMerged(texts: [String], merged: String) throws {
        let set = IntervalSet(try texts.map { try Interval<UInt16>(parsing: $0.utf8.span) })
        #expect(set.intervals.map(\.description).joined(separator: ",") == merged)
        #expect(IntervalSet(set.intervals) == set)
    }

    @Test func aSetHoldsExactlyTheValuesOfItsIntervals() throws {
        for _ in 0..<200 {
            let intervals = (0..<Int.random(in: 0...6)).compactMap { _ in
                let lower = UInt16.random(in: 0...100)
                return Interval(lower, lower + UInt16.random(in: 0...8))
            }
            let set = IntervalSet(intervals)
            for value in UInt16(0)...110 {
                let isExpected = intervals.contains { $0.lower <= value && value <= $0.upper }
                #expect(set.contains(value) == isExpected)
            }
            #expect(IntervalSet(intervals.shuffled()) == set)
        }
    }

    @Test(arguments: [
        ("", IntervalParsingError.malformed), ("-", .malformed), ("1-", .malformed), ("http", .malformed),
        ("022", .malformed), ("1-2-3", .malformed), ("65536", .outOfRange), ("1-99999999999999999999", .outOfRange),
        ("9-1", .reversed), ("+1", .malformed), ("0x", .malformed), ("1 ", .malformed),
    ])
    func aMistakeInAPortRangeIsNamed(text: String, error: IntervalParsingError) {
        #expect(throws: error) { try Interval<UInt16>(parsing: text.utf8.span) }
    }

    @Test func anAddressSetKeepsTheFamiliesApart() throws {
        let set = AddressSet(try ["2001:db8::/32", "10.0.0.0/25", "10.0.0.128/25"].map { try AddressRange($0) })
        #expect(set.ranges.map(\.description) == ["10.0.0.0/24", "2001:db8::/32"])
        #expect(set.families == .both)
        #expect(set.only(.ipv6).families == .ipv6)
        #expect(set.contains(try #require(IPAddress("10.0.0.200"))))
        #expect(!set.contains(try #require(IPAddress("10.0.1.0"))))
    }
}
