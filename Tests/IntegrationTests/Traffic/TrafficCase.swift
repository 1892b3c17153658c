import TestSupport
import Testing

/// Rules, and packets that they do and do not concern.
struct TrafficCase: Sendable, CustomTestStringConvertible {
    /// What the case is called in the list of tests: its rules.
    let rules: String
    /// What another program has in nf_tables before, in nft's words.
    var foreign = ""
    /// Files beside the rule file.
    var files: [String: String] = [:]
    /// Whether iptables can say the same; otherwise a word of the reason that `emit` gives.
    var iptables: Expressible = .yes
    var steps: [Step]

    enum Expressible: Sendable, Equatable {
        case yes
        case no(because: String)
    }

    init(
        _ rules: String,
        files: [String: String] = [:],
        iptables: Expressible = .yes,
        _ steps: Step...
    ) {
        self.rules = rules
        self.files = files
        self.iptables = iptables
        self.steps = steps
    }

    /// Rules that drop some packets and let others pass.
    static func dropping(
        _ rules: String,
        files: [String: String] = [:],
        iptables: Expressible = .yes,
        _ dropped: [Step],
        butNot spared: [Step]
    ) -> TrafficCase {
        var traffic = TrafficCase(rules, files: files, iptables: iptables)
        traffic.steps = dropped.map { $0.with(.vanishes) } + spared.map { $0.with(.passes) }
        return traffic
    }

    var testDescription: String {
        rules.split(separator: "\n").joined(separator: "; ")
    }
}

/// A way in which rules get into the kernel.
enum Loader: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case netlink = "weir apply"
    case iptables = "weir emit --as iptables"

    var testDescription: String { rawValue }

    /// Puts the rules of a file into the kernel of the namespace.
    func load(_ file: String, by weir: Weir) throws {
        switch self {
        case .netlink:
            try weir.apply(file)
        case .iptables:
            for format in ["iptables", "ip"] {
                let commands = try weir.emit(file, as: format)
                try run(["sh", "-eu"], input: Array(commands.utf8), directory: weir.directory).succeeded()
            }
        }
    }
}

/// Loads the rules of a case into a new host and lets its packets come and go.
func check(_ traffic: TrafficCase, loader: Loader) throws {
    try withWeir { weir in
        for (name, text) in traffic.files { try weir.write(text, to: name) }
        let file = try weir.write(traffic.rules + "\n")
        if loader == .iptables, case .no(let reason) = traffic.iptables {
            let result = try weir.run(["emit", "--as", "iptables", file])
            #expect(result.status == 65 && result.errorOutput.contains(reason), "\(result.errorOutput)")
            #expect(result.output.isEmpty)
            return
        }
        let host = try HostUnderTest()
        if !traffic.foreign.isEmpty { try outputOf("nft", "-f", "-", input: traffic.foreign) }
        try loader.load(file, by: weir)
        for step in traffic.steps { try host.check(step, in: traffic.rules) }
    }
}
