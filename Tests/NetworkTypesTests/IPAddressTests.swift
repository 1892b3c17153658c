import Glibc
import NetworkTypes
import Testing

struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", 0), ("255.255.255.255", UInt32.max), ("192.0.2.1", 0xc000_0201), ("8.8.8.8", 0x0808_0808),
    ])
    func dottedDecimalIsReadAndWritten(text: String, number: UInt32) throws {
        let address = try #require(IPv4Address(text))
        #expect(address.rawValue == number)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "01.2.3.4", "00.0.0.0", "1..2.3", ".1.2.3", "1.2.3.",
        "1.2.3.4 ", " 1.2.3.4", "1.2.3.a", "0x1.2.3.4", "1.2.3.4/8", "1.2.3.-4", "1,2,3,4", "1.2.3.1000", "١.2.3.4",
    ])
    func textThatIsNoIPv4AddressIsRefused(text: String) {
        #expect(IPv4Address(text) == nil)
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("::FFFF:c000:201", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("0:0:0:0:0:0:0:0", "::"), ("fe80::0001", "fe80::1"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func anyIPv6FormIsReadAndTheCanonicalOneWritten(text: String, canonical: String) throws {
        #expect(try #require(IPv6Address(text)).description == canonical)
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "::1%eth0",
        "[::1]", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "1.2.3.4::", "::1 ",
        "1:2:3:4:5:6:7:8::", "1:2:3:4::5:6:7:8", "::1.2.3.4:5", "::/0",
    ])
    func textThatIsNoIPv6AddressIsRefused(text: String) {
        #expect(IPv6Address(text) == nil)
        #expect(IPAddress(text) == nil)
    }

    @Test func theCLibraryReadsWhatWeWriteAndWritesWhatWeRead() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let number = UInt128.random(in: .min ... .max, using: &generator) & sparseMask(&generator)
            let address = IPv6Address(rawValue: number)
            var bytes = [UInt8](repeating: 0, count: 16)
            #expect(inet_pton(AF_INET6, address.description, &bytes) == 1)
            #expect(bytes == address.networkBytes)
            #expect(IPv6Address(networkBytes: bytes) == address)
            var text = [CChar](repeating: 0, count: 46)
            _ = inet_ntop(AF_INET6, bytes, &text, 46)
            let written = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            #expect(IPv6Address(parsing: written.span) == address)
        }
    }

    @Test func mutatedTextIsReadExactlyWhereTheCLibraryReadsIt() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("0123456789abcdefF:::..".utf8)
        for _ in 0..<20000 {
            let number = UInt128.random(in: .min ... .max, using: &generator) & sparseMask(&generator)
            var text = Array(IPv6Address(rawValue: number).description.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                text[place] = alphabet.randomElement(using: &generator) ?? 0
            }
            var bytes = [UInt8](repeating: 0, count: 16)
            let isAddress = inet_pton(AF_INET6, String(decoding: text, as: UTF8.self), &bytes) == 1
            #expect((IPv6Address(parsing: text.span) != nil) == isAddress, "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test func addressesAreOrderedByFamilyAndNumber() throws {
        let texts = ["9.0.0.0", "10.0.0.0", "::", "::1", "2001::"]
        let addresses = try texts.map { try #require(IPAddress($0)) }
        #expect(addresses.reversed().sorted() == addresses)
    }

    @Test func onlyFourOrSixteenBytesAreAnAddress() {
        #expect(IPAddress(networkBytes: [192, 0, 2, 1])?.description == "192.0.2.1")
        #expect(IPAddress(networkBytes: [UInt8](repeating: 0, count: 16))?.description == "::")
        #expect(IPAddress(networkBytes: [1, 2, 3]) == nil)
        #expect(IPAddress(networkBytes: [] as [UInt8]) == nil)
    }

    /// Clears whole groups, so that `::` is needed.
    private func sparseMask(_ generator: inout SystemRandomNumberGenerator) -> UInt128 {
        (0..<8).reduce(UInt128(0)) { mask, _ in mask << 16 | (Bool.random(using: &generator) ? 0xffff : 0) }
    }
}
