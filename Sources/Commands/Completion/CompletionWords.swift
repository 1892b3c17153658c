import ArgumentParser
import RulesetCompiler
import SystemPackage
import Transactions

/// Words that a shell offers when a person presses Tab, found while the command line is typed.
///
/// Nothing is written to standard error and nothing is changed; what cannot be read offers no words.
enum CompletionWords {
    /// What `--netns` takes: names of namespaces, or the files of the directory that the word begins with.
    static let namespaces = CompletionKind.custom { _, _, prefix in
        guard let end = prefix.lastIndex(of: "/") else { return safe(names(in: namespaceDirectory)) }
        let directory = String(prefix[...end])
        return safe(names(in: directory).map { directory + $0 })
    }

    /// The generations that `history` shows.
    static let generations = CompletionKind.custom { words, _, _ in
        numbers(words) { (store) throws(StoreError) in try store.generationNumbers() }
    }

    /// The generations that `rollback` goes back to, 0 for the clean state included. The present one is not among them.
    static let earlierGenerations = CompletionKind.custom { words, _, _ in
        numbers(words) { (store) throws(StoreError) in
            let present = try store.generationNumbers()
            return present.isEmpty ? [] : [Generation.cleanState] + present.dropLast()
        }
    }

    /// The change that waits to be confirmed.
    static let waitingChange = CompletionKind.custom { words, _, _ in
        numbers(words) { (store) throws(StoreError) in try store.awaitedConfirmation().map { [$0.number] } ?? [] }
    }

    /// Times for `--confirm` and `extend`.
    static let windows = CompletionKind.list(["90s", "5m", "1h"])

    /// Where ip-netns(8) keeps the names of namespaces.
    static let namespaceDirectory = "/run/netns"

    /// The names of the files in a directory, in order.
    static func names(in directory: String) -> [String] {
        ((try? SystemFileLoader().names(in: FilePath(directory))) ?? []).sorted()
    }

    /// Bash expands the words that it is given (`compgen -W`): a file name must not become a command.
    private static func safe(_ words: [String]) -> [String] {
        words.filter { ShellText.word($0) == $0 }
    }

    private static func numbers(_ words: [String], _ read: (StateStore) throws(StoreError) -> [Int]) -> [String] {
        guard let kernel = try? KernelOptions.parse(kernelOptions(in: words)),
            let connection = try? kernel.connect(),
            let store = try? kernel.store(of: connection)
        else { return [] }
        return ((try? read(store)) ?? []).map(String.init)
    }

    /// The options among the words of a command line that say which state directory is meant. Bash makes three words of `--netns=NAME`.
    static func kernelOptions(in words: [String]) -> [String] {
        let names = ["--netns", "--state-dir"]
        var options: [String] = []
        var rest = words.map(ShellText.unquoted)[...]
        while let word = rest.popFirst() {
            if names.contains(where: { word.hasPrefix("\($0)=") }) { options.append(word) }
            guard names.contains(word) else { continue }
            if rest.first == "=" { rest.removeFirst() }
            if let value = rest.popFirst() { options += [word, value] }
        }
        return options
    }
}
