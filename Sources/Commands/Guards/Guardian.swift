import Glibc
import Guards
import KernelObjects
import KernelState
import Reconciliation
import Transactions

/// Looks after those who look after the host: judges a change before it is made.
struct Guardian: ~Copyable {
    private let overrides: GuardOverrides
    private var connection: KernelConnection
    /// Keeps the kernel tracking until the change is made.
    private var tracking: ConnectionTracking?
    private var managementPorts: Set<UInt16> = []

    init(_ kernel: KernelOptions, _ overrides: GuardOverrides) throws(KernelStateError) {
        self.overrides = overrides
        connection = try kernel.connect()
    }

    /// How long connections may take to be seen, in milliseconds.
    private static let patience = 3000
    /// How often they are looked for.
    private static let interval: UInt32 = 50

    /// Says what a change would do.
    /// - Parameter terminal: Where the session that Weir runs in may be, if there is one.
    mutating func judge(
        _ reporter: PreviewReporter,
        _ terminal: Terminal
    ) throws(KernelStateError) -> GuardReport {
        let preview = reporter.preview
        guard !preview.changes.isEmpty else { return GuardReport() }
        var before = try NetworkState(preview.observed, &connection)
        var facts = HostFacts(&connection, session: SSHConnection(), before)
        facts.unknowns += before.askKernel(about: facts.connections, &connection)
        let after = before.applying(preview.changes, desired: preview.desired.firewall)
        var findings = guardFindings(before: before, after: after, facts: facts)
        if findings.contains(where: \.canBeSeen) {
            do throws(KernelStateError) {
                facts.connections = try SessionProbe.probed(facts.connections, before.links, &connection) {
                    terminal.complain(
                        "weir: checking which ssh sessions are alive, and on which interface they come in"
                    )
                }
                findings = guardFindings(before: before, after: after, facts: facts)
            } catch {
                facts.unknowns.append("\(error)")
            }
        }
        return GuardReport(findings, facts, reporter, overrides: overrides)
    }

    /// Has the kernel track the connections that would hang otherwise, and waits until each of them has said something.
    /// - Returns: Whether the change may be made: not if the session that it is made from has been silent.
    mutating func track(_ report: GuardReport, _ terminal: Terminal) throws(KernelStateError) -> Bool {
        guard !report.untracked.isEmpty else { return true }
        tracking = try connection.startTracking()
        // Where this is a session this line makes it say something.
        terminal.complain(
            "weir: the kernel starts to track connections; waiting until it has seen the existing ones"
        )
        var silent = report.untracked
        var waited = 0
        while true {
            var rest: [ConnectionFact] = []
            for fact in silent where try !isTracked(fact) { rest.append(fact) }
            silent = rest
            guard !silent.isEmpty, waited < Self.patience else { break }
            usleep(Self.interval * 1000)
            waited += Int(Self.interval)
        }
        guard !silent.isEmpty else { return true }
        let names = silent.prefix(8).map { "\($0.local.text) - \($0.peer.text)" }.joined(separator: ", ")
        let count = silent.count == 1 ? "1 connection" : "\(silent.count) connections"
        terminal.complain("weir: \(count) sent nothing within \(Self.patience / 1000) s and will hang: \(names)")
        guard !overrides.contains(.lockout) else { return true }
        let sessions = report.untracked.filter { $0.role != .other }
        let areOwnKnown = sessions.contains(where: \.role.isOwn)
        let decisive = areOwnKnown ? sessions.filter(\.role.isOwn) : sessions
        // Whose session it is is not always known; then one that lives on is enough.
        let lost = decisive.filter { silent.contains($0) }
        guard !decisive.isEmpty, lost.count == decisive.count else { return true }
        terminal.complain("weir: your ssh session would be cut; with --allow-lockout the change is made anyway")
        return false
    }

    /// Whether packets of both directions were seen, so that the next one belongs to the connection.
    private mutating func isTracked(_ fact: ConnectionFact) throws(KernelStateError) -> Bool {
        let seenReply: UInt32 = 2
        let entry = try connection.trackedConnection(local: fact.local, peer: fact.peer)
        return entry.map { $0.status & seenReply != 0 } ?? false
    }
}

extension GuardFinding {
    /// Whether a look at the packets may tell more: it depends on where they come in or come from, or they are said to be cut already.
    fileprivate var canBeSeen: Bool {
        switch self {
        case .uncertain(let facts, _, let doubts, _):
            facts.contains(where: \.isEstablished)
                && doubts.contains { doubt in
                    switch doubt {
                    case .inputInterface, .otherInterface, .hopLimit: true
                    default: false
                    }
                }
        case .stillCut(let facts, let part, _):
            facts.contains(where: \.isEstablished) && (part == .established || part == .establishedAnswer)
        default: false
        }
    }
}
