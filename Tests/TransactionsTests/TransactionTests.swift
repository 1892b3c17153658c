import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

private func route(_ number: UInt32, via: UInt32, by owner: UInt8 = weirProtocol) throws -> RouteObject {
    RouteObject(
        key: .init(
            table: 254,
            destination: try #require(IPPrefix(address: .ipv4(IPv4Address(rawValue: number << 8)), length: 24)),
            metric: 0
        ),
        routeProtocol: owner,
        hops: [.init(gateway: .ipv4(IPv4Address(rawValue: via)), interface: "eth0")]
    )
}

private func rule(_ priority: UInt32, table: UInt32 = 100, by owner: UInt8 = weirProtocol) -> RoutingRuleObject {
    RoutingRuleObject(family: .ipv4, priority: priority, ruleProtocol: owner, action: 1, table: table)
}

private func firewall(_ numbers: [UInt8]) -> FirewallState {
    let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
    let rules = numbers.map { RuleEntry(RuleObject(expressions: [$0])) }
    return FirewallState(chains: [ChainObject(name: "input", base: base, rules: rules)])
}

private let forwarding = "net.ipv4.ip_forward"

/// What a kernel has, in lines that can be compared.
private func lines(_ state: ObservedState) -> [String] {
    let rules = state.firewall?.chains.flatMap { $0.rules.map { "\($0.rule.expressions)" } } ?? ["no table"]
    return rules + state.routes.map { "\($0.key) \($0.routeProtocol) \($0.hops)" }.sorted()
        + state.routingRules.map { "\($0)" }.sorted() + state.sysctls.map { "\($0.name) \($0.value ?? "-")" }
}

private func before() throws -> ObservedState {
    ObservedState(
        firewall: firewall([1, 2, 3]),
        routes: [try route(1, via: 1), try route(2, via: 1), try route(3, via: 1, by: 4), try route(9, via: 9, by: 4)],
        routingRules: [rule(10), rule(20), rule(32_766, by: 2)],
        sysctls: [SysctlObject(name: forwarding, value: "0")]
    )
}

private func desired() throws -> DesiredState {
    DesiredState(
        firewall: firewall([1, 4, 3]),
        routes: [try route(1, via: 2), try route(3, via: 2), try route(4, via: 2)],
        routingRules: [rule(10, table: 7), rule(30)],
        sysctls: [SysctlObject(name: forwarding, value: "1", origin: 0)]
    )
}

private func withStore(_ body: (StateStore) throws -> Void) throws {
    try withTemporaryDirectory { (directory) throws in
        try body(StateStore(directory: FilePath(directory).appending("state")))
    }
}

private func apply(
    _ desired: DesiredState,
    to kernel: FakeKernel,
    _ store: StateStore,
    adopts: Bool = true,
    approve: (Preview) -> Bool = { _ in true }
) throws(TransactionError) -> Outcome {
    var transaction = Transaction(kernel: kernel, store: store, program: "test")
    return try transaction.change(
        lockTimeout: .zero,
        to: { _ throws(StoreError) in .init(desired, action: .apply, adoption: adopts ? .any : .none) },
        approve: approve
    )
}

