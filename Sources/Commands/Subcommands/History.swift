import ArgumentParser
import Glibc
import Transactions

/// `weir history`: the generations.
struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the generations: what was applied when.",
        discussion: "With a number: that generation, and the rule file that it was made from."
    )

    @Argument(help: "The number of a generation.")
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
        let (generations, current) = try explainingFailures(terminal) { () throws(StoreError) in
            (try store.history(), try store.current()?.number)
        }
        if output.json {
            terminal.line(try JSONText.of(generations.map { GenerationDocument($0, current: current) }))
            return
        }
        if generations.isEmpty { terminal.line("There is no generation yet.") }
        for generation in generations {
            let mark = generation.number == current ? "*" : " "
            terminal.line("\(mark) \(Self.line(of: generation))", mark == "*" ? .bold : .plain)
        }
    }

    private func show(_ number: Int, _ store: StateStore, _ terminal: Terminal) throws {
        let (generation, text) = try explainingFailures(terminal) { () throws(StoreError) in
            let generation = try store.generation(number)
            return (generation, try store.text(of: generation))
        }
        if output.json {
            terminal.line(try JSONText.of(GenerationDocument(generation, current: nil)))
            return
        }
        terminal.line(Self.line(of: generation), .bold)
        for source in text.sources {
            terminal.line("# \(source.name)", .dim)
            terminal.write(String(decoding: source.bytes, as: UTF8.self))
        }
    }

    private static func line(of generation: Generation) -> String {
        let counts = generation.counts
        let names = generation.sources.map(\.name).joined(separator: " ")
        let action =
            switch generation.action {
            case .apply: "apply \(names)"
            case .rollback: "rollback to \(Self.name(ofState: generation.restored ?? generation.number))"
            case .revert: "revert"
            }
        return
            "\(generation.number)  \(time(generation.time))  +\(counts.added) ~\(counts.changed) -\(counts.removed)  \(action)"
    }

    private static func name(ofState number: Int) -> String {
        number == Generation.cleanState ? "\(number), the clean state" : "\(number)"
    }

    /// Seconds since 1970 as a date and time of the time zone that is set (RFC 3339, without the offset).
    private static func time(_ seconds: Int64) -> String {
        var instant = time_t(seconds)
        var parts = tm()
        guard localtime_r(&instant, &parts) != nil else { return "\(seconds)" }
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, 32, "%Y-%m-%d %H:%M:%S", &parts)
            }
        }.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

/// A generation as JSON.
private struct GenerationDocument: Encodable {
    let generation: Generation
    let current: Int?

    init(_ generation: Generation, current: Int?) {
        self.generation = generation
        self.current = current
    }

    private enum CodingKeys: String, CodingKey {
        case current
    }

    func encode(to encoder: any Encoder) throws {
        try generation.encode(to: encoder)
        guard let current else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(generation.number == current, forKey: .current)
    }
}
