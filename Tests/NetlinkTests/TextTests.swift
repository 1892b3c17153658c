import Glibc
import Testing

@testable import TestSupport

struct TextTests {
    @Test func aDifferenceIsShownByLineWithItsSurroundings() {
        let expected = (1...20).map { "line \($0)" }.joined(separator: "\n")
        let actual = expected.replacing("line 10\n", with: "line ten \n").replacing("line 20", with: "")
        #expect(
            lineDifference(from: expected, to: actual) == """
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
        #expect(lineDifference(from: "a\n\u{1b}[0m", to: "a\n\u{1b}[1m") == " a\n-\\u{1b}[0m\n+\\u{1b}[1m")
    }

    @Test func aGoldenFileIsComparedAndRecordedOnRequest() throws {
        try withTemporaryDirectory { directory in
            let golden = directory + "/deep/golden.txt"
            let missing = try #require(goldenProblem("one\ntwo\n", golden, isRecording: false))
            #expect(missing.contains("RECORD=1"))
            #expect(goldenProblem("one\ntwo\n", golden, isRecording: true) == "recorded \(golden)")
            #expect(goldenProblem("one\ntwo\n", golden, isRecording: true) == nil)
            #expect(goldenProblem("one\ntwo\n", golden, isRecording: false) == nil)
            let differing = try #require(goldenProblem("one\nthree\n", golden, isRecording: false))
            #expect(differing.hasSuffix(" one\n-two\n+three\n "))
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
