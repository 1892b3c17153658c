import Diagnostics
import RulesetCompiler
import SystemPackage
import TestSupport
import Testing

/// The directories below rules/errors: each has a wrong rule file and what is said about it.
private let wrongInputs = directoryContents("\(packageDirectory)/rules/errors").sorted()

/// Compiles one of them.
private func compileWrongInput(_ name: String) throws -> CompilationResult {
    let directory = FilePath("\(packageDirectory)/rules/errors/\(name)")
    return try RuleFileCompiler.compile(path: "input.weir", loader: FilesBeside(directory: directory))
}

/// Reads the files of a directory, so that messages have no path of this machine.
private struct FilesBeside: FileLoader {
    let directory: FilePath

    func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        try SystemFileLoader().read(directory.pushing(path), limit: limit)
    }

    func identity(ofNamed path: FilePath) throws(FileError) -> FileIdentity {
        try SystemFileLoader().identity(ofNamed: directory.pushing(path))
    }

    func read(named path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        try SystemFileLoader().read(named: directory.pushing(path), limit: limit)
    }

    func names(in directory: FilePath) throws(FileError) -> [String] {
        try SystemFileLoader().names(in: self.directory.pushing(directory))
    }
}

@Suite struct WrongInputTests {
    @Test(arguments: wrongInputs)
    func everyMistakeIsExplainedWhereItIs(name: String) throws {
        let result = try compileWrongInput(name)
        expectGolden(
            TextRenderer(map: result.sources).render(result.diagnostics),
            "rules/errors/\(name)/diagnostics.txt"
        )
        #expect((result.ruleset == nil) == result.diagnostics.hasErrors)
        #expect(result.diagnostics.hasErrors != name.hasPrefix("warning-"))
        #expect(!result.diagnostics.diagnostics.isEmpty)
    }

    @Test func everyCodeIsShownByAWrongInput() throws {
        var shown: Set<DiagnosticCode> = []
        for name in wrongInputs {
            shown.formUnion(try compileWrongInput(name).diagnostics.diagnostics.map(\.code))
        }
        for code in DiagnosticCode.allCases where !shown.contains(code) {
            guard let (file, test) = Self.shownByTests[code] else {
                Issue.record(
                    "nothing shows \(code.rawValue) (\(code)): neither rules/errors nor a test that is named here"
                )
                continue
            }
            let source = try #require(readFile("\(packageDirectory)/Tests/\(file).swift"), "no \(file)")
            let text = String(decoding: source, as: UTF8.self)
            let start = try #require(text.firstRange(of: "func \(test)("), "no \(test) in \(file)").upperBound
            let rest = text[start...]
            let end = rest.firstRange(of: "@Test")?.lowerBound ?? rest.endIndex
            #expect(rest[..<end].contains(".\(code)"), "\(test) says nothing of .\(code)")
        }
    }

    /// What no file of a sensible size shows, and what only other tools' languages lack, with the tests that show it.
    private static let shownByTests: [DiagnosticCode: (file: String, test: String)] = [
        .fileTooLarge: ("RuleLanguageTests/MistakeGoldenTests", "aFileThatIsTooLargeIsExplained"),
        .tooManyStatements: ("RuleLanguageTests/MistakeGoldenTests", "aFileThatHoldsTooMuchIsExplainedOnce"),
        .includeTooDeep: ("RulesetCompilerTests/StrangeFileTests", "filesThatIncludeEachOtherTooDeepAreRefused"),
        .tooManyFiles: ("RulesetCompilerTests/StrangeFileTests", "aThousandFilesAreEnough"),
        .notExpressible: ("EmittersTests/IptablesTests", "whatHasNoWordsIsAnError"),
        .leftOut: ("EmittersTests/IPTests", "whatBelongsToAnotherFormatIsNamed"),
        .settingsStay: ("EmittersTests/IPTests", "whatBelongsToAnotherFormatIsNamed"),
    ]
}
