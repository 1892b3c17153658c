import Glibc
import Synchronization
import TestSupport
import Testing

/// Two confirmations and the deadline of a change meet: there is one outcome, and all are told of it.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct ConfirmationRaceTests {
    private struct Figures {
        var confirmed = 0
        var takenBack = 0
    }

    private static let figures = Mutex(Figures())
    private static let budget = SoakBudget(share: 12, all: 1000)

    /// How many hosts race at the same time, one round after the other.
    private static let hosts = 4

    @Test(arguments: 0..<hosts) func thereIsOneOutcome(host: Int) throws {
        for round in stride(from: host, to: Self.budget.count, by: Self.hosts) { try race(round) }
        let figures = Self.figures.withLock { $0 }
        Self.budget.say(
            "confirmation against its deadline: \(figures.confirmed) confirmed, \(figures.takenBack) rolled back"
        )
    }

    private func race(_ round: Int) throws {
        var generator = SeededGenerator(seed: Self.budget.seed &+ UInt64(round))
        // What an earlier round has left.
        try outputOf("nft", "flush", "ruleset")
        try withWeir { weir in
            try weir.apply(rules: "policy in drop\naccept in tcp dport ssh\n")
            let before = try rules()
            let start = ContinuousClock.now
            try weir.run("status").succeeded()
            let startup = ContinuousClock.now - start
            let new = try weir.write("policy in drop\n", to: "new.weir")
            try weir.run("apply", ["--yes", "--confirm", "1s", new]).succeeded()
            let after = try rules()

            let command = [Weir.program, "confirm", "--state-dir", weir.stateDirectory, "2"]
            let length = Int64(startup / .nanoseconds(1))
            let offset = Int64.random(in: -2 * length...length / 2, using: &generator)
            // Where the machine is so slow that it is over already, both come too late.
            if let deadline = deadline(weir) { sleep(until: deadline + offset) }
            let first = try BackgroundProcess(command)
            usleep(.random(in: 0...20_000, using: &generator))
            let second = try BackgroundProcess(command)
            let results = [try first.finish(timeout: 60), try second.finish(timeout: 60)]

            let status = try #require(results.first?.status)
            let name = "round \(round), seed \(Self.budget.seed)"
            #expect([0, 22].contains(status), "\(name): \(results.map(\.errorOutput))")
            #expect(
                results.allSatisfy { $0.status == status },
                "\(name): \(results.map { $0.output + $0.errorOutput })"
            )
            let isConfirmed = status == 0
            #expect(try rules() == (isConfirmed ? after : before), "\(name)")
            #expect(directoryContents("\(weir.stateDirectory)/gen") == (isConfirmed ? ["1", "2"] : ["1"]), "\(name)")
            #expect(directoryContents("\(weir.stateDirectory)/failed") == (isConfirmed ? [] : ["2"]), "\(name)")
            let answer = try weir.run("status").succeeded().output
            #expect(answer == "The kernel is as generation \(isConfirmed ? 2 : 1) left it.\n", "\(name)")
            // The outcome stays what it is.
            pause(milliseconds: 50)
            #expect(try rules() == (isConfirmed ? after : before), "\(name)")
            Self.figures.withLock { isConfirmed ? ($0.confirmed += 1) : ($0.takenBack += 1) }
        }
    }

    private func rules() throws -> String {
        try outputOf("nft", "--stateless", "list", "ruleset")
    }

    /// When the change is rolled back: nanoseconds of CLOCK_BOOTTIME.
    private func deadline(_ weir: Weir) -> Int64? {
        let journal = String(decoding: readFile("\(weir.stateDirectory)/txn/2/journal") ?? [], as: UTF8.self)
        return journal.firstMatch(of: /"pending":\{"deadline":(\d+)\}/).flatMap { Int64($0.1) }
    }

    private func sleep(until moment: Int64) {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let left = moment - (Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
        if left > 0 { usleep(UInt32(left / 1000)) }
    }
}
