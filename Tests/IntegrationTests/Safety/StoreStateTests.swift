import Glibc
import Synchronization
import TestSupport
import Testing

/// Something happens to the state directory or its disk while a change waits to be confirmed, or is being made. The old rules come back,
/// or the change is whole; the next command says what there is; and when all is well again nothing is lost.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .nsenter))
struct StoreStateTests {
    /// What somebody does about the change.
    enum Reaction: String, CaseIterable {
        case nothing
        case confirm
        case cancel
        case recover
    }

    /// One case of the table.
    struct Case: Sendable, CustomStringConvertible {
        let state: StoreState
        let reaction: Reaction

        var description: String { "\(state), \(reaction.rawValue)" }

        static let all = StoreState.all.flatMap { state in
            Reaction.allCases.map { Case(state: state, reaction: $0) }
        }

        /// Some states with each reaction, and those that were wrong once.
        static let share = all.enumerated()
            .filter { index, example in
                SoakBudget.isLong || index.isMultiple(of: 9)
                    || ["what waits is removed, confirm", "no file can be made, cancel"].contains("\(example)")
            }
            .map(\.element)
    }

    private static let seconds = Mutex<[Double]>([])
    private static let budget = SoakBudget(share: 0, all: 0)
    /// How long a change waits, in seconds: long enough to look at it while the other cases run too.
    private static let window: UInt32 = SoakBudget.isLong ? 40 : 20

    @Test(arguments: Case.share) func theOldRulesComeBack(_ example: Case) throws {
        try withHost { host in
            try host.weir("apply", "--yes", "--confirm", "\(Self.window)s", host.new).finished(0)
            let start = ContinuousClock.now
            #expect(try KernelText() != host.before)
            try host.shell(example.state.damage)
            var isKept = false
            if example.reaction != .nothing {
                let result = try host.weir(example.reaction.rawValue, "--lock-timeout", "1")
                switch example.reaction {
                case .confirm:
                    isKept = result.status == 0
                    if !isKept { #expect(example.state.isMute || !(result.output + result.errorOutput).isEmpty) }
                case .cancel where result.status == 0: #expect(try KernelText() == host.before, "\(result.output)")
                default:
                    #expect(
                        try result.status != 0 || result.output.contains("No change was interrupted")
                            || KernelText() == host.before,
                        "\(result.output)"
                    )
                }
            }
            if isKept {
                // It was said that it stays.
                pause(milliseconds: (Self.window + 1) * 1000)
                #expect(try KernelText() != host.before)
            } else {
                // To look costs programs: it is not worth it before the deadline.
                let rest = Duration.seconds(Int64(Self.window)) - (ContinuousClock.now - start)
                if rest > .zero, try KernelText() != host.before {
                    pause(milliseconds: UInt32(rest / .milliseconds(1)))
                }
                #expect(try host.waitUntilAsBefore())
                let late = (ContinuousClock.now - start) / .seconds(1) - Double(Self.window)
                let (count, most) = Self.seconds.withLock { seconds in
                    seconds.append(late)
                    return (seconds.count, seconds.max() ?? 0)
                }
                Self.budget.say("store states: \(count) rolled back, at most \(most) s after the deadline")
            }
            try expectExplained(host, example.state)
            guard let mending = example.state.mending, !example.state.losesRecord else { return }
            try host.shell(mending)
            try host.weir("recover", "--lock-timeout", "30").finished(0)
            #expect((try KernelText() == host.before) != isKept)
            let status = try host.weir("status")
            let generation = isKept ? 2 : 1
            #expect(status.output == "The kernel is as generation \(generation) left it.\n", "\(status.errorOutput)")
            #expect(directoryContents("\(host.store)/txn") == [])
        }
    }

    @Test(
        arguments: SoakBudget.isLong
            ? StoreState.all : StoreState.all.enumerated().filter { $0.offset % 4 == 1 }.map(\.element)
    )
    func aPlainChangeIsWholeOrNotMade(_ state: StoreState) throws {
        try withHost { host in
            var terminal = try TerminalProcess(
                host.mounts.command([Weir.program, "apply", "--state-dir", host.store, host.new])
            )
            try terminal.waitForOutput(containing: "[y/N]")
            try host.shell(state.damage)
            terminal.type("y\n")
            let status = try terminal.waitForEnd()
            #expect((status == 0) == (try KernelText() != host.before), "\(status): \(terminal.output)")
            #expect([0, 20, 23, 74, 77].contains(status), "\(status): \(terminal.output)")
            guard let mending = state.mending, !state.losesRecord else { return }
            try host.shell(mending)
            try host.weir("recover").finished(0)
            #expect((status == 0) == (try KernelText() != host.before))
            #expect(try host.weir("status").status == 0)
        }
    }

