/// The scripts that teach a shell to complete command lines.
enum CompletionScript {
    /// ArgumentParser's script, and what it lacks: it makes the command `help` itself, with no words for what help is about. Any other text
    /// stays as it is.
    static func completed(_ text: String) -> String {
        let topics = HelpTopics.names.joined(separator: " ")
        if text.hasPrefix("#!/bin/bash") {
            return text + """

                _weir_help() {
                    if [[ "${#unparsed_words[@]}" -le 1 ]]; then
                        COMPREPLY+=($(compgen -W '\(topics)' -- "${cur}"))
                    fi
                }
                """
        }
        if text.hasPrefix("#compdef weir") {
            return text.replacing("'*:subcommands:'", with: "'1:topic:(\(topics))'")
        }
        if text.hasPrefix("function __weir_") {
            let condition = #"__weir_should_offer_completions_for_positional "weir help" -eq 1"#
            return text + "\ncomplete -c 'weir' -n '\(condition)' -fa '\(topics)'"
        }
        return text
    }
}
