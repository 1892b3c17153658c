import Diagnostics
import Testing

/// Places in files of many lines, of which not every one is noted.
struct LineTableTests {
    /// Texts of lines of all kinds of lengths, with and without an end.
    private static let texts = [
        "", "\n", "a", "a\n", String(repeating: "\n", count: 100), String(repeating: "a\r\n", count: 50) + "b",
        (0..<200).map { String(repeating: "x", count: $0 % 7) + "\n" }.joined(),
    ]

    @Test(arguments: texts) func everyPlaceIsFound(_ text: String) {
        let file = SourceFile(name: "f", text: text)
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        for index in lines.indices.dropLast() where lines[index].last == UInt8(ascii: "\r") {
            lines[index].removeLast()
        }
        #expect(file.lineCount == lines.count)
        for (index, line) in lines.enumerated() {
            #expect(Array(file.bytes[file.contents(ofLine: index + 1)]) == line)
        }
        var line = 1
        for (offset, byte) in text.utf8.enumerated() {
            #expect(file.line(at: UInt32(offset)) == line)
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
        #expect(file.line(at: UInt32(text.utf8.count)) == lines.count)
        #expect(file.line(at: .max) == lines.count)
    }
}
