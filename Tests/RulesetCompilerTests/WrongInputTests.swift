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
        // These need files so large, or so many, that they are made by tests.
        let made: Set<DiagnosticCode> = [.fileTooLarge, .tooManyStatements, .includeTooDeep, .tooManyFiles]
        // What other tools' languages cannot say is found where their commands are written.
        let emitted: Set<DiagnosticCode> = [.notExpressible, .leftOut, .settingsStay]
        let missing = Set(DiagnosticCode.allCases).subtracting(shown).subtracting(made).subtracting(emitted)
        #expect(missing.isEmpty)
    }
}
