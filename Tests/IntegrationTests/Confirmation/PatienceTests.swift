import Glibc
import TestSupport
import Testing

/// A watchdog does not give up, however long it takes until all can come back. Nobody waits for that here: its pauses end at once.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .nsenter))
struct PatienceTests {
    /// More pauses than there are in two minutes.
    private static let manyPauses = 1000

    @Test func whatCanComeBackLateComesBackLate() throws {
        try withWeir { weir in
            let mounts = try PrivateMounts(FailingLibrary.script, FailingLibrary.build(in: weir.directory))
            func apply(_ options: String...) throws {
                let command = [Weir.program, "apply", "--yes", "--state-dir", weir.stateDirectory]
                try mounts.run(command + options).finished(0)
            }
            let link = "ip link add far0 up type veth peer name far1; ip link set far1 up"
            try outputOf("sh", "-ec", link)
            try apply(weir.write("route 203.0.113.0/24 dev far0\n", to: "old.weir"))
            try apply("--confirm", "1s", weir.write("policy in drop\naccept in tcp dport 22\n", to: "new.weir"))
            try outputOf("ip", "link", "delete", "far0")
            try mounts.shell(": >\(FailingLibrary.faultFile).trace; echo 'usleep 4 1' >\(FailingLibrary.faultFile)")
            try waitFor("more attempts") {
                let trace = try mounts.shell("cat \(FailingLibrary.faultFile).trace").output
                return trace.split(separator: "\n").count > Self.manyPauses
            }
            #expect(try !outputOf("nft", "list", "tables").contains("weir"))
            try outputOf("sh", "-ec", link)
            try waitFor("the route") { try outputOf("ip", "route").contains("203.0.113.0/24 dev far0") }
        }
    }

    private func waitFor(_ what: String, seconds: Double = 60, _ condition: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try condition() { return }
            pause(milliseconds: 50)
        }
        Issue.record("in vain: \(what)")
    }
}
