import NetworkTypes
import Testing

struct InterfacePatternTests {
    @Test(arguments: ["eth0", "a", "br-lan.100", "x*y", "in", "fünf", "123456789012345"])
    func namesThatTheKernelTakesAreTaken(text: String) {
        #expect(InterfaceName(text)?.rawValue == text)
        #expect(InterfaceName(parsing: text.utf8.span)?.rawValue == text)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a:1", "a b", "a\n", "1234567890123456", "\u{7f}", "à"])
    func namesThatTheKernelRefusesAreRefused(text: String) {
        #expect(InterfaceName(text) == nil)
        #expect(InterfaceName(parsing: text.utf8.span) == nil)
    }

    @Test func bytesThatAreNotUTF8AreNoName() {
        let bytes: [UInt8] = [0x65, 0xff]
        #expect(InterfaceName(parsing: bytes.span) == nil)
    }

    @Test(arguments: [
        ("wl*", "wl", true, "wl*"), ("eth0", "eth0", false, "eth0"), ("a*b", "a*b", false, "a*b"),
        (#"eth\*"#, "eth*", false, #"eth\*"#), (#"a\\*"#, #"a\"#, true, #"a\\*"#), (#"\a"#, "a", false, "a"),
    ])
    func anAsteriskAtTheEndMeansAnyEnding(text: String, name: String, isPrefix: Bool, canonical: String) throws {
        let pattern = try #require(InterfacePattern(text))
        #expect(pattern == InterfacePattern(try #require(InterfaceName(name)), isPrefix: isPrefix))
        #expect(pattern.description == canonical)
    }

    @Test(arguments: ["*", #"a\"#, "", "a b*"])
    func aPatternNeedsAName(text: String) {
        #expect(InterfacePattern(text) == nil)
    }

    @Test func patternsOfRandomNamesAreReadBack() throws {
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...5)).map { _ in ["a", "*", "\\", "e"].randomElement() ?? "" }.joined()
            let pattern = InterfacePattern(try #require(InterfaceName(text)), isPrefix: Bool.random())
            #expect(InterfacePattern(pattern.description) == pattern)
        }
    }

    @Test func aPatternMatchesNames() throws {
        let pattern = try #require(InterfacePattern("wl*"))
        #expect(pattern.matches(try #require(InterfaceName("wlan0"))))
        #expect(!pattern.matches(try #require(InterfaceName("eth0"))))
    }
}
