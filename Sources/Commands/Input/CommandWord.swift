import ArgumentParser
import Diagnostics

/// The word that names a command, looked at before ArgumentParser sees it: that takes an unknown one for an argument of the program
/// itself and has nothing to say about its name, and its `help` shows the overview instead.
enum CommandWord {
    /// What is wrong with the command that is named, or that help is asked for; nothing where it is known or none is named.
    static func mistake(in arguments: [String]) -> ValidationError? {
        guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
        guard first == help else { return mistake(first) }
        // Commands have no commands of their own, so that help is about one word.
        return arguments.dropFirst().first { !$0.hasPrefix("-") }.flatMap(mistake)
    }

    /// The command line as text. A name that is not UTF-8 could only be repaired, and would then be another one.
    static func words(_ arguments: [[UInt8]]) throws -> [String] {
        try arguments.map { bytes in
            guard let word = String(validating: bytes, as: UTF8.self) else {
                let text = TerminalText.safe(String(decoding: bytes, as: UTF8.self))
                throw ValidationError("'\(text)' is not UTF-8.")
            }
            return word
        }
    }

    private static let help = "help"

    private static func mistake(_ word: String) -> ValidationError? {
        let commands = WeirCommand.configuration.groupedSubcommands.flatMap(\.subcommands).map { $0.configuration }
        guard word != help, !commands.contains(where: { $0.commandName == word }) else { return nil }
        let names = commands.filter(\.shouldDisplay).compactMap(\.commandName) + [help]
        let suggestion = Suggestion.closest(to: word, among: names).map { "; did you mean '\($0)'?" } ?? "."
        return ValidationError("'\(TerminalText.safe(word))' is no command\(suggestion)")
    }
}
