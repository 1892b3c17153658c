import NetworkTypes
import Testing

struct IPPrefixTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3"), ("10.1.2.3/32", "10.1.2.3"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("::/0", "::/0"), ("2001:DB8::/32", "2001:db8::/32"), ("2001:db8::1/128", "2001:db8::1"),
    ])
    func aPrefixIsReadAndWritten(text: String, canonical: String) throws {
        #expect(try IPPrefix(text).description == canonical)
    }

    @Test(arguments: [
        ("10.0.0.0/33", AddressParsingError.lengthTooLarge(.ipv4)),
        ("10.0.0.0/99999999999999999999999", .lengthTooLarge(.ipv4)), ("::/129", .lengthTooLarge(.ipv6)),
        ("10.0.0.0/", .malformed), ("10.0.0.0/08", .malformed), ("10.0.0.0/ 8", .malformed), ("/8", .malformed),
        ("10.0.0.0/-1", .malformed), ("10.0.0.0/8/8", .malformed), ("10.0.0/8", .malformed),
        ("10.0.0.0/255.0.0.0", .malformed), ("", .malformed),
    ])
    func aMistakeInAPrefixIsNamed(text: String, error: AddressParsingError) {
        #expect(throws: error) { try IPPrefix(text) }
    }

    @Test(arguments: [
        ("10.0.0.1/8", "10.0.0.0/8"), ("192.0.2.129/25", "192.0.2.128/25"), ("2001:db8::1/64", "2001:db8::/64"),
        ("1.2.3.4/0", "0.0.0.0/0"),
    ])
    func hostBitsAreNamedWithThePrefixThatWasMeant(text: String, masked: String) throws {
        let prefix = try IPPrefix(masked)
        #expect(throws: AddressParsingError.hostBitsSet(prefix)) { try IPPrefix(text) }
    }

    @Test(arguments: [
        ("10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"), ("10.0.0.0-10.0.0.255", "10.0.0.0/24"),
        ("10.0.0.7-10.0.0.7", "10.0.0.7"), ("0.0.0.0-255.255.255.255", "0.0.0.0/0"), ("::-::f", "::/124"),
        ("::1-::2", "::1-::2"), ("10.0.0.4/30", "10.0.0.4/30"),
    ])
    func aRangeIsReadAndWrittenInItsShortestForm(text: String, canonical: String) throws {
        #expect(try AddressRange(text).description == canonical)
    }

    @Test(arguments: [
        ("10.0.0.9-10.0.0.1", AddressParsingError.reversed), ("10.0.0.1-::1", .mixedFamilies),
        ("10.0.0.1-", .malformed), ("-10.0.0.1", .malformed), ("10.0.0.0/8-10.0.0.1", .malformed),
        ("a-b", .malformed), ("10.0.0.1-2-3", .malformed),
    ])
    func aMistakeInARangeIsNamed(text: String, error: AddressParsingError) {
        #expect(throws: error) { try AddressRange(text) }
    }

    @Test(arguments: [
        ("10.0.0.1-10.0.0.6", ["10.0.0.1", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6"]),
        ("0.0.0.0-255.255.255.255", ["0.0.0.0/0"]), ("255.255.255.254-255.255.255.255", ["255.255.255.254/31"]),
        ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]), ("10.0.0.3-10.0.0.3", ["10.0.0.3"]),
    ])
    func aRangeIsSplitIntoTheFewestPrefixes(text: String, prefixes: [String]) throws {
        #expect(try AddressRange(text).prefixes.map(\.description) == prefixes)
    }

    @Test func thePrefixesOfARangeMakeItUpAgain() throws {
        for _ in 0..<500 {
            let bounds = [UInt32.random(in: .min ... .max), UInt32.random(in: .min ... .max)].sorted()
            let range = AddressRange.ipv4(
                try #require(Interval(IPv4Address(rawValue: bounds[0]), IPv4Address(rawValue: bounds[1])))
            )
            let prefixes = range.prefixes
            #expect(prefixes.count <= 62)
            #expect(AddressSet(prefixes.map { AddressRange($0) }) == AddressSet(range))
        }
        let worst = try AddressRange("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")
        #expect(worst.prefixes.count == 254)
        #expect(AddressSet(worst.prefixes.map { AddressRange($0) }) == AddressSet(worst))
    }
}
