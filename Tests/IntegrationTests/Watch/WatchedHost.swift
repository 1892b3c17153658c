import FoundationEssentials
import TestSupport
import Testing

/// A host with rules of all kinds that is watched.
struct WatchedHost {
    let weir: Weir
    /// What the kernel has with the rules.
    let good: KernelText

    static let rules = """
        policy in drop
        accept in on lo
        accept in tcp dport 22
        set bad: address { 10.0.0.1 }
        drop in saddr @bad
        route 10.8.0.0/16 dev eth0
        route 10.9.0.0/16 via 192.0.2.9
        rule from 10.1.0.0/16 lookup main priority 300
        sysctl net.ipv4.ip_forward = 1

        """
    static let sysctls = ["net.ipv4.ip_forward"]

    init(_ weir: Weir) throws {
        self.weir = weir
        try makeCorpusLinks()
        try outputOf("sysctl", "-q", "net.ipv4.ip_forward=0")
        try weir.apply(rules: Self.rules)
        good = try KernelText(sysctls: Self.sysctls)
    }

    /// Starts to watch, and waits until what happens from now on is told.
    func watch(_ options: String..., environment: [String: String?] = [:]) throws -> BackgroundProcess {
        let command = [Weir.program, "watch", "--json", "--state-dir", weir.stateDirectory] + options
        let variables = ["SSH_CONNECTION": weir.session].merging(environment) { $1 }
        let process = try BackgroundProcess(command, environment: variables)
        try process.waitForOutput(containing: #""event":"watching""#, timeout: 120)
        return process
    }

    /// Waits until the kernel is as the rules want it.
    func waitUntilGood(seconds: Double = 120) throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try KernelText(sysctls: Self.sysctls) == good { return true }
            pause(milliseconds: 50)
        }
        return false
    }

    /// Runs lines of a shell.
    func shell(_ lines: String) throws {
        try outputOf("sh", "-eu", input: lines + "\n")
    }
}

/// Hands a host with rules to the closure.
func withWatchedHost(_ body: (WatchedHost) throws -> Void) throws {
    try withWeir { try body(WatchedHost($0)) }
}

/// A line of `weir watch --json`.
struct WatchedEvent: Decodable, CustomStringConvertible {
    struct Line: Decodable, Equatable {
        var change: String
        var kind: String
        var text: String
        var chain: String?
        var note: String?
    }

    struct Author: Decodable, Equatable {
        var pid: Int32
        var name: String?
    }

    var time: String
    var event: String
    var generation: Int?
    var change: Line?
    var by: [Author]?
    var because: String?
    var changes: [Line]?
    var reason: String?
    var messages: [String]?

    /// What has happened to what, in the words of the test.
    var description: String {
        guard let change else { return event }
        return "\(change.change) \(change.text)"
    }
}

extension BackgroundProcess {
    /// What it has told so far; each line must be an object.
    func events() throws -> [WatchedEvent] {
        let lines = standardOutput.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // The last one may not be finished.
        return try lines.dropLast().map { try JSONDecoder().decode(WatchedEvent.self, from: Data($0)) }
    }

    /// Waits for an event whose description begins with a text, after those that were there before.
    func event(_ text: String, after count: Int = 0, seconds: Double = 120) throws -> WatchedEvent {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let isOver = ContinuousClock.now >= end || !isRunning
            let events = try events()
            if let event = events.dropFirst(count).first(where: { $0.description.hasPrefix(text) }) { return event }
            guard !isOver else {
                throw Missing(text: text, events: events, errors: String(decoding: standardError, as: UTF8.self))
            }
            pause(milliseconds: 20)
        }
    }

    private struct Missing: Error, CustomStringConvertible {
        let text: String
        let events: [WatchedEvent]
        let errors: String

        var description: String { "'\(text)' is not among \(events.map(\.description)); it said: \(errors)" }
    }
}
