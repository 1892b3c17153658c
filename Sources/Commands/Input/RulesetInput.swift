import Diagnostics
import FoundationEssentials
import Lowering
import RulesetCompiler
import RulesetModel
import SystemPackage
import Transactions

/// A FILE argument, read and understood: a rule file, `-` for standard input, or the model's JSON.
struct RulesetInput {
    /// The name that was given.
    let path: String
    /// What the host should do.
    let ruleset: Ruleset
    /// Where each part was written; nothing for JSON.
    let provenance: Provenance?
    /// The texts.
    let sources: SourceMap

    /// What a file became: a compilation with whatever is wrong, or a model that was read from JSON.
    enum Reading {
        case compiled(CompilationResult)
        case decoded(RulesetInput)
    }

    /// Reads a file without saying what is wrong with its rules; a file that cannot be read is complained about.
    static func read(_ path: String, terminal: Terminal) throws -> Reading {
        if path != "-", path.hasSuffix(".json") {
            return .decoded(try decode(bytes(of: path, terminal: terminal), path: path, terminal: terminal))
        }
        return try reading(terminal) { () throws(FileError) in
            .compiled(try RuleFileCompiler.compile(path: FilePath(path)))
        }
    }

    /// The bytes of a file, or of standard input.
    static func bytes(of path: String, terminal: Terminal) throws -> [UInt8] {
        try reading(terminal) { () throws(FileError) in
            try SystemFileLoader().read(FilePath(path), limit: SourceFile.maximumSize + 1).bytes
        }
    }

    private static func reading<Success>(
        _ terminal: Terminal,
        _ body: () throws(FileError) -> Success
    ) throws -> Success {
        do throws(FileError) {
            return try body()
        } catch {
            terminal.complain("weir: \(error)")
            switch error.errno {
            case .noSuchFileOrDirectory, .notDirectory: throw ExitStatus.noInput
            case .permissionDenied: throw ExitStatus.noPermission
            default: throw ExitStatus.inputOutput
            }
        }
    }

    /// Reads and checks a file; mistakes and warnings are printed to standard error, and with a mistake there is no input.
    static func load(_ path: String, terminal: Terminal) throws -> RulesetInput {
        switch try read(path, terminal: terminal) {
        case .decoded(let input): return input
        case .compiled(let result):
            let renderer = TextRenderer(map: result.sources, isColored: terminal.hasColoredErrors)
            terminal.writeErrors(renderer.render(result.diagnostics))
            guard let ruleset = result.ruleset else { throw ExitStatus.badInput }
            return RulesetInput(path: path, ruleset: ruleset, provenance: result.provenance, sources: result.sources)
        }
    }

    private static func decode(_ bytes: [UInt8], path: String, terminal: Terminal) throws -> RulesetInput {
        do {
            let ruleset = try JSONDecoder().decode(Ruleset.self, from: Data(bytes))
            let sources = SourceMap(SourceFile(name: path, bytes: bytes))
            return RulesetInput(path: path, ruleset: ruleset, provenance: nil, sources: sources)
        } catch {
            terminal.complain("weir: \(path): \(JSONProblem(error))")
            throw ExitStatus.badInput
        }
    }

    /// The texts, for the record of a generation.
    var text: RulesetText {
        RulesetText(sources: sources.files.map { RulesetText.Source(name: $0.name, bytes: $0.bytes) })
    }

    /// What the ruleset means for the kernel.
    func lowered(terminal: Terminal) throws -> Lowered {
        do throws(LoweringError) {
            return try lower(ruleset)
        } catch {
            // The compiler has checked a rule file, so that this is JSON from elsewhere.
            terminal.complain("weir: \(path): \(error)")
            throw ExitStatus.badInput
        }
    }
}
