import NetworkTypes
import Testing

struct KernelNameTests {
    private static let names: [[UInt8]] =
        (0...255).map { [0x61, $0] }
        + [[], Array("caf\u{E9}".utf8), Array("e\u{301}".utf8), Array("\u{E9}".utf8), Array("日本".utf8)]
        + [Array("\u{10FF80}".utf8), Array("\u{10FFFF}".utf8), [0x80], [0xff, 0xfe], [0xc3], [0xed, 0xa0, 0x80]]

    @Test func noByteIsLost() {
        for name in Self.names {
            #expect(KernelName.bytes(KernelName.text(name)) == name)
            #expect(KernelName.bytes(KernelName.interface(name)) == name)
        }
    }

    /// Swift takes strings for equal that are written with different characters; the kernel does not.
    @Test func differentNamesAreDifferentStrings() {
        #expect("e\u{301}" == "\u{E9}")
        #expect(Set(Self.names.map { KernelName.text($0) }).count == Set(Self.names).count)
    }

    @Test func textStaysText() {
        for name in ["input", "a-b_c.d", "caf\u{E9}", "a\u{1b}b"] {
            #expect(KernelName.text(Array(name.utf8)) == name)
        }
        for name in ["日本", "Ελλάδα", "e\u{301}"] {
            #expect(KernelName.interface(Array(name.utf8)).unicodeScalars.elementsEqual(name.unicodeScalars))
        }
        #expect(KernelName.interface([0x61, 0xe9]) == "a\u{10FFE9}")
        // What looks like a byte that is no text is none.
        #expect(KernelName.interface(Array("\u{10FF80}".utf8)) == "\u{10FFF4}\u{10FF8F}\u{10FFBE}\u{10FF80}")
    }

    /// In a rule file such a character would be written as another name than it reads.
    @Test func aCharacterThatStandsForAByteIsNoNameOfAnInterface() {
        #expect(InterfaceName("a\u{10FFE9}") == nil)
        #expect(InterfaceName("a\u{E9}") != nil)
        #expect(InterfaceName("a\u{E9}") != InterfaceName("ae\u{301}"))
        #expect(Set([InterfaceName("\u{E9}"), InterfaceName("e\u{301}")]).count == 2)
    }
}
