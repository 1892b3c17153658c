import ArgumentParser
import Emitters
import NetworkTypes
import Reconciliation
import TestSupport
import Testing

@testable import Commands

/// What the command line takes, and what it refuses before anything is done.
struct ArgumentTests {
    private func parse<Command: ParsableCommand>(_ type: Command.Type, _ line: String) throws -> Command {
        let words = line.split(separator: " ").map(String.init)
        return try #require(try WeirCommand.parseAsRoot(words) as? Command, "\(line)")
    }

    /// Making a name of a type is slow, and every start makes all of them.
    @Test func everyCommandSaysItsName() {
        let commands = WeirCommand.configuration.groupedSubcommands.flatMap(\.subcommands)
        #expect(commands.count > 15)
        for command in commands { #expect(command.configuration.commandName != nil, "\(command)") }
    }

    @Test(arguments: [
        ("aply x", "'aply' is not a command; did you mean 'apply'?"),
        ("hepl", "'hepl' is not a command; did you mean 'help'?"),
        ("nonsense --json", "'nonsense' is not a command."),
        ("E031", "'E031' is not a command; 'weir help E031' says what it means."),
        ("help chek", "There is no help about 'chek'; did you mean 'check'?"),
        ("help langage", "There is no help about 'langage'; did you mean 'language'?"),
        ("help E999", "There is no code 'E999'; did you mean 'E208'? Codes: E001-E007, E020-E0"),
        ("help e31", "There is no code 'e31'; did you mean 'E031'? Codes: "),
        ("help W099", "There is no code 'W099'; did you mean 'W0"),
        (
            "help nonsense",
            "There is no help about 'nonsense'. 'weir help' takes a command (check, fmt, show, emit, plan, apply, status, "
        ),
        ("help E031 E032", "'weir help' takes one word: a command, 'language' or a code."),
    ])
    func aWordThatIsNoCommandAndNoTopicIsNamed(line: String, complaint: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let mistake = try #require(CommandWord.mistake(in: words)).message
        // Which codes there are is not said here again.
        #expect(mistake == complaint || mistake.hasPrefix(complaint) && !complaint.hasSuffix("."), "\(mistake)")
        let result = try withWeir { weir in try weir.run(words) }
        #expect(result.status == 64)
        #expect(result.output.isEmpty)
        #expect(result.errorOutput.contains(complaint))
    }

    @Test(arguments: [
        "", "help", "help apply", "--help", "--version", "apply x", "help --version", "help help", "help E031",
        "help w001", "help language", "help watchdog",
    ])
    func aWordThatIsACommandIsNot(line: String) {
        #expect(CommandWord.mistake(in: line.split(separator: " ").map(String.init)) == nil)
    }

    @Test func aFamilyIsForTheFormatsThatHaveOneTextForEach() throws {
        for format in ["iptables", "iptables-restore", "ipset"] {
            #expect(try parse(Emit.self, "emit f.weir --as \(format) --family ipv6").family?.families == .ipv6)
        }
        for format in ["nft", "ip", "json"] {
            #expect(throws: (any Error).self) { try parse(Emit.self, "emit f.weir --as \(format) --family ipv4") }
            let result = try withWeir { weir in
                try weir.run(["emit", weir.write("accept in\n"), "--as", format, "--family", "ipv4"])
            }
            #expect(result.status == 64)
            #expect(result.errorOutput.contains("'--family' is for iptables"))
        }
    }

    @Test func applyTakesAllThatChangesNeed() throws {
        let plain = try parse(Apply.self, "apply f.weir")
        #expect(plain.file == "f.weir")
        #expect(!plain.confirmation.yes)
        #expect(plain.adoption.routes == .none)
        #expect(plain.kernel.netns == nil)
        #expect(plain.kernel.stateDirectory == nil)
        #expect(plain.kernel.lockDuration == .zero)
        #expect(plain.output.color == .auto)
        #expect(!plain.output.json)
        let full = try parse(
            Apply.self,
            "apply -y --adopt --netns lab --state-dir /s --lock-timeout 5 --json --color never -v f.weir"
        )
        #expect(full.confirmation.yes)
        #expect(full.adoption.routes == .any)
        #expect(full.kernel.netns == "lab")
        #expect(full.kernel.stateDirectory == "/s")
        #expect(full.kernel.lockDuration == .seconds(5))
        #expect(full.output.color == .never)
        #expect(full.output.json)
        #expect(full.output.verbose)
        #expect(try parse(Apply.self, "apply --yes -").file == "-")
    }

    @Test func planTakesWhereToAndHow() throws {
        let plain = try parse(Plan.self, "plan f.weir")
        #expect(plain.out == nil)
        #expect(plain.format == nil)
        #expect(!plain.exitCode)
        let full = try parse(Plan.self, "plan f.weir --exit-code --out p --adopt --as ip")
        #expect(full.out == "p")
        #expect(full.format == .ip)
        #expect(full.exitCode)
        #expect(full.adoption.routes == .any)
    }

    @Test func severalFilesAreForCheckAndFmt() throws {
        #expect(try parse(Check.self, "check a b").files == ["a", "b"])
        let format = try parse(Format.self, "fmt --check a b")
        #expect(format.files == ["a", "b"])
        #expect(format.check)
    }

    @Test(arguments: ["nft", "iptables", "iptables-restore", "ipset", "ip", "json"])
    func emitKnowsItsForms(_ name: String) throws {
        let emit = try parse(Emit.self, "emit f --as \(name) --undo")
        #expect(emit.format.rawValue == name)
        #expect(emit.undo)
        #expect(emit.family == nil)
    }

    @Test func theRestTakesWhatItNeeds() throws {
        #expect(try parse(Show.self, "show").file == nil)
        #expect(try parse(Show.self, "show --counters --bytecode").counters)
        #expect(try parse(Show.self, "show --bytecode f").file == "f")
        #expect(try parse(Rollback.self, "rollback").generation == nil)
        #expect(try parse(Rollback.self, "rollback 0").generation == 0)
        #expect(try parse(History.self, "history 12").generation == 12)
        #expect(try parse(Status.self, "status --json").output.json)
        #expect(try parse(Revert.self, "revert --yes").confirmation.yes)
    }

    @Test(arguments: [
        "aply f", "apply", "apply a b", "apply f --yess", "apply f --color pink", "apply f --lock-timeout -1",
        "apply f --lock-timeout soon", "apply f --netns", "plan", "plan f --as xml", "plan f --as json",
        "plan f --as nft --json", "emit f", "emit f --as", "emit f --as xml", "emit f --as nft --family ipx", "check",
        "fmt", "show f --counters", "rollback x", "rollback 1 2", "history x", "status now", "revert 3", "--nonsense",
    ])
    func aWrongCommandLineIsSaidToBeWrong(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        let error = #expect(throws: (any Error).self) { _ = try WeirCommand.parseAsRoot(words) }
        guard let error else { return }
        #expect(WeirCommand.exitCode(for: error).rawValue == Commands.ExitStatus.usage.rawValue)
        #expect(!WeirCommand.fullMessage(for: error).isEmpty)
    }

    @Test func everyCommandHasHelp() {
        let commands = WeirCommand.configuration.groupedSubcommands.flatMap(\.subcommands)
        #expect(!commands.isEmpty)
        for command in commands {
            let help = WeirCommand.helpMessage(for: command, columns: 200)
            #expect(help.contains("OVERVIEW: "))
            #expect(help.contains("USAGE: weir "))
            #expect(help.contains(command.configuration.abstract))
        }
    }

    @Test func theVersionIsPrinted() throws {
        let error = #expect(throws: (any Error).self) { _ = try WeirCommand.parseAsRoot(["--version"]) }
        #expect(WeirCommand.fullMessage(for: try #require(error)) == "weir \(WeirCommand.version)")
        #expect(WeirCommand.exitCode(for: try #require(error)) == .success)
    }
}
