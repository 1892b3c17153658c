import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

private func firewall(_ number: UInt8) -> FirewallState {
    let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
    let rule = RuleEntry(RuleObject(expressions: [number]))
    return FirewallState(chains: [ChainObject(name: "input", base: base, rules: [rule])])
}

private let forwarding = "net.ipv4.ip_forward"

private func desired(_ number: UInt8) -> DesiredState {
    DesiredState(
        firewall: firewall(number),
        routingRules: [
            RoutingRuleObject(family: .ipv4, priority: UInt32(number), ruleProtocol: weirProtocol, action: 1, table: 9)
        ],
        sysctls: [SysctlObject(name: forwarding, value: "\(number)", origin: 0)]
    )
}

/// Generations brought back in a kernel that does what it is told, or refuses it.
struct RestoreTests {
    private static let fresh = ObservedState(sysctls: [SysctlObject(name: forwarding, value: "0")])

    /// Two generations of another boot, and a kernel that knows nothing of them.
    private func withStore(_ body: (StateStore, FakeKernel) throws -> Void) throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            for number in 1...2 as ClosedRange<UInt8> {
                var transaction = Transaction(kernel: FakeKernel(Self.fresh), store: store, program: "test")
                _ = try transaction.change(
                    lockTimeout: .zero,
                    to: { _ throws(StoreError) in ChangeRequest(desired(number), action: .apply) },
                    approve: { _ in true }
                )
            }
            let kernel = FakeKernel(Self.fresh, instance: KernelInstance(boot: "next", namespace: 7))
            try body(store, kernel)
        }
    }

    private func restore(
        _ kernel: FakeKernel,
        _ store: StateStore,
        _ scope: RestoreScope = .all,
        orLoad emergency: DesiredState? = nil
    ) throws(TransactionError) -> Restored {
        var transaction = Transaction(kernel: kernel, store: store, program: "test")
        return try transaction.restore(RestoreRequest(scope: scope, emergency: emergency), lockTimeout: .zero)
    }

    private func revert(_ kernel: FakeKernel, _ store: StateStore) throws {
        var transaction = Transaction(kernel: kernel, store: store, program: "test")
        _ = try transaction.change(
            lockTimeout: .zero,
            to: { _ throws(StoreError) in ChangeRequest(DesiredState(), action: .revert) },
            approve: { _ in true }
        )
    }

    private func damage(_ path: HeldPath) throws {
        var bytes = try #require(readFile(path.string))
        bytes[20] ^= 1
        try writeFile(bytes, to: path.string)
    }

    @Test func theFirewallComesFirst() throws {
        try withStore { store, kernel in
            let restored = try restore(kernel, store)
            #expect(restored.isWhole && restored.generation?.number == 2)
            #expect(kernel.calls == ["firewall", "\(forwarding)=2", "add rule"])
            #expect(try restore(kernel, store).made.isEmpty)
            #expect(kernel.calls.count == 3)
            #expect(try store.generationNumbers() == [1, 2])
        }
    }

    @Test func whatTheKernelDoesNotTakeGivesWayToTheOneBefore() throws {
        try withStore { store, kernel in
            kernel.mishaps[0] = .refused
            let restored = try restore(kernel, store)
            #expect(restored.generation?.number == 1 && !restored.isWhole)
            #expect(restored.skipped.map(\.number) == [2])
            #expect(kernel.state.firewall?.digest == firewall(1).digest)
            // What is brought back of it later is of the same generation.
            kernel.state.routingRules = []
            let routing = try restore(kernel, store, .routing)
            #expect(routing.generation?.number == 1 && routing.isWhole)
            #expect(kernel.state.routingRules.map(\.priority) == [1])
        }
    }

    @Test func whatItTookThePlaceOfComesBack() throws {
        try withStore { store, kernel in
            _ = try restore(kernel, store, .firewall)
            _ = try restore(kernel, store, .routing)
            #expect(kernel.state.sysctls.first?.value == "2")
            try revert(kernel, store)
            #expect(kernel.state.sysctls.first?.value == "0")
            #expect(kernel.state.firewall == nil && kernel.state.routingRules.isEmpty)
            #expect(try restore(kernel, store).made.isEmpty)
        }
    }

    /// In the boot in which it was applied a generation knows that itself.
    @Test func whatAnOlderGenerationTookThePlaceOfComesBack() throws {
        try withStore { store, _ in
            let kernel = FakeKernel(Self.fresh)
            _ = try restore(kernel, store)
            try Files.remove(store.bootRecordPath)
            try damage(store.generationPath(2))
            #expect(try restore(kernel, store).generation?.number == 1)
            #expect(kernel.state.sysctls.first?.value == "1")
            #expect(try store.setAsideDamage().count == 1)
            try revert(kernel, store)
            #expect(kernel.state.sysctls.first?.value == "0")
        }
    }

    /// The note of what was displaced is not believed if it is damaged, and keeps nothing from being brought back.
    @Test func aDamagedNoteStopsChangesAndNotTheBoot() throws {
        try withStore { store, kernel in
            _ = try restore(kernel, store)
            try damage(store.bootRecordPath)
            let transaction = Transaction(kernel: kernel, store: store, program: "test")
            #expect(throws: StoreError.self) { try transaction.displaced() }
            let restored = try restore(kernel, store)
            #expect(restored.generation?.number == 2)
            #expect(restored.damage.count == 1)
            #expect(try transaction.displaced().isEmpty)
            try damage(store.bootRecordPath)
            #expect(try store.setAsideDamage().count == 1)
            _ = try transaction.displaced()
        }
    }

    /// Whoever can write there could have any rules brought back: not even what was interrupted is finished.
    @Test(arguments: ["", "gen", "txn"]) func nothingIsBelievedThatOthersCouldHaveWritten(name: String) throws {
        try withStore { store, kernel in
            let path = name.isEmpty ? store.directory : store.directory.appending(name)
            chmod(path.string, 0o777)
            let open = try restore(kernel, store)
            #expect(open.generation == nil && kernel.calls.isEmpty)
            #expect(open.damage == [.untrusted(path: path, reason: "others can write to it")])
            let closed = try restore(kernel, store, orLoad: DesiredState(firewall: firewall(9)))
            #expect(closed.generation == nil && closed.isClosed)
            #expect(kernel.state.firewall?.digest == firewall(9).digest)
            chmod(path.string, 0o700)
            #expect(try restore(kernel, store).generation?.number == 2)
        }
    }

    @Test func theEmergencyRulesAreForAHostWithoutAny() throws {
        try withStore { store, kernel in
            for number in 1...2 { try damage(store.generationPath(number)) }
            let open = try restore(kernel, store)
            #expect(open.generation == nil && !open.isClosed && kernel.calls.isEmpty)
            let closed = try restore(kernel, store, orLoad: DesiredState(firewall: firewall(9)))
            #expect(closed.generation == nil && closed.isClosed)
            #expect(kernel.state.firewall?.digest == firewall(9).digest)
            #expect(try !restore(kernel, store, orLoad: DesiredState(firewall: firewall(8))).isClosed)
            #expect(kernel.state.firewall?.digest == firewall(9).digest)
        }
    }

    /// The decision is on the disk: that the machine was lost before the generation got its place changes nothing about it.
    @Test(arguments: [Decision.confirm, .rollback(reason: "it was cancelled")])
    func whatWasConfirmedBeforeTheBootIsKept(decision: Decision) throws {
        try withStore { store, kernel in
            let change = try ChangeDirectory.next(in: store)
            var generation = try store.generation(2)
            generation.number = change.number
            try change.write(
                generation,
                before: try store.snapshotBefore(2),
                after: try store.snapshotAfter(1),
                text: RulesetText()
            )
            let journal = try Journal(change.journalPath)
            for record in [.begun(owner: .current, window: 9), .verified, .pending(deadline: 1)] as [JournalRecord] {
                try journal.append(record)
            }
            _ = try decision.take(in: change.path)
            let restored = try restore(kernel, store)
            #expect(restored.isWhole)
            #expect(restored.generation?.number == (decision == .confirm ? 3 : 2))
            #expect(kernel.state.firewall?.digest == firewall(decision == .confirm ? 1 : 2).digest)
            #expect(try store.unfinishedChanges().isEmpty)
        }
    }
}
