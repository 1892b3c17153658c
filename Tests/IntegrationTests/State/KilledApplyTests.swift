import Glibc
import TestSupport
import Testing

/// Whenever `apply` is killed, the firewall is as before or as wanted, and the next `apply` works.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct KilledApplyTests {
    @Test func theFirewallIsWhole() throws {
        try withWeir { weir in
            func rules(_ base: Int) throws -> String {
                let lines = (0..<400).map { "drop in tcp dport \(base + $0) saddr 10.\($0 / 250).\($0 % 250).1\n" }
                let elements = (0..<200).map { "10.9.\($0).\(base / 1000)" }.joined(separator: ", ")
                let set = "set bad: address { \(elements) }\ndrop in saddr @bad\n"
                return try weir.write("policy in drop\naccept in on lo\n" + set + lines.joined(), to: "\(base).weir")
            }
            let files = try [rules(1000), rules(2000)]
            let texts = try files.map { file in
                try weir.apply(file)
                return try outputOf("nft", "--stateless", "list", "table", "inet", "weir")
            }
            // How long a whole apply takes here, to aim at all of it.
            let start = ContinuousClock.now
            try weir.apply(files[0])
            let duration = ContinuousClock.now.duration(to: start) / .microseconds(-1)

            var outcomes = [0, 0]
            for attempt in 0..<24 {
                let wanted = (attempt + 1) % 2
                let program = [Weir.program, "apply", "--yes", "--state-dir", weir.stateDirectory, files[wanted]]
                let process = try BackgroundProcess(program)
                usleep(UInt32(duration * Double(attempt + 1) / 20))
                process.signal(SIGKILL)
                _ = try process.finish()
                let text = try outputOf("nft", "--stateless", "list", "table", "inet", "weir")
                guard let state = texts.firstIndex(of: text) else {
                    expectSameText(text, texts[wanted], "killed after \(attempt + 1)/20 of the time")
                    continue
                }
                outcomes[state == wanted ? 1 : 0] += 1
                // The lock is free and the state directory is usable.
                try weir.apply(files[wanted])
                let healed = try outputOf("nft", "--stateless", "list", "table", "inet", "weir")
                expectSameText(healed, texts[wanted])
            }
            #expect(outcomes[0] > 0, "no attempt was killed early enough")
        }
    }
}
