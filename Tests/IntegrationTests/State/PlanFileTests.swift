import Glibc
import TestSupport
import Testing

/// A plan that was written to a file is made as it was shown, or not at all.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct PlanFileTests {
    private static let rules = """
        set blocked: prefix { 192.0.2.7, 198.51.100.0/24 }
        drop in tcp dport 25
        drop in saddr @blocked
        route 10.2.0.0/16 dev eth0
        route 10.3.0.0/16 via 192.0.2.2
        rule from 10.2.0.0/16 lookup main priority 500
        sysctl net.ipv4.ip_forward = 1

        """

    private func makeLinks() throws {
        for (name, address) in [("eth0", "192.0.2.1/24"), ("eth1", "203.0.113.1/24")] {
            try outputOf("ip", "link", "add", name, "type", "veth", "peer", "name", "\(name)-peer")
            for end in [name, "\(name)-peer"] {
                // Link-local addresses would come some time later, by themselves.
                try outputOf("ip", "link", "set", end, "addrgenmode", "none", "up")
            }
            try outputOf("ip", "address", "add", address, "dev", name)
        }
    }

    /// Makes a plan and returns its path.
    private func plan(_ rules: String, _ weir: Weir, _ options: String...) throws -> String {
        let plan = "\(weir.directory)/plan"
        try weir.run("plan", ["--out", plan, try weir.write(rules)] + options).succeeded()
        return plan
    }

    @Test func aPlanIsMadeAsItWasShown() throws {
        try makeLinks()
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 1\n")
            let before = try KernelText()
            let plan = try plan(Self.rules, weir)
            #expect(try KernelText() == before)
            let shown = try weir.run("plan", ["\(weir.directory)/rules.weir"]).succeeded().output
            // What it was made from is not needed any more.
            unlink("\(weir.directory)/rules.weir")
            let result = try weir.run("apply", ["--yes", plan]).succeeded()
            // The same lines, but for the places in the rule file.
            let lines = shown.split(separator: "\n").dropLast().map { $0.prefix { $0 != ":" } }
            #expect(result.output.split(separator: "\n").count == lines.count + 1)
            #expect(try outputOf("nft", "list", "ruleset").contains("tcp dport 25"))
            #expect(try outputOf("ip", "route").contains("10.2.0.0/16"))
            #expect(try outputOf("ip", "rule").contains("500:"))
            try weir.write(Self.rules)
            #expect(try weir.run("plan", ["--exit-code", "\(weir.directory)/rules.weir"]).status == 0)
            // It is in the history with the text that it was made from.
            #expect(try weir.run("history", ["2"]).succeeded().output.contains("rule from 10.2.0.0/16 lookup main"))
            #expect(try weir.run("apply", ["--yes", plan]).succeeded().output.contains("Nothing to do"))
        }
    }

    @Test func whatItDoesNotTouchDoesNotSpoilIt() throws {
        try makeLinks()
        try withWeir { weir in
            let plan = try plan(Self.rules, weir)
            try outputOf("ip", "route", "add", "10.77.0.0/16", "dev", "eth1")
            try outputOf("ip", "rule", "add", "priority", "900", "lookup", "main")
            try outputOf("ip", "address", "add", "203.0.113.9/24", "dev", "eth1")
            try outputOf("ip", "link", "add", "eth2", "type", "veth")
            try outputOf("nft", "add", "table", "inet", "other")
            try weir.run("apply", ["--yes", plan]).succeeded()
            #expect(try outputOf("ip", "route").contains("10.3.0.0/16"))
        }
    }

    @Test(arguments: [
        ("nft add rule inet weir input tcp dport 4711 drop", "+ in chain input: drop in tcp dport 4711"),
        ("nft delete table inet weir", "- table inet weir"),
        ("ip route add 10.2.0.0/16 dev eth1", "+ route 10.2.0.0/16 dev eth1"),
        ("ip route del 10.1.0.0/16", "- route 10.1.0.0/16 dev eth0"),
        ("ip rule add priority 500 from 10.9.0.0/16 lookup main", "+ rule from 10.9.0.0/16 lookup main"),
        ("ip link set eth0 down", "~ interface eth0: was up, is down"),
        ("ip address del 192.0.2.1/24 dev eth0", "~ address 192.0.2.1/24 on eth0: was there, is missing"),
        ("sysctl -q net.ipv4.ip_forward=2", "~ sysctl net.ipv4.ip_forward: was 0, is 2"),
    ])
    func whatItTouchesSpoilsItAndIsNamed(change: String, line: String) throws {
        try makeLinks()
        try withWeir { weir in
            try outputOf("sysctl", "-q", "net.ipv4.ip_forward=0")
            try weir.apply(rules: "drop in tcp dport 1\nroute 10.1.0.0/16 dev eth0\n")
            let plan = try plan("route 10.1.0.0/16 dev eth0\n" + Self.rules, weir)
            try run(change.split(separator: " ").map(String.init)).succeeded()
            let before = try state()
            let result = try weir.run("apply", ["--yes", plan])
            #expect(result.status == 23, "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("  \(line)"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("Nothing was changed."))
            #expect(result.output.isEmpty)
            #expect(try state() == before)
        }
    }

    /// All that plans of these tests touch; what the kernel itself does about IPv6 when an interface goes down takes its time.
    private func state() throws -> String {
        try outputOf("nft", "--stateless", "list", "ruleset") + outputOf("ip", "-4", "route", "show", "table", "all")
            + outputOf("ip", "rule") + outputOf("sysctl", "net.ipv4.ip_forward")
    }

    @Test func aPlanIsForOneNamespace() throws {
        let other = try NamespaceThread()
        try withWeir { weir in
            let plan = try plan("drop in tcp dport 25\n", weir)
            let result = try weir.run("apply", ["--yes", "--netns", other.path, plan])
            #expect(result.status == 23, "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("another network namespace"))
            #expect(try other.perform { () throws in try outputOf("nft", "list", "ruleset") }.isEmpty)
        }
    }

    @Test func aRouteOfOthersGivesWayIfThePlanSaidSo() throws {
        try makeLinks()
        try withWeir { weir in
            try outputOf("ip", "route", "add", "10.2.0.0/16", "dev", "eth1")
            let rules = "route 10.2.0.0/16 dev eth0\n"
            let file = try weir.write(rules)
            let refused = try weir.run("plan", ["--out", "\(weir.directory)/plan", file])
            #expect(refused.status == 25)
            #expect(access("\(weir.directory)/plan", F_OK) != 0)
            let plan = try plan(rules, weir, "--adopt")
            #expect(try weir.run("apply", ["--yes", "--adopt", plan]).status == 64)
            try weir.run("apply", ["--yes", plan]).succeeded()
            #expect(try outputOf("ip", "route", "show", "10.2.0.0/16").contains("dev eth0 proto 172"))
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try outputOf("ip", "route", "show", "10.2.0.0/16").contains("dev eth1"))
        }
    }

    /// The decoder's own tests damage every byte; here a share of them goes through the program.
    @Test func aDamagedPlanIsRefused() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 1\n")
            let plan = try plan("drop in tcp dport 25\n", weir)
            let bytes = try #require(readFile(plan))
            let before = try KernelText()
            var damages = stride(from: 0, to: bytes.count, by: max(1, bytes.count / 24)).map { index in
                var damaged = bytes
                damaged[index] ^= 0x20
                return damaged
            }
            damages += [0, 1, 7, 8, 12, bytes.count / 2, bytes.count - 1].map { Array(bytes.prefix($0)) }
            damages.append(bytes + [10])
            for damaged in damages {
                try writeFile(damaged, to: plan)
                let result = try weir.run("apply", ["--yes", plan])
                #expect(result.status == 65, "\(damaged.count): \(result.output)\(result.errorOutput)")
                #expect(!result.errorOutput.isEmpty)
                #expect(result.output.isEmpty)
            }
            #expect(try KernelText() == before)
        }
    }

    @Test func onlyApplyTakesAPlan() throws {
        try withWeir { weir in
            let plan = try plan("drop in tcp dport 25\n", weir)
            for command in [["check"], ["show"], ["emit", "--as", "nft"]] {
                let result = try weir.run(command + [plan])
                #expect(result.status == 65)
                #expect(result.errorOutput.contains("is a plan"))
            }
        }
    }

    @Test func anEmptyFileIsNotApplied() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\n")
            let result = try weir.run("apply", ["--yes", weir.write("")])
            #expect(result.status == 65)
            #expect(result.errorOutput.contains("weir revert"))
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 25"))
            try weir.apply(rules: "# nothing on purpose\n")
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
        }
    }
}
