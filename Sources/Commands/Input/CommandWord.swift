import ArgumentParser
import Diagnostics

/// The word that names a command, looked at before ArgumentParser sees it: that takes an unknown one for an argument of the program
/// itself and has nothing to say about its name, and its `help` shows the overview instead.
enum CommandWord {
    /// What is wrong with the command that is named, or with what help is asked for; nil if it is known or none is named.
    static func mistake(in arguments: [String]) -> ValidationError? {
        guard let first = arguments.first, !first.hasPrefix("-") else { return nil }
        guard first == help else { return isCommand(first) ? nil : unknownCommand(first) }
        let topics = arguments.dropFirst().filter { !$0.hasPrefix("-") }
        // Commands have no commands of their own, so that help is about one word.
        guard topics.count < 2 else {
            return ValidationError("'weir help' takes one word: a command, 'language' or a code.")
        }
        return topics.first.flatMap { isCommand($0) || HelpTopics.text(for: $0) != nil ? nil : unknownTopic($0) }
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

    /// The commands that people use.
    static let names = commands.filter(\.shouldDisplay).compactMap(\.commandName)

    private static let commands = WeirCommand.configuration.groupedSubcommands.flatMap(\.subcommands).map {
        $0.configuration
    }

    /// Whether this is a command, hidden ones included.
    private static func isCommand(_ word: String) -> Bool {
        word == help || commands.contains { $0.commandName == word }
    }

    private static func unknownCommand(_ word: String) -> ValidationError {
        let name = "'\(TerminalText.safe(word))' is not a command"
        if HelpTopics.text(for: word) != nil {
            return ValidationError("\(name); 'weir help \(word)' says what it means.")
        }
        let suggestion = Suggestion.closest(to: word, among: names + [help])
        return ValidationError(name + (suggestion.map { "; did you mean '\($0)'?" } ?? "."))
    }

    private static func unknownTopic(_ word: String) -> ValidationError {
        let name = TerminalText.safe(word)
        if let nearest = HelpTopics.nearestCode(to: word) {
            return ValidationError(
                "There is no code '\(name)'; did you mean '\(nearest)'? Codes: \(HelpTopics.codeRanges)."
            )
        }
        if let suggestion = Suggestion.closest(to: word, among: HelpTopics.names + [help]) {
            return ValidationError("There is no help about '\(name)'; did you mean '\(suggestion)'?")
        }
        return ValidationError(
            """
            There is no help about '\(name)'. 'weir help' takes a command (\(names.joined(separator: ", "))), \
            'language', or the code of a diagnostic (\(HelpTopics.codeRanges)).
            """
        )
    }
}
