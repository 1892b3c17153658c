import TestSupport
import Testing

@testable import Commands

struct ExitStatusTests {
    /// Scripts rely on them: the table in the readme has each, and no other.
    @Test func theReadmeListsAll() throws {
        let text = String(decoding: try #require(readFile("\(packageDirectory)/README.md")), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("| exit status |") })
        let rows = lines[(start + 2)...].prefix { $0.hasPrefix("|") }
        let listed = rows.compactMap { Int32($0.split(separator: "|")[0].filter { $0 != " " }) }
        #expect(listed == Commands.ExitStatus.allCases.map(\.rawValue))
    }

    @Test func noneIsTakenTwice() {
        #expect(Set(Commands.ExitStatus.allCases.map(\.rawValue)).count == Commands.ExitStatus.allCases.count)
    }
}
