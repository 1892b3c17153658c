import ArgumentParser
import Diagnostics
import Emitters
import NetworkTypes

/// `weir emit`: the same intent as commands of other tools.
struct Emit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "emit",
        abstract: "Write a rule file as commands of other tools; the kernel is not touched.",
        discussion: "A rule that the format cannot express is an error that names it; then nothing is written."
    )

    @Argument(
        help: "A rule file, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var file: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The form: \(Self.formats.joined(separator: ", ")).", valueName: "format"),
        completion: .list(Self.formats),
        transform: Self.format
    )
    var format: EmissionFormat

    @Flag(help: "Write the commands that undo the output without this option.")
    var undo = false

    @Option(help: ArgumentHelp("For iptables, iptables-restore and ipset: ipv4 or ipv6 alone.", valueName: "family"))
    var family: FamilyChoice?

    @OptionGroup var output: OutputOptions

    private static let formats = EmissionFormat.allCases.map(\.rawValue)

    private static func format(_ name: String) throws -> EmissionFormat {
        guard let format = EmissionFormat(rawValue: name) else {
            throw ValidationError("'\(name)' is none of \(formats.joined(separator: ", ")).")
        }
        return format
    }

    mutating func validate() throws {
        guard family != nil, ![.iptables, .iptablesRestore, .ipset].contains(format) else { return }
        throw ValidationError(
            "'--family' is for iptables, iptables-restore and ipset: \(format.rawValue) has both families in one text."
        )
    }

    mutating func run() throws {
        let terminal = output.terminal
        let input = try RulesetInput.load(file, terminal: terminal)
        var diagnostics = DiagnosticBag()
        let text = emit(
            input.ruleset,
            as: format,
            options: EmissionOptions(families: family?.families ?? .both, isUndo: undo),
            locate: { origin in input.provenance?.range(of: origin) },
            diagnostics: &diagnostics
        )
        let renderer = terminal.renderer(of: input.sources)
        terminal.writeErrors(renderer.render(diagnostics))
        guard let text else { throw ExitStatus.badInput }
        terminal.write(text)
    }
}

/// One family.
enum FamilyChoice: String, ExpressibleByArgument, CaseIterable {
    case ipv4
    case ipv6

    var families: AddressFamilies {
        self == .ipv4 ? .ipv4 : .ipv6
    }
}