    /// Who cancels a change is obeyed at once, and so is who recovers one whose time is over: the kernel comes before the record.
    @Test(arguments: StoreState.unwritable, [Reaction.cancel, .recover])
    func whoeverWantsItBackNeedsNoDisk(_ state: StoreState, _ reaction: Reaction) throws {
        try withHost { host in
            let window = reaction == .recover ? "4s" : "1h"
            try host.weir("apply", "--yes", "--confirm", window, host.new).finished(0)
            // Nobody else rolls it back.
            try host.shell("kill -9 $(cat \"$1\"/txn/2/watchdog)")
            if reaction == .recover { pause(milliseconds: 4200) }
            #expect(try KernelText() != host.before)
            try host.shell(state.damage)
            let result = try host.weir(reaction.rawValue)
            #expect(try KernelText() == host.before)
            if !state.isMute {
                result.finished(0)
                #expect((result.output + result.errorOutput).contains("hange 2"), "\(result.errorOutput)")
            }
            try host.shell(state.mending ?? "")
            try host.weir("recover").finished(0)
            #expect(try host.weir("status").output == "The kernel is as generation 1 left it.\n")
        }
    }

    /// What could not be decided about is not begun.
    @Test(arguments: ["link 1 1\nlinkat 1 1", "fsync 5 1"])
    func aChangeThatCouldNotBeDecidedAboutIsRefused(fault: String) throws {
        try withHost { host in
            try host.shell("printf '\(fault)\\n' >/etc/failing")
            let result = try host.weir("apply", "--yes", "--confirm", "1h", host.new)
            #expect([74, 77].contains(result.status), "\(result.errorOutput)")
            #expect(try KernelText() == host.before)
        }
    }

    // MARK: The host

    /// A host whose state directory is on a small file system of its own.
    private struct StoreHost: ~Copyable {
        let mounts: PrivateMounts
        let disk: String
        let store: String
        let new: String
        let before: KernelText

        init(_ weir: Weir) throws {
            let library = try FailingLibrary.build(in: weir.directory)
            let disk = "\(weir.directory)/disk"
            let store = "\(disk)/parent/state"
            let new = try weir.write(
                "policy in drop\nset bad: address { 10.0.0.1 }\ndrop in saddr @bad\n",
                to: "new.weir"
            )
            let old = try weir.write("policy in drop\naccept in tcp dport ssh\n", to: "old.weir")
            let mounts = try PrivateMounts("\(FailingLibrary.script)\n\(StoreState.mount)", library, disk)
            let arguments = [Weir.program, "apply", "--yes", "--state-dir", store, old]
            try mounts.run(arguments, timeout: 240).finished(0)
            let before = try KernelText()
            self.before = before
            self.mounts = mounts
            self.disk = disk
            self.store = store
            self.new = new
        }

        func weir(_ command: String, _ arguments: String...) throws -> ProcessResult {
            try mounts.run([Weir.program, command, "--state-dir", store] + arguments, timeout: 240)
        }

        func shell(_ script: String) throws {
            try mounts.shell(script, store, disk)
        }

        func waitUntilAsBefore(seconds: Double = 240) throws -> Bool {
            let end = ContinuousClock.now + .seconds(seconds)
            while ContinuousClock.now < end {
                if try KernelText() == before { return true }
                pause(milliseconds: 250)
            }
            return false
        }
    }

    private func withHost(_ body: (borrowing StoreHost) throws -> Void) throws {
        try withWeir { weir in try body(StoreHost(weir)) }
    }

    /// Checks that a command says what there is: that all is well only if it is.
    private func expectExplained(_ host: borrowing StoreHost, _ state: StoreState) throws {
        let result = try host.weir("status")
        let text = result.output + result.errorOutput
        #expect(state.isMute ? result.status != 0 : !text.isEmpty)
        guard result.status == 0 else { return }
        let isAsBefore = try KernelText() == host.before
        // Before it there may be a line about what its watchdog cannot write down.
        #expect(text.hasSuffix("The kernel is as generation \(isAsBefore ? 1 : 2) left it.\n"), "\(text)")
    }
}
