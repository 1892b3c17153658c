import TestSupport
import Testing

/// Many at the same time: other processes of Weir, and programs that know nothing of Weir.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct ConcurrencyTests {
    /// Twenty files at once, each whole or not at all.
    @Test func oneWinsAtATime() throws {
        let budget = SoakBudget(share: 1, all: 10)
        var generator = SeededGenerator(seed: budget.seed &+ 4000)
        try withWeir { weir in
            let lab = try SafetyLab(weir)
            for number in 1...20 { _ = try lab.writeRules("\(number).weir", &generator) }
            var statuses: [Int32: Int] = [:]
            for round in 0..<budget.count {
                let script = """
                    for number in $(seq 20); do
                        ( "$0" apply --yes --adopt --state-dir state $number.weir >/dev/null 2>&1; echo $number $? >>statuses ) &
                    done
                    wait
                    cat statuses && rm statuses
                    """
                let command = ["sh", "-c", script, Weir.program]
                let result = try run(command, directory: weir.directory, timeout: 300).succeeded()
                var winners: [String] = []
                let lines = result.output.split(separator: "\n")
                #expect(lines.count == 20)
                for line in lines {
                    let words = line.split(separator: " ")
                    let status = try #require(Int32(words[1]))
                    statuses[status, default: 0] += 1
                    #expect([0, 75].contains(status), "round \(round): file \(words[0]) exits with \(status)")
                    if status == 0 { winners.append(String(words[0])) }
                }
                #expect(!winners.isEmpty)
                // The kernel has what one of the winners wanted, and nothing of any other file.
                #expect(try lab.run("status").status == 0)
                let dump = try lab.dump()
                let last = try winners.first { file in
                    try run(
                        [Weir.program, "plan", "--exit-code", "--adopt", "--state-dir", "state", "\(file).weir"],
                        directory: weir.directory
                    ).status == 0
                }
                #expect(last != nil, "round \(round): the kernel has nobody's rules")
                expectSame(try lab.dump(), dump, "nothing was changed by looking")
            }
            let counts = statuses.sorted { $0.key < $1.key }.map { "\($0.value) exit \($0.key)" }
            budget.say("concurrency: \(budget.count) times 20 parallel applies: \(counts.joined(separator: ", "))")
        }
    }

    /// A writer of nf_tables and one of routing, who count their own failures.
    private static let writers = [
        """
        nft add table ip busy; nft add chain ip busy c
        while :; do
            nft add rule ip busy c tcp dport 9 accept || echo failed
            nft flush chain ip busy c || echo failed
            sleep 0.02
        done
        """,
        """
        while :; do
            ip route add 198.19.0.0/24 dev eth2 proto 186 || echo failed
            ip rule add from 198.19.0.0/24 lookup 77 priority 600 protocol 186 || echo failed
            sleep 0.02
            ip rule del from 198.19.0.0/24 lookup 77 priority 600 protocol 186 || echo failed
            ip route del 198.19.0.0/24 dev eth2 proto 186 || echo failed
        done
        """,
    ]

    @Test func othersMayChangeTheKernelAllTheWhile() throws {
        let budget = SoakBudget(share: 12, all: 200)
        var generator = SeededGenerator(seed: budget.seed &+ 5000)
        try withWeir { weir in
            let lab = try SafetyLab(weir)
            let files = try [lab.writeRules("a.weir", &generator).path, lab.writeRules("b.weir", &generator).path]
            let expected = try files.map { file in
                try lab.apply(file).succeeded()
                return try lab.dump()
            }
            var statuses: [Int32: Int] = [:]
            do {
                let firewall = try BackgroundProcess(["sh", "-c", Self.writers[0]])
                let routing = try BackgroundProcess(["sh", "-c", Self.writers[1]])
                for number in 0..<budget.count {
                    let result = try lab.apply(files[number % 2])
                    statuses[result.status, default: 0] += 1
                    // Somebody else may change the same things at the wrong time, but then nothing is changed.
                    #expect([0, 20, 23].contains(result.status), "\(result.errorOutput)")
                    guard result.status == 0 else { continue }
                    #expect(
                        try KernelDump(sysctls: SafetyLab.sysctls).own == expected[number % 2].own,
                        "change \(number)"
                    )
                }
                #expect(firewall.isRunning && routing.isRunning)
                for process in [
                    firewall.standardOutput, firewall.standardError, routing.standardOutput, routing.standardError,
                ] {
                    #expect(
                        process.isEmpty,
                        "a writer had to suffer: \(String(decoding: process.prefix(500), as: UTF8.self))"
                    )
                }
            }
            try outputOf("nft", "delete", "table", "ip", "busy")
            _ = try run("ip", "route", "del", "198.19.0.0/24")
            _ = try run("ip", "rule", "del", "priority", "600")
            try lab.apply(files[0]).succeeded()
            expectSame(try lab.dump(), expected[0], "all is as without them")
            // Otherwise little was tried.
            #expect(statuses[0, default: 0] * 2 >= budget.count, "\(statuses)")
            let counts = statuses.sorted { $0.key < $1.key }.map { "\($0.value) exit \($0.key)" }
            budget.say("concurrency: \(budget.count) applies beside two writers: \(counts.joined(separator: ", "))")
        }
    }

    /// The answers of the kernel do not fit into the receive queue.
    @Test func lostAnswersAreNoSuccess() throws {
        try withWeir { weir in
            let lab = try SafetyLab(weir)
            let faults = ["WEIR_FAULT_RECEIVE": "1"]
            let good = try weir.write("drop in tcp dport 25\nroute 10.1.0.0/16 dev eth0\n", to: "good.weir")
            let before = try lab.dump()
            let routes = (0..<200).map { "route 10.7.\($0).0/24 via 10.250.0.\($0)\n" }.joined()
            let bad = try weir.write("drop in tcp dport 26\nroute 10.2.0.0/16 dev eth0\n" + routes, to: "bad.weir")
            for _ in 0..<3 {
                let result = try lab.apply(bad, faults: faults)
                #expect([20, 65, 74].contains(result.status), "\(result.errorOutput)")
                expectSame(try lab.dump(), before, "answers were lost")
            }
            let result = try lab.apply(good, faults: faults)
            if result.status == 0 {
                #expect(try lab.run("status").status == 0)
                #expect(try lab.run("plan", ["--exit-code", good]).status == 0)
            } else {
                expectSame(try lab.dump(), before, "\(result.errorOutput)")
            }
        }
    }
}
