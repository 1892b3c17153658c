import Glibc
import Synchronization
import TestSupport
import Testing

/// The command is killed with SIGKILL at every record of its journal and between every two messages to the kernel, before the change
/// waits for its confirmation: the watchdog takes back what was made, and nobody has to call Weir for that.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct KilledBeforeWindowTests {
    private static let budget = SoakBudget(share: 8, all: .max)

    @Test func theWatchdogTakesBackWhatWasMade() throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.here("here")
            let other = try lab.host("other")
            try lab.link(host.port("eth0", "192.0.2.1/24"), other.port("eth0", "192.0.2.2/24"))
            // The kernel adds some routes of IPv6 a little later.
            pause(milliseconds: 300)
            let names = ["net.ipv4.ip_forward"]
            try weir.apply(rules: "accept in tcp dport ssh\nroute 203.0.113.0/24 via 192.0.2.2\n")
            let before = try KernelText(sysctls: names)
            let new = try weir.write(
                """
                policy in drop
                set bad: address { 10.0.0.1 }
                drop in saddr @bad
                route 198.51.100.0/24 via 192.0.2.2
                route 198.51.101.0/24 via 192.0.2.2
                rule from 10.0.0.0/8 lookup 7 priority 10000
                sysctl net.ipv4.ip_forward = 1

                """,
                to: "new.weir"
            )
            let command = [Weir.program, "apply", "--state-dir", weir.stateDirectory, "--yes", "--confirm", "1h", new]
            let traced = try run(command, environment: ["WEIR_FAULT_TRACE": "1", "WEIR_FAULT_SINGLE": "1"]).succeeded()
            let points = traced.errorOutput.split(separator: "\n").filter { $0.contains("fault point") }
            let settled = try #require(points.firstIndex { $0.contains("behind pending") }) + 1
            try weir.run("cancel").succeeded()
            expectSameText(try KernelText(sysctls: names).text, before.text)

            var generator = SeededGenerator(seed: Self.budget.seed)
            let chosen = (1...points.count).shuffled(using: &generator).prefix(Self.budget.count)
            var waiting = 0
            for point in chosen {
                let name = "point \(point) of \(points.count): \(points[point - 1])"
                let fault = ["WEIR_FAULT": "kill@\(point)", "WEIR_FAULT_SINGLE": "1"]
                #expect(try run(command, environment: fault).status == 128 + SIGKILL, "\(name)")
                if point >= settled {
                    // It is made, and waits like any other.
                    waiting += 1
                    #expect(try weir.run("status").output.contains("waits to be confirmed"), "\(name)")
                    try weir.run("cancel").succeeded()
                }
                let end = ContinuousClock.now + .seconds(30)
                while try KernelText(sysctls: names) != before, ContinuousClock.now < end { pause(milliseconds: 20) }
                expectSameText(try KernelText(sysctls: names).text, before.text, "\(name)")
                // The watchdog may have the lock still.
                try weir.run("recover", ["--lock-timeout", "30"]).succeeded()
                #expect(
                    try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n",
                    "\(name)"
                )
            }
            Self.budget.say(
                "\(chosen.count) kills of apply --confirm: \(chosen.count - waiting) rolled back, \(waiting) waiting"
            )
        }
    }
}
