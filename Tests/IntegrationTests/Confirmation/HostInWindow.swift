import Glibc
import TestSupport
import Testing

/// A host with rules that let ssh in, and a file that lets nothing in, to be confirmed.
struct HostInWindow: Sendable {
    let weir: Weir
    /// The rules that let ssh in.
    let old: String
    /// The rules that let nothing in.
    let new: String
    /// What the kernel has with the old rules.
    let before: KernelText

    init(_ weir: Weir) throws {
        self.weir = weir
        old = try weir.write("policy in drop\naccept in tcp dport ssh\n", to: "old.weir")
        new = try weir.write("policy in drop\ncount in \"nobody\"\n", to: "new.weir")
        try weir.apply(old)
        before = try KernelText()
    }

    /// The command that applies the new rules, to be confirmed.
    func command(_ window: String, _ options: String...) -> [String] {
        [Weir.program, "apply", "--state-dir", weir.stateDirectory, "--confirm", window] + options + [new]
    }

    /// Applies the new rules, to be confirmed; returns the number of the change.
    @discardableResult
    func apply(_ window: String, _ options: String...) throws -> Int {
        let result = try weir.run("apply", ["--yes", "--json", "--confirm", window] + options + [new]).succeeded()
        let number = try #require(result.output.firstMatch(of: /"change" : (\d+)/)?.1)
        return try #require(Int(number))
    }

    /// Whether the kernel has the old rules again.
    func isAsBefore() throws -> Bool {
        try KernelText() == before
    }

    /// Waits until the kernel has the old rules again.
    func waitUntilAsBefore(seconds: Double = 60) throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try isAsBefore() { return true }
            pause(milliseconds: 20)
        }
        return false
    }

    /// The process that watches over a change: it leaves its number in the file that it holds a lock on.
    func watchdog(of change: Int) throws -> Int32 {
        let bytes = try #require(readFile("\(weir.stateDirectory)/txn/\(change)/watchdog"))
        return try #require(Int32(String(decoding: bytes, as: UTF8.self).filter(\.isNumber)))
    }

    /// Whether a process has ended.
    static func hasEnded(_ process: Int32, within seconds: Double = 60) -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while kill(process, 0) == 0, !isZombie(process) {
            guard ContinuousClock.now < end else { return false }
            usleep(5000)
        }
        return true
    }

    private static func isZombie(_ process: Int32) -> Bool {
        String(decoding: readFile("/proc/\(process)/stat") ?? [], as: UTF8.self).contains(") Z ")
    }

    /// Checks that the store and the kernel agree that a change was rolled back.
    func expectTakenBack(_ change: Int = 2, as reason: String = "it was not confirmed in time") throws {
        #expect(try isAsBefore())
        let answer = try weir.run("confirm", ["\(change)"])
        #expect(answer.status == 22 && answer.output.contains("Change \(change) was rolled back because \(reason)"))
        let history = try weir.run("history").succeeded().output
        #expect(history.contains("* 1 ") && history.contains("! \(change) ") && history.contains("because \(reason)\n"))
        #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
        #expect(directoryContents("\(weir.stateDirectory)/txn") == [])
    }

    /// Checks that the store and the kernel agree that a change stays.
    func expectConfirmed(_ change: Int = 2) throws {
        #expect(try !isAsBefore())
        #expect(
            try weir.run("confirm", ["\(change)"]).succeeded().output == "Change \(change) is confirmed: it stays.\n"
        )
        #expect(try weir.run("history").succeeded().output.contains("* \(change) "))
        #expect(try weir.run("status").succeeded().output == "The kernel is as generation \(change) left it.\n")
        #expect(directoryContents("\(weir.stateDirectory)/txn") == [])
    }
}

/// Hands a host with rules to the closure.
func withHostInWindow(_ body: (HostInWindow) throws -> Void) throws {
    try withWeir { try body(HostInWindow($0)) }
}
