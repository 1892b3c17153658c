import ArgumentParser
import Diagnostics
import Glibc
import RuleLanguage
import RulesetCompiler
import SystemPackage

/// `weir fmt`: the canonical layout.
struct Format: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Format rule files; words and comments stay as they are.",
        discussion: """
            The files are rewritten in place; standard input goes to standard output. With --check nothing is written, and the \
            exit status is 2 if a file is not formatted.
            """
    )

    @Argument(help: "Rule files, or - for standard input.", completion: .file(extensions: ["weir"]))
    var files: [String]

    @Flag(help: "Only list the files that are not formatted.")
    var check = false

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var isDifferent = false
        var failure: (any Error)?
        for file in files {
            do {
                isDifferent = try layOut(file, terminal) || isDifferent
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        if check, isDifferent { throw ExitStatus.differences }
    }

    /// Lays one file out; returns whether it was not.
    private func layOut(_ file: String, _ terminal: Terminal) throws -> Bool {
        let bytes = try RulesetInput.bytes(of: file, terminal: terminal)
        var map = SourceMap()
        let source = map.add(SourceFile(name: file == "-" ? "<stdin>" : file, bytes: bytes))
        var diagnostics = DiagnosticBag()
        let formatted = RuleFileFormatter.format(source, of: map, diagnostics: &diagnostics)
        guard let formatted else {
            let renderer = terminal.renderer(of: map)
            terminal.writeErrors(renderer.render(diagnostics))
            throw ExitStatus.badInput
        }
        let isDifferent = !formatted.utf8.elementsEqual(bytes)
        if check {
            if isDifferent { terminal.line(file) }
        } else if file == "-" {
            terminal.write(formatted)
        } else if isDifferent {
            try write(formatted, to: file, terminal)
        }
        return isDifferent
    }

    /// Puts a new file in the place of the old one, so that at any moment one of the two is there as a whole.
    private func write(_ text: String, to file: String, _ terminal: Terminal) throws {
        let target = realpath(file, nil).map { path in
            defer { free(path) }
            return String(cString: path)
        }
        let path = target ?? file
        let temporary = FilePath("\(path).\(getpid()).tmp")
        do {
            let descriptor = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            do {
                try descriptor.closeAfter { try fill(descriptor, with: text, inPlaceOf: path) }
                guard rename(temporary.string, path) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                // Only a file that was made here is removed; any other file of this name belongs to another program.
                unlink(temporary.string)
                throw error
            }
        } catch {
            let isForbidden = error as? Errno == .permissionDenied || error as? Errno == .notPermitted
            let reason = error as? Errno == .fileExists ? "\(temporary) exists already" : "\(error)"
            terminal.complain("weir: cannot write \(file): \(reason)")
            throw isForbidden ? ExitStatus.noPermission : ExitStatus.inputOutput
        }
    }

    /// Writes the text into a new file and makes it the old file's like: of the same owner and group, with the same mode.
    private func fill(_ descriptor: FileDescriptor, with text: String, inPlaceOf path: String) throws {
        var old = stat()
        var new = stat()
        guard stat(path, &old) == 0, fstat(descriptor.rawValue, &new) == 0 else { throw Errno(rawValue: errno) }
        try descriptor.writeAll(text.utf8)
        // A change of the owner clears bits of the mode, so it comes first.
        if old.st_uid != new.st_uid || old.st_gid != new.st_gid {
            guard fchown(descriptor.rawValue, old.st_uid, old.st_gid) == 0 else { throw Errno(rawValue: errno) }
        }
        guard fchmod(descriptor.rawValue, old.st_mode & 0o7777) == 0, fsync(descriptor.rawValue) == 0 else {
            throw Errno(rawValue: errno)
        }
    }
}
