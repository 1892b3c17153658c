import Diagnostics
import Testing

struct SourceFileTests {
    @Test(arguments: [
        ("", [0..<0]),
        ("a", [0..<1]),
        ("a\n", [0..<1, 2..<2]),
        ("a\r\nbc\r\n\n", [0..<1, 3..<5, 7..<7, 8..<8]),
        ("\r\r\n", [0..<1, 3..<3]),
    ])
    func linesEndAtLineFeedsWithOrWithoutCarriageReturn(_ text: String, _ lines: [Range<Int>]) {
        let file = SourceFile(name: "x", text: text)
        #expect((1...file.lineCount).map { file.contents(ofLine: $0) } == lines)
    }

    @Test(arguments: [(0, 1, 1), (2, 1, 3), (12, 2, 5), (14, 3, 1), (15, 3, 2), (9999, 3, 3)] as [(UInt32, Int, Int)])
    func columnsCountCharacters(_ offset: UInt32, _ line: Int, _ column: Int) {
        let position = SourceFile(name: "x", text: "ab\näöü→x\n\ty").position(at: offset)
        #expect(position.line == line)
        #expect(position.column == column)
    }

    @Test func placesOutsideTheFileAreClipped() {
        let file = SourceFile(name: "x", text: "abc")
        #expect(file.contents(ofLine: 0) == 0..<0)
        #expect(file.contents(ofLine: 7) == 0..<0)
        #expect(file.text(2..<99) == "c")
        #expect(file.text(50..<99) == "")
        #expect(file.line(at: .max) == 1)
    }

    @Test func aHugeTextIsCut() {
        let file = SourceFile(name: "x", bytes: Array(repeating: 0x20, count: SourceFile.maximumSize + 1))
        #expect(file.isTruncated)
        #expect(file.bytes.count == SourceFile.maximumSize)
    }

    @Test func aRangeNeverEndsBeforeItsStart() {
        let range = SourceRange(file: SourceID(rawValue: 0), start: 7, end: 3)
        #expect(range.offsets == 7..<7)
        #expect(range.isEmpty)
    }

    @Test func rangesAreJoined() {
        let file = SourceID(rawValue: 3)
        let joined = SourceRange(file: file, start: 5, end: 9).through(SourceRange(file: file, start: 1, end: 6))
        #expect(joined == SourceRange(file: file, start: 1, end: 9))
    }

    @Test func aMapNamesItsFiles() {
        var map = SourceMap(SourceFile(name: "a", text: "1\n2"))
        let second = map.add(SourceFile(name: "b", text: "x\ny\nz"))
        let range = SourceRange(file: second, start: 2, end: 3)
        #expect(map.text(range) == "y")
        #expect(map.location(of: range) == "b:2")
        #expect(map[SourceID(rawValue: 9)] == nil)
        #expect(map.location(of: SourceRange(file: SourceID(rawValue: 9), start: 0, end: 0)) == "")
    }
}

struct UTF8DecodingTests {
    @Test(arguments: ["a", "ä", "→", "😀", "\u{FFFF}", "\u{10FFFF}"])
    func scalarsAreDecoded(_ text: String) {
        let bytes = Array(text.utf8)
        let (scalar, length) = UTF8Decoding.decode(bytes, at: 0)
        #expect(scalar.map { String(Character($0)) } == text)
        #expect(length == bytes.count)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC3],
        ] as [[UInt8]]
    )
    func whatIsNoUTF8IsRefused(_ bytes: [UInt8]) {
        let (scalar, length) = UTF8Decoding.decode(bytes, at: 0)
        #expect(scalar == nil)
        #expect(length == 1)
    }
}
