import TestSupport
import Testing

/// Inputs that no person writes, given to the program: exit status 65, something said, and nothing printed that could be taken for a
/// result.
struct NastyInputTests {
    struct Input: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]

        init(_ name: String, _ bytes: [UInt8]) {
            (testDescription, self.bytes) = (name, bytes)
        }

        init(_ name: String, _ text: String) {
            self.init(name, Array(text.utf8))
        }
    }

    private static let depth = 100_000
    private static let size = 10_000_000

    static let inputs = [
        Input("binary garbage", garbage(count: 1_000_000)),
        Input("a program", Array((readFile("/proc/self/exe") ?? []).prefix(1_000_000))),
        Input("10 MB of one word", String(repeating: "x", count: size)),
        // A debug build takes its time for what has more structure.
        Input("1 MB of one string", "drop in \"" + String(repeating: "x", count: size / 10)),
        Input("300 KB of one wrong list", "drop in tcp dport { " + String(repeating: "99999,", count: 50_000) + "}"),
        Input("100,000 open braces", String(repeating: "{", count: depth)),
        Input("100,000 nested blocks", String(repeating: "in {", count: depth) + String(repeating: "}", count: depth)),
        Input("100,000 nested lists", "let x = " + String(repeating: "{", count: depth)),
        Input("100,000 closing braces", String(repeating: "}", count: depth)),
        Input("NUL bytes", [UInt8](repeating: 0, count: 100_000)),
        Input("a NUL byte in a rule", "accept in\u{0}\n"),
        Input("CR LF and a mistake", "accept in\r\ndrop in tcp dprot 22\r\n"),
        Input("CR alone", "accept in\rdrop in\r"),
        Input("a byte order mark and a mistake", "\u{FEFF}acept in\n"),
        Input("a byte order mark in the middle", "accept in\n\u{FEFF}drop in\n"),
        Input("UTF-16", [0xff, 0xfe] + Array("accept in\n".utf8).flatMap { [$0, 0] }),
        Input("invalid UTF-8", Array("accept in # ".utf8) + [0xc3, 0x28, 0xff, 0x0a]),
    ]

    /// Bytes that a linear congruence makes: the same in each run.
    private static func garbage(count: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    @Test(arguments: inputs)
    func areRefusedWithoutAnyOutput(_ input: Input) throws {
        try withWeir { weir in
            let file = "\(weir.directory)/nasty.weir"
            try writeFile(input.bytes, to: file)
            // A debug build takes seconds for megabytes; one command reads the file as the others do.
            let others = [["show"], ["emit", "--as", "nft"], ["emit", "--as", "iptables"]]
            for command in [["check"]] + (input.bytes.count > 2_000_000 ? [] : others) {
                let result = try weir.run(command + [file])
                #expect(result.status == 65, "\(command)")
                #expect(result.standardOutput.isEmpty, "\(command)")
                #expect(result.errorOutput.contains("error[E"), "\(command)")
                #expect(result.standardError.count < 200_000, "\(command)")
                #expect(
                    !result.standardError.contains { $0 < 0x20 && $0 != 0x0a },
                    "control characters are shown as such"
                )
            }
            #expect(readFile(file) == input.bytes, "the file is as it was")
        }
    }
}
