import Glibc
import KernelObjects
import KernelState
import Netlink
import Reconciliation
import SystemPackage

/// A change made, read back and rolled back in a private network namespace that is like the host, by the very code that makes it on the
/// host.
struct Rehearsal: ~Copyable {
    private var transaction: Transaction<SystemKernel>
    /// What is desired, without what the namespace cannot have.
    private let desired: DesiredState
    private let adoption: RouteAdoption

    private init(transaction: consuming Transaction<SystemKernel>, desired: DesiredState, adoption: RouteAdoption) {
        self.transaction = transaction
        self.desired = desired
        self.adoption = adoption
    }

    /// Takes this process, which must have a single thread, into a private namespace and rehearses there.
    static func perform(_ request: RehearsalRequest) -> RehearsalReport {
        var report = RehearsalReport()
        do throws(RehearsalReport.Failure) {
            let place = try Self.enter()
            var rehearsal = try prepare(request, in: place.directory, &report.notes)
            report.made = try rehearsal.run()
        } catch {
            report.failure = error
        }
        return report
    }

    private static func enter() throws(RehearsalReport.Failure) -> PrivateNamespace {
        do throws(NetlinkError) {
            return try PrivateNamespace()
        } catch {
            throw .impossible(error.errno == .notPermitted ? .notPermitted : .system, "\(error)")
        }
    }

    /// Makes the namespace of this thread like the host, with Weir's table, and with a record of what Weir had displaced there.
    private static func prepare(
        _ request: RehearsalRequest,
        in directory: FilePath,
        _ notes: inout [StagingNote]
    ) throws(RehearsalReport.Failure) -> Rehearsal {
        var transaction = Transaction(
            kernel: try stage(request.outline, &notes),
            store: StateStore(directory: directory.appending("weir")),
            program: request.program
        )
        let unknown = Set(notes.compactMap(\.nameOfSetting))
        var desired = request.desired
        desired.sysctls.removeAll { unknown.contains($0.name) }
        if let firewall = request.before.firewall { notes += transaction.put(firewall) }
        var displaced = request.before.displaced
        displaced.sysctls.removeAll { unknown.contains($0.name) }
        do throws(TransactionError) {
            try transaction.record(displaced)
        } catch {
            throw RehearsalReport.Failure(error)
        }
        return Rehearsal(
            transaction: transaction,
            desired: desired,
            adoption: request.adoptsRoutes ? .any : .none
        )
    }

    private static func stage(
        _ outline: HostOutline,
        _ notes: inout [StagingNote]
    ) throws(RehearsalReport.Failure) -> SystemKernel {
        do throws(KernelStateError) {
            var connection = try KernelConnection()
            notes = try connection.stage(outline)
            return try SystemKernel(connection)
        } catch {
            throw RehearsalReport.Failure(error)
        }
    }

    /// Makes the change and rolls it back.
    /// - Returns: How many changes there were.
    private mutating func run() throws(RehearsalReport.Failure) -> Int {
        let before = try read()
        let made: Int
        do throws(TransactionError) {
            made = try change { [desired, adoption] _ throws(StoreError) in
                ChangeRequest(desired, action: .apply, adoption: adoption)
            }
            _ = try change { store throws(StoreError) in
                try ChangeRequest(rollbackTo: Self.firstGeneration, in: store)
            }
        } catch {
            throw RehearsalReport.Failure(error)
        }
        // Some of what the kernel does about routes it does a little later.
        for pause in [0, 20_000, 100_000, 300_000] as [UInt32] {
            usleep(pause)
            if try read().isEquivalent(to: before) { return made }
        }
        throw .notTakenBack("the kernel does not have what it had before")
    }

    /// The generation that stands for what the host has.
    fileprivate static let firstGeneration = 1

    private mutating func change(
        _ request: (StateStore) throws(StoreError) -> ChangeRequest
    ) throws(TransactionError) -> Int {
        let outcome = try transaction.change(lockTimeout: .zero, to: request) { _ in true }
        guard case .changed(let changes, _) = outcome else { return 0 }
        return changes.summary.total
    }

    private mutating func read() throws(RehearsalReport.Failure) -> ObservedState {
        do throws(KernelStateError) {
            return try transaction.kernel.read(sysctls: desired.sysctls.map(\.name), knowing: nil)
        } catch {
            throw RehearsalReport.Failure(error)
        }
    }
}

extension Transaction where System: ~Copyable {
    /// Makes the content of Weir's table, as a change that failed would be rolled back.
    /// - Returns: What could not be made.
    fileprivate mutating func put(_ firewall: FirewallState) -> [StagingNote] {
        let undoing = Undoing(
            before: ObservedState(firewall: firewall),
            made: ChangeSet(firewall: FirewallChanges(table: .delete))
        )
        let nothing = ChangeRequest(DesiredState(), action: .revert)
        guard let residue = restore(undoing, nothing, displaced: Displaced(), path: store.directory) else { return [] }
        return residue.conflicts.map { conflict in
            guard case .lostForeignObject(let name) = conflict else { return .firewall("\(conflict)") }
            return .firewall(name)
        } + residue.complaints.map { .firewall("\($0.refusal)") }
    }

    /// Writes down the first generation: what there is, and what Weir had taken the place of.
    fileprivate mutating func record(_ displaced: Displaced) throws(TransactionError) {
        let present = try asking { () throws(KernelStateError) in
            try kernel.read(sysctls: displaced.sysctls.map(\.name), knowing: nil)
        }
        let snapshot = Snapshot(
            origin: kernel.instance,
            generation: present.generation,
            firewall: present.firewall,
            firewallDigest: present.firewall?.digest,
            routes: present.routes.filter { $0.routeProtocol == weirProtocol },
            routingRules: present.routingRules.filter { $0.ruleProtocol == weirProtocol },
            sysctls: present.sysctls,
            displaced: displaced
        )
        try storing { () throws(StoreError) in
            try store.prepare()
            let directory = try ChangeDirectory.next(in: store)
            let generation = Generation(
                number: directory.number,
                predecessor: Generation.cleanState,
                action: .apply,
                time: Int64(time(nil)),
                program: program,
                origin: kernel.instance,
                counts: Generation.Counts(ChangeSummary())
            )
            try directory.write(generation, before: snapshot, after: snapshot, text: RulesetText())
            try directory.publish()
        }
    }
}

extension ObservedState {
    /// Whether a program that reads everything could not tell one from the other.
    fileprivate func isEquivalent(to other: ObservedState) -> Bool {
        firewall?.digest == other.firewall?.digest && sysctls == other.sysctls
            && routes.count == other.routes.count && routingRules.count == other.routingRules.count
            && PlanDrift(routesFrom: other, to: self).isEmpty
    }
}
