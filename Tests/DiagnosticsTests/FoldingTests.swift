import Diagnostics
import Testing

/// Lines that fit a terminal.
struct FoldingTests {
    @Test(arguments: [
        ("short", 40, 0, ["short"]),
        (
            "one two three four five six seven eight nine", 40, 0,
            ["one two three four five six seven eight", "    nine"]
        ),
        ("  kept   apart", 40, 0, ["  kept   apart"]),
        ("aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd e", 40, 0, ["aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd", "    e"]),
        (
            "a longword-that-is-wider-than-the-terminal-by-far b", 40, 0,
            ["a", "    longword-that-is-wider-than-the-terminal-by-far", "    b"]
        ),
        ("behind something", 40, 30, ["behind", "    something"]),
        ("nothing fits there", 40, 38, ["", "    nothing fits there"]),
        // Wide characters take two columns each.
        ("日本語日本語日本語 日本語日本語日本語 日本語", 40, 0, ["日本語日本語日本語 日本語日本語日本語", "    日本語"]),
        (
            "no terminal is as narrow as this one pretends to be", 20, 0,
            ["no terminal is as narrow as this one pretends to be"]
        ),
    ])
    func aLineIsBrokenAtBlanks(text: String, width: Int, column: Int, rows: [String]) {
        #expect(TerminalText.folded(text, to: width, from: column, indent: 4) == rows)
        #expect(TerminalText.folded(text, to: nil, from: column, indent: 4) == [text])
    }
}