struct TransactionTests {
    @Test func aChangeIsMadeInTheSafeOrderAndKept() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            guard case .changed(_, generation: 1) = try apply(desired(), to: kernel, store) else {
                Issue.record("not changed")
                return
            }
            #expect(
                kernel.calls == [
                    "set route", "set route", "set route", "add rule", "add rule", "firewall", "\(forwarding)=1",
                    "delete rule", "delete rule", "delete route",
                ]
            )
            #expect(try store.current()?.counts.added == 3)
            let after = try store.snapshotAfter(1)
            #expect(after.displaced.routes.map(\.routeProtocol) == [4])
            #expect(after.displaced.sysctls == [.init(name: forwarding, before: "0", written: "1")])
            #expect(try store.snapshotBefore(1).firewall?.fingerprint == firewall([1, 2, 3]).fingerprint)
        }
    }

    @Test func theSecondTimeNothingIsSentAndNothingRead() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            _ = try apply(desired(), to: kernel, store)
            let calls = kernel.calls
            let reads = kernel.chainReads.count
            guard case .unchanged = try apply(desired(), to: kernel, store) else {
                Issue.record("changed")
                return
            }
            #expect(kernel.calls == calls)
            #expect(kernel.chainReads.count == reads)
            #expect(try store.history().count == 1)
            // Somebody changed nf_tables: now it has to be read, and is found to be as it should be.
            kernel.state.generation += 1
            _ = try apply(desired(), to: kernel, store)
            #expect(kernel.chainReads.count == reads + 1)
            _ = try apply(desired(), to: kernel, store)
            #expect(kernel.chainReads.count == reads + 1)
        }
    }

    @Test func onlyTheChainThatChangesIsRead() throws {
        func desired(_ numbers: [UInt8]) -> DesiredState {
            var firewall = firewall(numbers)
            firewall.chains.append(ChainObject(name: "other", rules: [RuleEntry(RuleObject(expressions: [9]))]))
            return DesiredState(firewall: firewall)
        }
        try withStore { store in
            let kernel = FakeKernel()
            _ = try apply(desired([1, 2]), to: kernel, store)
            var reads = kernel.chainReads.count
            _ = try apply(desired([1, 3]), to: kernel, store)
            #expect(kernel.chainReads.dropFirst(reads) == ["input", "input"])
            reads = kernel.chainReads.count
            // Somebody has changed nf_tables; what the change does not touch is known again after the first look.
            kernel.state.generation += 1
            _ = try apply(desired([1, 4]), to: kernel, store)
            #expect(kernel.chainReads[reads...].sorted() == ["input", "input", "other"])
            #expect(lines(kernel.state).sorted() == ["[1]", "[4]", "[9]"])
        }
    }

    @Test func whatIsChangedByHandIsChangedBack() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            _ = try apply(desired(), to: kernel, store)
            kernel.state.firewall = firewall([1])
            kernel.state.generation += 1
            guard case .changed = try apply(desired(), to: kernel, store) else {
                Issue.record("not changed")
                return
            }
            #expect(kernel.state.firewall?.fingerprint == firewall([1, 4, 3]).fingerprint)
        }
    }

    /// Whatever fails at whatever step: all is as before.
    @Test(arguments: [FakeKernel.Mishap.refused, .failed, .doneButFailed], 0..<10)
    func aFailureAnywhereIsUndone(mishap: FakeKernel.Mishap, step: Int) throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.mishaps = [step: mishap]
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .undone = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(lines(kernel.state) == lines(try before()))
            #expect(try store.history().isEmpty)
            #expect(directoryContents(store.directory.appending("txn").string).isEmpty)
        }
    }

    @Test func undoingIsTriedAgain() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            // The last change fails, then the first two attempts to undo something.
            kernel.mishaps = [9: .refused, 10: .failed, 12: .refused]
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .undone = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(lines(kernel.state) == lines(try before()))
        }
    }

    @Test func whatCannotBeUndoneIsNamed() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.mishaps = Dictionary(uniqueKeysWithValues: (5..<100).map { ($0, .refused) })
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .residue(.refused, let residue) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(residue.remaining?.routes.count == 3)
            #expect(residue.remaining?.routingRules.count == 2)
            #expect(residue.complaints.isEmpty == false)
            #expect(readFile(residue.snapshotPath) != nil)
            let change = try #require(try store.unfinishedChanges().first)
            #expect(change.residue?.isEmpty == false)
        }
    }

    @Test func aKernelThatCannotBeReadAfterwardsIsNotCalledUnchanged() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.interference = (9, { [weak kernel] _ in kernel?.canRead = false })
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .residue(.kernel, let residue) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(residue.remaining == nil)
        }
    }

    /// What the kernel does not take bit by bit it may take as a whole.
    @Test func aTableThatCannotBePutRightIsMadeAnew() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.mishaps = [6: .refused]
            kernel.interference = (5, { [weak kernel] _ in kernel?.canPatchFirewall = false })
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .undone(.refused) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(lines(kernel.state) == lines(try before()))
        }
    }

    @Test func aTableThatCannotBeReadIsMadeAnew() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.mishaps = [6: .refused]
            kernel.interference = (5, { [weak kernel] _ in kernel?.canReadFirewall = false })
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            // Nobody has seen that it worked.
            guard case .residue(.refused, let residue) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(residue.remaining == nil)
            #expect(lines(kernel.state) == lines(try before()))
        }
    }

    @Test func aFirewallThatIsRefusedAloneChangesNothing() throws {
        try withStore { store in
            let kernel = FakeKernel(ObservedState(firewall: firewall([1])))
            kernel.mishaps = [0: .refused]
            let error = #expect(throws: TransactionError.self) {
                try apply(DesiredState(firewall: firewall([2])), to: kernel, store)
            }
            guard case .refused(let complaints) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(complaints.count == 1)
            #expect(kernel.calls == ["firewall"])
        }
    }

    @Test func whatTheKernelWouldRefuseIsKnownBeforeRoutesAreChanged() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.refusals = [
                KernelComplaint(subject: .firewallBatch, refusal: Refusal(change: nil, errno: .invalidArgument))
            ]
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .refused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(kernel.calls.isEmpty)
        }
    }

    @Test func aChangeBySomebodyElseElsewhereIsNoObstacle() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.staleness = 3
            guard case .changed = try apply(desired(), to: kernel, store) else {
                Issue.record("not changed")
                return
            }
        }
    }

    @Test func aChangeBySomebodyElseToTheSameThingsStopsTheChange() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            kernel.interference = (
                4,
                {
                    $0.firewall = firewall([1, 2, 3, 99])
                    $0.generation += 1
                }
            )
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .undone(.stale) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(kernel.state.firewall?.fingerprint == firewall([1, 2, 3, 99]).fingerprint)
            kernel.state.firewall = firewall([1, 2, 3])
            #expect(lines(kernel.state) == lines(try before()))
        }
    }

    @Test func whatIsDoneIsWhatWasShown() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            let error = #expect(throws: TransactionError.self) {
                try apply(desired(), to: kernel, store) { _ in
                    kernel.state.routes.removeFirst()
                    usleep(150_000)
                    return true
                }
            }
            guard case .stale = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(kernel.calls.isEmpty)
            guard case .declined = try apply(desired(), to: kernel, store, approve: { _ in false }) else {
                Issue.record("not declined")
                return
            }
            #expect(kernel.calls.isEmpty)
        }
    }

    @Test func conflictsStopTheChange() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            let error = #expect(throws: TransactionError.self) {
                try apply(desired(), to: kernel, store, adopts: false)
            }
            guard case .conflicts(let conflicts) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(conflicts.count == 1)
            #expect(kernel.calls.isEmpty)
        }
    }

    @Test func aHeldLockStopsTheChange() throws {
        try withStore { store in
            try store.prepare()
            let lock = try store.lock()
            let kernel = FakeKernel(try before())
            let error = #expect(throws: TransactionError.self) { try apply(desired(), to: kernel, store) }
            guard case .store(.locked) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            _ = consume lock
        }
    }

    @Test func aPreviewWritesNothing() throws {
        try withStore { store in
            let kernel = FakeKernel(try before())
            var transaction = Transaction(kernel: kernel, store: store, program: "test")
            let preview = try transaction.preview(try desired(), adoption: .any)
            #expect(preview.changes.summary.added == 3)
            #expect(kernel.calls.isEmpty)
            #expect(readFile(store.directory.appending("format").string) == nil)
        }
    }
}
