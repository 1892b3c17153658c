import TestSupport
import Testing

/// What people read fits their terminal.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct TerminalWidthTests {
    private static let rules = """
        set blocked: prefix { 192.0.2.0/24, 198.51.100.0/24, 2001:db8:dead::/48 } "networks that may not talk to us"
        policy in drop
        in {
            accept ct state established,related
            accept on lo
            accept icmpv6
            drop saddr @blocked log "blocked: " level info "they know why"
            accept saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fd00::/8 } tcp dport { ssh, http, https } "inner networks"
        }
        redirect in on eth0 tcp dport 21 to :27664 and accept
        route 10.50.0.0/16 via 192.0.2.254 dev eth0 onlink metric 1000
        sysctl net.ipv4.ip_forward = 1

        """

    /// Runs a shell line on a terminal that is so wide, and gives the lines that it shows.
    private func lines(_ script: String, columns: Int, _ weir: Weir) throws -> [String] {
        let result = try run(
            ["script", "--quiet", "--command", "stty cols \(columns); \(script)", "/dev/null"],
            environment: ["TERM": "xterm", "SSH_CONNECTION": nil],
            directory: weir.directory
        )
        return result.output.split(whereSeparator: \.isNewline).map { line in
            var line = String(line)
            line.replace(/\u{1b}\[[0-9;]*m/, with: "")
            return line
        }
    }

    @Test(arguments: [80, 120])
    func noLineIsWiderThanTheTerminal(columns: Int) throws {
        try outputOf("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "peer0")
        try outputOf("ip", "link", "set", "eth0", "up")
        try withWeir { weir in
            try weir.write(Self.rules)
            try weir.write(
                "drop in tcp dprot 25\naccept in on $nowhere tcp dport { ssh, http, https, imaps, htttp }\n",
                to: "wrong.weir"
            )
            let state = "--state-dir state"
            var count = 0
            for (command, expected) in [
                ("plan \(state) rules.weir", "rules.weir:5"), ("apply \(state) --yes rules.weir", "rules.weir:5"),
                ("show \(state) --counters", "packets"), ("history \(state)", "apply"),
                ("status \(state)", "as generation 1"),
                ("doctor \(state)", "kernel"), ("check wrong.weir", "E050"), ("check rules.weir", "ok"),
                ("apply \(state) --yes --confirm 60s wrong.weir", "E050"),
                ("rollback \(state) --yes 0", "Generation 2"),
                ("apply \(state) --yes --confirm 60s rules.weir", "weir confirm 3"), ("status \(state)", "waits"),
                ("cancel \(state)", "rolled back"), ("plan --netns there-is-no-such-namespace rules.weir", "namespace"),
                ("help E152", "exclude each other"), ("help W014", "warning"), ("help language", "Verbs"),
                ("plan --help", "USAGE"), ("apply --help", "USAGE"), ("restore --help", "USAGE"),
                ("watch --help", "USAGE"),
                ("rollback --no-such-option", "Usage"),
            ] {
                let shown = try lines("'\(Weir.program)' \(command)", columns: columns, weir)
                #expect(shown.contains { $0.contains(expected) }, "\(command): \(shown)")
                // Commands that are to be copied stay in one line.
                for line in shown
                where !line.hasPrefix("  weir ") && !line.contains("/") || line.contains("rules.weir:") {
                    #expect(line.count <= columns, "\(command): \(line)")
                    count += 1
                }
            }
            #expect(count > 100)
        }
    }
}
