import ArgumentParser
import Transactions

/// `weir history`: the generations.
struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the generations: what was applied when.",
        discussion: "With a number: that generation, and the rule file that it was made from."
    )

    @Argument(help: "The number of a generation.", completion: CompletionWords.generations)
    var generation: Int?

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        let store = try kernel.store(terminal)
        if let generation {
            try show(generation, store, terminal)
        } else {
            try list(store, terminal)
        }
    }

    private func list(_ store: StateStore, _ terminal: Terminal) throws {
        let (generations, others) = try explainingFailures(terminal) { () throws(StoreError) in
            (try store.history(), try store.failures() + store.unfinishedChanges())
        }
        let current = generations.last?.number
        if output.json {
            let documents =
                generations.map { GenerationDocument($0, current: current) } + others.map { GenerationDocument($0) }
            try terminal.write(json: documents.sorted { $0.generation.number < $1.generation.number })
            return
        }
        if generations.isEmpty { terminal.line("There is no generation yet.") }
        var lines = generations.map { generation in
            let mark = generation.number == current ? "*" : " "
            return (generation.number, "\(mark) \(Self.line(of: generation))", mark == "*")
        }
        for change in others {
            lines.append((change.generation.number, "! \(Self.line(of: change.generation)): \(change.fate)", false))
        }
        for (_, line, isCurrent) in lines.sorted(by: { $0.0 < $1.0 }) {
            terminal.line(line, isCurrent ? .bold : .plain)
        }
    }

    private func show(_ number: Int, _ store: StateStore, _ terminal: Terminal) throws {
        let (generation, text) = try explainingFailures(terminal) { () throws(StoreError) in
            let generation = try store.generation(number)
            return (generation, try store.text(of: generation))
        }
        if output.json {
            try terminal.write(json: GenerationDocument(generation, current: nil))
            return
        }
        terminal.line(Self.line(of: generation), .bold)
        for source in text.sources {
            terminal.line("# \(source.name)", .dim)
            terminal.show(String(decoding: source.bytes, as: UTF8.self))
        }
    }

    private static func line(of generation: Generation) -> String {
        let counts = "+\(generation.counts.added) ~\(generation.counts.changed) -\(generation.counts.removed)"
        let action = RecoveryText.text(of: generation)
        return "\(generation.number)  \(ClockText.local(generation.time))  \(counts)  \(action)"
    }
}

/// A generation, or a change that did not become one, as JSON.
private struct GenerationDocument: Encodable {
    let generation: Generation
    private var isCurrent: Bool?
    private var fate: String?

    init(_ generation: Generation, current: Int?) {
        self.generation = generation
        isCurrent = current.map { $0 == generation.number }
    }

    init(_ change: UnfinishedChange) {
        generation = change.generation
        fate = change.fate
    }

    private enum CodingKeys: String, CodingKey {
        case current
        case fate
    }

    func encode(to encoder: any Encoder) throws {
        try generation.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(isCurrent, forKey: .current)
        try container.encodeIfPresent(fate, forKey: .fate)
    }
}

extension UnfinishedChange {
    /// What became of it.
    fileprivate var fate: String {
        if residue != nil, records.last != .rolledBack { return "could not be rolled back" }
        if records.contains(.rolledBack) { return "rolled back because \(reason ?? "it failed")" }
        if isAwaitingConfirmation { return "waits to be confirmed" }
        return isUnderWay ? "under way" : "interrupted"
    }
}
