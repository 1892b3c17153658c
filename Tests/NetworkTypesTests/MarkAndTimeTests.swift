import NetworkTypes
import Testing

struct MarkAndTimeTests {
    @Test(arguments: [
        ("1", "0x1"), ("0x10", "0x10"), ("0", "0x0"), ("0X1F", "0x1f"), ("0x10/0xff", "0x10/0xff"), ("3/3", "0x3/0x3"),
        ("4294967295", "0xffffffff"), ("0x1/0xffffffff", "0x1"), ("0/0", "0x0/0x0"),
    ])
    func aMarkIsReadAndWritten(text: String, canonical: String) throws {
        #expect(try Mark(parsing: text.utf8.span).description == canonical)
    }

    @Test func aMistakeInAMarkIsNamed() {
        #expect(throws: MarkParsingError.malformed) { try Mark(parsing: "x".utf8.span) }
        #expect(throws: MarkParsingError.malformed) { try Mark(parsing: "1/".utf8.span) }
        #expect(throws: MarkParsingError.outOfRange) { try Mark(parsing: "0x100000000".utf8.span) }
        #expect(throws: MarkParsingError.bitsOutsideMask(Mark(masking: 1, with: 0xf0))) {
            try Mark(parsing: "0x1/0xf0".utf8.span)
        }
    }

    @Test(
        arguments: [
            ("60s", 60_000, "1m"), ("5m", 300_000, "5m"), ("1h30m", 5_400_000, "1h30m"), ("2d", 172_800_000, "2d"),
            ("500ms", 500, "500ms"), ("1d1h1m1s1ms", 90_061_001, "1d1h1m1s1ms"), ("0s", 0, "0s"),
            ("90m", 5_400_000, "1h30m"),
        ] as [(String, UInt64, String)]
    )
    func aTimeIsReadAndWritten(text: String, milliseconds: UInt64, canonical: String) throws {
        let span = try TimeSpan(parsing: text.utf8.span)
        #expect(span.milliseconds == milliseconds)
        #expect(span.description == canonical)
    }

    @Test(arguments: ["", "60", "s", "1x", "1m1h", "1s1s", "-1s", "1.5h", "01s", "1h 30m", "1H"])
    func timeWithoutAUnitOrInTheWrongOrderIsRefused(text: String) {
        #expect(throws: NumberParsingError.malformed) { try TimeSpan(parsing: text.utf8.span) }
    }

    @Test(arguments: ["99999999999999999999999s", "18446744073709551615d", "213503982334d601542m"])
    func timeBeyondTheLargestNumberIsRefused(text: String) {
        #expect(throws: NumberParsingError.outOfRange) { try TimeSpan(parsing: text.utf8.span) }
    }
}
