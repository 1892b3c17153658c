import Glibc
import TestSupport
import Testing

struct TextTests {
    @Test func aDifferenceIsShownByLineWithItsSurroundings() {
        let expected = (1...20).map { "line \($0)" }.joined(separator: "\n")
        let actual = expected.replacing("line 10\n", with: "line ten \n").replacing("line 20", with: "")
        withKnownIssue {
            expectSameText(actual, expected, "numbers")
        } matching: { issue in
            issue.comments.map(\.rawValue).contains(
                """
                numbers
                the texts differ (- expected, + actual)
                ...
                 line 7
                 line 8
                 line 9
                -line 10
                +line ten \u{2423}
                 line 11
                 line 12
                 line 13
                ...
                 line 17
                 line 18
                 line 19
                -line 20
                +
                """
            )
        }
        expectSameText(expected, expected)
    }

    @Test func aGoldenFileIsCompared() throws {
        try withTemporaryDirectory { directory in
            let golden = directory + "/deep/golden.txt"
            try writeFile(Array("one\ntwo\n".utf8), to: golden)
            expectGolden("one\ntwo\n", golden)
            withKnownIssue {
                expectGolden("one\nthree\n", golden)
            } matching: { issue in
                issue.comments.contains { $0.rawValue.contains("-two\n+three") }
            }
            withKnownIssue {
                expectGolden("new\n", directory + "/missing.txt")
            } matching: { issue in
                issue.comments.contains { $0.rawValue.contains("RECORD=1") }
            }
            #expect(directoryContents(directory) == ["deep"])
        }
    }

    @Test func aTemporaryDirectoryIsRemovedWithItsContents() throws {
        var path = "/"
        try withTemporaryDirectory { directory in
            path = directory
            try writeFile([1, 2, 3], to: directory + "/a/b")
            #expect(readFile(directory + "/a/b") == [1, 2, 3])
        }
        #expect(path != "/")
        #expect(readFile(path + "/a/b") == nil)
        #expect(access(path, F_OK) != 0)
    }

    @Test func thePackageDirectoryHoldsThePackage() {
        #expect(directoryContents(packageDirectory).contains("Package.swift"))
    }

    @Test func aMissingToolIsReportedWithItsPackage() async {
        let missing = Tool("no-such-program", package: "no-such-package")
        #expect(missing.path == nil)
        await #expect(throws: MissingTools.self) {
            try await RequiredTools(tools: [missing]).prepare(for: #require(Test.current))
        }
    }
}
