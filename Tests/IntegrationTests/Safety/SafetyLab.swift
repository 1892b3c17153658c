import NetworkTypes
import RulesetModel
import TestSupport
import Testing

/// A host with links, with tables, routes, policy routing rules and settings of others, and with rule files of all kinds to apply.
struct SafetyLab {
    /// The program, in an empty directory.
    let weir: Weir

    /// The settings that rule files change, and one of others.
    static let sysctls = [
        "net.ipv4.ip_default_ttl", "net.ipv4.tcp_ecn", "net.ipv4.conf.eth1.rp_filter",
        "net.ipv4.conf.eth0.log_martians",
    ]

    private static let foreignFirewall = """
        table ip theirs {
            set blocked { type ipv4_addr; flags interval; elements = { 10.250.0.0/24, 10.251.0.1 }; }
            chain input {
                type filter hook input priority 10; policy accept;
                ip saddr @blocked counter packets 7 bytes 700 drop
                tcp dport { 1, 2 } accept comment "theirs"
            }
        }
        table inet weird { chain weir { accept; }; }

        """

    private static let foreignRouting = """
        route add 198.18.0.0/24 dev eth1 proto static
        route add 198.18.1.0/24 via 192.0.2.99 proto 186 table 77
        route add 10.100.0.0/16 via 192.0.2.50 proto static
        rule add from 198.18.1.0/24 lookup 77 priority 500

        """

    private static let foreignRoutingIPv6 = """
        route add 2001:db8:77::/48 via 2001:db8:1::99 proto static
        rule add from 2001:db8:77::/48 lookup 77 priority 501

        """

    /// Makes the links and what belongs to others in the namespace of the test.
    init(_ weir: Weir) throws {
        self.weir = weir
        try makeCorpusLinks()
        try outputOf("nft", "-f", "-", input: Self.foreignFirewall)
        try outputOf("ip", "-batch", "-", input: Self.foreignRouting)
        try outputOf("ip", "-6", "-batch", "-", input: Self.foreignRoutingIPv6)
        try outputOf("sysctl", "net.ipv4.conf.eth0.log_martians=1")
    }

    /// What the kernel has. That of others is wanted to be as it was, but for the route that rule files adopt.
    func dump() throws -> KernelDump {
        try KernelDump(sysctls: Self.sysctls)
    }

    /// Runs the program; faults are what `FaultPoint` reads from the environment.
    func run(_ command: String, _ arguments: [String] = [], faults: [String: String] = [:]) throws -> ProcessResult {
        let program = [Weir.program, command, "--state-dir", weir.stateDirectory]
        return try TestSupport.run(
            program + arguments,
            environment: faults.mapValues { $0 },
            directory: weir.directory,
            timeout: 120
        )
    }

    /// Applies a file, without a question; routes of others may be replaced.
    func apply(_ file: String, faults: [String: String] = [:]) throws -> ProcessResult {
        try run("apply", ["--yes", "--adopt", file], faults: faults)
    }

    // MARK: Rule files

    /// Writes a random rule file, or a variation of another one.
    func writeRules(
        _ name: String,
        _ generator: inout SeededGenerator,
        like former: Ruleset? = nil
    ) throws -> (
        path: String, ruleset: Ruleset
    ) {
        var ruleset = former ?? Ruleset.random(seed: generator.next(), size: 10)
        if former != nil {
            for _ in 0..<3 where !ruleset.rules.isEmpty {
                let place = ruleset.rules.indices.randomElement(using: &generator) ?? 0
                ruleset.rules.remove(at: place)
            }
            if let last = ruleset.rules.last { ruleset.rules.insert(last, at: 0) }
        }
        // Routing is written as text below: it has to fit the links.
        ruleset.routes = []
        ruleset.routingRules = []
        ruleset.routingTables = []
        ruleset.sysctls = []
        // Members must not vanish while they are compared.
        for index in ruleset.sets.indices where ruleset.sets[index].timeout != nil {
            ruleset.sets[index].timeout = 86_400_000
        }
        let text = ruleset.description + routing(&generator)
        return (try weir.write(text, to: name), ruleset)
    }

    private func routing(_ generator: inout SeededGenerator) -> String {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
        var lines: [String] = []
        for network in 1...4 where chance(60) {
            switch number(0...4) {
            case 0: lines.append("route 10.\(network).0.0/16 dev eth0")
            case 1: lines.append("route 10.\(network).0.0/16 via 192.0.2.\(number(2...9)) mtu \(number(1280...1500))")
            case 2: lines.append("route 10.\(network).0.0/16 { via 192.0.2.2 weight \(number(1...9)) ; via 10.0.1.3 }")
            case 3: lines.append("route blackhole 10.\(network).0.0/16")
            default: lines.append("route 10.\(network).0.0/16 via 10.0.1.\(number(2...9)) table \(number(100...101))")
            }
        }
        for network in 1...3 where chance(50) {
            let metric = chance(30) ? " metric \(number(1...9))" : ""
            lines.append("route 2001:db8:10\(network)::/48 via 2001:db8:1::\(number(2...9))\(metric)")
        }
        if chance(60) { lines.append("route 10.100.0.0/16 via 192.0.2.\(number(2...9))") }
        for priority in 1...3 where chance(60) {
            lines.append(
                "rule from 10.\(number(1...3)).0.0/16 lookup \(number(100...101)) priority \(1000 * priority)"
            )
        }
        if chance(40) { lines.append("rule from 2001:db8:101::/48 lookup 100 priority 1000") }
        if chance(60) { lines.append("sysctl net.ipv4.ip_default_ttl = \(number(65...99))") }
        if chance(50) { lines.append("sysctl net.ipv4.tcp_ecn = \(number(0...1))") }
        if chance(50) { lines.append("sysctl net.ipv4.conf.eth1.rp_filter = \(number(1...2))") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Wants two dumps to be equal, and shows the lines that are not.
func expectSame(
    _ actual: KernelDump,
    _ expected: KernelDump,
    _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual != expected else { return }
    expectSameText(actual.text, expected.text, Comment(rawValue: comment), sourceLocation: sourceLocation)
}
