import ArgumentParser
import KernelObjects
import Lowering
import NetworkTypes
import RulesetModel

/// `weir show`: what a file means, or what Weir has in the kernel.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a rule file means, or what Weir has in the kernel, as rules.",
        discussion: "Without a file the kernel is read."
    )

    @Argument(
        help: "A rule file, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var file: String?

    @Flag(help: "Show how many packets and bytes each rule has counted.")
    var counters = false

    @Flag(help: "Show the expressions that the kernel runs for each rule.")
    var bytecode = false

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        if file != nil, counters {
            throw ValidationError("A file has no counters; leave out the file to read the kernel.")
        }
    }

    mutating func run() throws {
        let terminal = output.terminal
        if let file {
            let input = try RulesetInput.load(file, terminal: terminal)
            if bytecode {
                try show(input.lowered(terminal: terminal).state.firewall, terminal)
            } else {
                try show(input.ruleset, terminal)
            }
            return
        }
        let observed = try kernel.observe(terminal)
        if bytecode || counters {
            try show(observed.firewall, terminal)
            return
        }
        let lifted = LiftedState(
            firewall: observed.firewall,
            routes: observed.routes,
            routingRules: observed.routingRules
        )
        try show(lifted.ruleset, terminal)
        for leftover in lifted.leftovers {
            terminal.line("# not in the rule language: \(ObjectText.text(of: leftover, in: observed.firewall))", .dim)
        }
    }

    private func show(_ ruleset: Ruleset, _ terminal: Terminal) throws {
        if output.json {
            try terminal.write(json: ruleset)
        } else {
            terminal.show(ruleset.description)
        }
    }

    /// Prints the table rule by rule, since counters and bytecode belong to the kernel's rules.
    private func show(_ firewall: FirewallState?, _ terminal: Terminal) throws {
        let firewall = firewall ?? FirewallState()
        let text = ObjectText(firewall, counts: true)
        if output.json {
            let rules = firewall.chains.flatMap { chain in
                chain.rules.map { RuleDocument($0, chain: chain.name, text: text, withBytecode: bytecode) }
            }
            try terminal.write(json: rules)
            return
        }
        for chain in firewall.chains {
            let isShown = counters && chain.base?.policy == .drop
            let dropped = isShown ? chain.policyCounter.map { "   \($0.packets) packets, \($0.bytes) bytes" } : nil
            terminal.line(ObjectText.text(of: chain), .bold, aside: dropped ?? "")
            for entry in chain.rules {
                let (rule, note) = text.text(of: entry.rule, inChain: chain.name)
                let counted = counters ? "   \(entry.packets) packets, \(entry.bytes) bytes" : ""
                terminal.line("    " + rule, aside: counted + (note.map { "   (\($0))" } ?? ""))
                guard bytecode else { continue }
                for line in ObjectText.bytecode(of: entry.rule) { terminal.line("        " + line, .dim) }
            }
        }
    }
}

/// A rule of the kernel as JSON.
private struct RuleDocument: Encodable {
    let chain: String
    let handle: UInt64
    let text: String
    let note: String?
    let packets: UInt64
    let bytes: UInt64
    let bytecode: [String]?

    init(_ entry: RuleEntry, chain: String, text: ObjectText, withBytecode: Bool) {
        let (words, note) = text.text(of: entry.rule, inChain: chain)
        self.chain = chain
        self.text = words
        self.note = note
        handle = entry.handle
        packets = entry.packets
        bytes = entry.bytes
        bytecode = withBytecode ? ObjectText.bytecode(of: entry.rule) : nil
    }
}
