import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

private func firewall(_ numbers: [UInt8]) -> FirewallState {
    let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
    return FirewallState(
        chains: [
            ChainObject(name: "input", base: base, rules: numbers.map { RuleEntry(RuleObject(expressions: [$0])) })
        ]
    )
}

private let forwarding = "net.ipv4.ip_forward"

private let before = ObservedState(
    firewall: firewall([1]),
    routingRules: [RoutingRuleObject(family: .ipv4, priority: 7, ruleProtocol: 4, action: 1, table: 7)],
    sysctls: [SysctlObject(name: forwarding, value: "0")]
)

private let desired = DesiredState(
    firewall: firewall([2]),
    routingRules: [RoutingRuleObject(family: .ipv4, priority: 9, ruleProtocol: weirProtocol, action: 1, table: 9)],
    sysctls: [SysctlObject(name: forwarding, value: "1", origin: 0)]
)

/// What a kernel has, in lines that can be compared.
private func lines(_ state: ObservedState) -> [String] {
    (state.firewall?.chains.flatMap { $0.rules.map { "\($0.rule.expressions)" } } ?? [])
        + state.routingRules.map { "\($0)" } + state.sysctls.map { "\($0.name) \($0.value ?? "-")" }
}

/// Changes that another process left unfinished, made by hand with a kernel that does what it is told.
struct RecoveryTests {
    /// Leaves a change unfinished whose kernel has come as far as the closure says.
    private func withInterruptedChange(
        _ records: [JournalRecord],
        origin: KernelInstance = KernelInstance(boot: "boot", namespace: 7),
        made: (inout ObservedState) -> Void,
        _ body: (StateStore, FakeKernel) throws -> Void
    ) throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            try store.prepare()
            let kernel = FakeKernel(before)
            let change = try ChangeDirectory.next(in: store)
            let generation = Generation(
                number: change.number,
                predecessor: Generation.cleanState,
                action: .apply,
                time: 0,
                program: "test",
                origin: origin,
                counts: .init(ChangeSummary())
            )
            try change.write(
                generation,
                before: Snapshot(
                    origin: origin,
                    firewall: before.firewall,
                    firewallDigest: before.firewall?.digest,
                    sysctls: before.sysctls
                ),
                after: Snapshot(
                    origin: origin,
                    firewall: desired.firewall,
                    firewallDigest: desired.firewall?.digest,
                    routingRules: desired.routingRules,
                    sysctls: desired.sysctls,
                    displaced: Displaced(sysctls: [.init(name: forwarding, before: "0", written: "1")])
                ),
                text: RulesetText()
            )
            let journal = try Journal(change.journalPath)
            for record in records { try journal.append(record) }
            made(&kernel.state)
            kernel.state.generation += 1
            try body(store, kernel)
        }
    }

    private func recover(_ kernel: FakeKernel, _ store: StateStore) throws(TransactionError) -> [Recovery] {
        var transaction = Transaction(kernel: kernel, store: store, program: "test")
        var recoveries: [Recovery] = []
        try transaction.recover { recoveries.append($0) }
        return recoveries
    }

    private func makeNothing(_ state: inout ObservedState) {}

    private func makeAll(_ state: inout ObservedState) {
        state.firewall = desired.firewall
        state.routingRules += desired.routingRules
        state.sysctls = [SysctlObject(name: forwarding, value: "1")]
    }

    @Test(arguments: [true, false])
    func whatWasNotVerifiedIsTakenBack(wasMadeWholly: Bool) throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: nil), .intent(.addRoutingRules)]
        try withInterruptedChange(records) { state in
            if wasMadeWholly { makeAll(&state) } else { state.routingRules += desired.routingRules }
        } _: { store, kernel in
            guard case .takenBack = try recover(kernel, store).first?.ending else {
                Issue.record("not rolled back")
                return
            }
            #expect(lines(kernel.state) == lines(before))
            #expect(try store.history().isEmpty)
            #expect(try store.failures().map(\.reason) == ["it was interrupted"])
            #expect(try recover(kernel, store).isEmpty)
        }
    }

    @Test func whatWasVerifiedIsKept() throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: nil), .intent(.firewall), .verified]
        try withInterruptedChange(records, made: makeAll) { store, kernel in
            guard case .completed = try recover(kernel, store).first?.ending else {
                Issue.record("not completed")
                return
            }
            #expect(try store.current()?.number == 1)
            #expect(try store.snapshotAfter(1).displaced.sysctls.count == 1)
            #expect(kernel.calls.isEmpty)
            #expect(directoryContents(store.directory.appending("txn").string).isEmpty)
        }
    }

    @Test func whatWasVerifiedAndIsNotThereAnyMoreIsTakenBack() throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: nil), .verified]
        try withInterruptedChange(records) { state in
            makeAll(&state)
            state.firewall = firewall([9])
        } _: { store, kernel in
            guard case .takenBack = try recover(kernel, store).first?.ending else {
                Issue.record("not rolled back")
                return
            }
            #expect(lines(kernel.state) == lines(before))
        }
    }

    /// Between the renaming that makes the generation and the end of its directory.
    @Test func whatWasPublishedIsOver() throws {
        try withInterruptedChange([.begun(owner: .current, window: nil), .verified], made: makeAll) { store, kernel in
            try Files.rename(ChangeDirectory(1, in: store).generationPath, to: store.generationPath(1))
            #expect(try store.unfinishedChanges().isEmpty)
            #expect(try recover(kernel, store).isEmpty)
            #expect(try store.current()?.number == 1)
            #expect(directoryContents(store.directory.appending("txn").string).isEmpty)
        }
    }

    @Test func whatHadNotBegunIsForgotten() throws {
        try withInterruptedChange([]) { _ in
        } _: { store, kernel in
            let change = ChangeDirectory(1, in: store)
            try Files.remove(change.journalPath)
            try writeFile([1, 2, 3], to: change.generationPath.string)
            #expect(try recover(kernel, store).isEmpty)
            #expect(directoryContents(store.directory.appending("txn").string).isEmpty)
        }
    }

    private static let otherBoot = KernelInstance(boot: "another", namespace: 7)
    private static let otherNamespace = KernelInstance(boot: "boot", namespace: 8)

    @Test(arguments: [otherBoot, otherNamespace])
    func whatHappenedInWhatIsGoneIsNotTakenBackHere(origin: KernelInstance) throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: nil), .intent(.firewall)]
        try withInterruptedChange(records, origin: origin, made: makeAll) { store, kernel in
            kernel.hasOtherNamespaces = origin == Self.otherBoot
            guard case .elsewhere = try recover(kernel, store).first?.ending else {
                Issue.record("not elsewhere")
                return
            }
            #expect(kernel.calls.isEmpty)
            #expect(try store.failures().count == 1)
        }
    }

    /// Only there can it be finished; it is there still when somebody comes who is at home there.
    @Test(arguments: [true, false])
    func whatIsUnfinishedInAnotherNamespaceIsLeftAlone(waits: Bool) throws {
        let deadline = BootInstant.now.advanced(byNanoseconds: 3_600_000_000_000).nanoseconds
        let waiting: [JournalRecord] = [.begun(owner: .current, window: 9), .verified, .pending(deadline: deadline)]
        let interrupted: [JournalRecord] = [.begun(owner: .current, window: nil), .intent(.firewall)]
        let origin = Self.otherNamespace
        try withInterruptedChange(waits ? waiting : interrupted, origin: origin, made: makeAll) { store, kernel in
            let error = #expect(throws: TransactionError.self) { try recover(kernel, store) }
            guard case .elsewhere(let change, let awaited) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(change.generation.number == 1)
            #expect((awaited != nil) == waits)
            // Nor does anybody decide about it from here.
            var transaction = Transaction(kernel: kernel, store: store, program: "test")
            #expect(throws: TransactionError.self) { try transaction.settle(nil, .confirm) }
            #expect(throws: TransactionError.self) { try transaction.settle(1, .rollback(reason: "it was cancelled")) }
            #expect(throws: TransactionError.self) { try transaction.extend(1, to: 1) }
            #expect(try Decision(in: ChangeDirectory(1, in: store).path) == nil)
            #expect(kernel.calls.isEmpty)
            #expect(try store.unfinishedChanges().map(\.records.count) == [waits ? 3 : 2])

            let home = FakeKernel(kernel.state, instance: origin)
            if waits {
                var transaction = Transaction(kernel: home, store: store, program: "test")
                guard case .confirmed(1) = try transaction.settle(1, .confirm) else {
                    Issue.record("not confirmed")
                    return
                }
            } else {
                guard case .takenBack = try recover(home, store).first?.ending else {
                    Issue.record("not rolled back")
                    return
                }
                #expect(lines(home.state) == lines(before))
            }
        }
    }

    /// Where its namespace cannot be reached and nobody watches over it, a person says that it is to be put away.
    @Test func whatIsUnfinishedInAnotherNamespaceCanBePutAway() throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: 9), .intent(.firewall)]
        try withInterruptedChange(records, origin: Self.otherNamespace, made: makeAll) { store, kernel in
            #expect(try store.setAsideDamage(from: Self.otherNamespace).isEmpty)
            let path = ChangeDirectory(1, in: store).watchdogPath
            do {
                let watchdog = try StoreLock(path, timeout: .zero)
                #expect(try store.setAsideDamage(from: kernel.instance).isEmpty)
                _ = consume watchdog
            }
            #expect(try store.setAsideDamage(from: kernel.instance).count == 1)
            #expect(try recover(kernel, store).isEmpty)
        }
    }

    /// A machine that was started anew has nothing of it, so that it is too late to confirm it.
    @Test func whatWaitedBeforeTheBootCannotBeConfirmed() throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: 9), .verified, .pending(deadline: .max)]
        try withInterruptedChange(records, origin: Self.otherBoot, made: makeNothing) { store, kernel in
            var transaction = Transaction(kernel: kernel, store: store, program: "test")
            guard case .takenBack = try transaction.settle(1, .confirm) else {
                Issue.record("not rolled back")
                return
            }
            #expect(try store.history().isEmpty)
        }
    }

    @Test func aDamagedJournalMeansTakingBack() throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: nil), .intent(.firewall), .verified]
        try withInterruptedChange(records, made: makeAll) { store, kernel in
            let path = ChangeDirectory(1, in: store).journalPath.string
            var bytes = try #require(readFile(path))
            bytes[bytes.count - 1] ^= 1
            try writeFile(bytes, to: path)
            let recovery = try #require(try recover(kernel, store).first)
            #expect(recovery.hadDamagedJournal)
            #expect(lines(kernel.state) == lines(before))
        }
    }

    @Test func aDamagedChangeStopsEverything() throws {
        try withInterruptedChange([.begun(owner: .current, window: nil)], made: makeAll) { store, kernel in
            let path = ChangeDirectory(1, in: store).generationPath.string
            var bytes = try #require(readFile(path))
            bytes[bytes.count / 2] ^= 1
            try writeFile(bytes, to: path)
            let error = #expect(throws: TransactionError.self) { try recover(kernel, store) }
            guard case .store(.malformed) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(kernel.calls.isEmpty)
        }
    }

    /// The first command that finds it stops; the next one tries again and goes on.
    @Test func whatCannotBeTakenBackIsSaidAndTriedAgain() throws {
        let records: [JournalRecord] = [.begun(owner: .current, window: nil), .intent(.firewall)]
        try withInterruptedChange(records, made: makeAll) { store, kernel in
            kernel.mishaps = Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, .refused) })
            let error = #expect(throws: TransactionError.self) { try recover(kernel, store) }
            guard case .unrecovered = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try store.unfinishedChanges().first?.residue?.isEmpty == false)
            guard case .residue = try recover(kernel, store).first?.ending else {
                Issue.record("no residue")
                return
            }
            kernel.mishaps = [:]
            guard case .takenBack = try recover(kernel, store).first?.ending else {
                Issue.record("not rolled back")
                return
            }
            #expect(lines(kernel.state) == lines(before))
            #expect(try recover(kernel, store).isEmpty)
        }
    }
}
