import KernelObjects
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// A kernel that says more of everything than this program knows of.
struct NewerKernelTests {
    private static func firewall(_ verdict: Verdict, members: UInt16) -> FirewallState {
        var writer = ExpressionWriter()
        writer.append(CompareExpression(.equal, RegisterData(6)))
        writer.append(verdict)
        let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
        let set = SetObject(
            name: "ports",
            flags: [],
            keyType: SetDatatype.inetService.rawValue,
            keyLength: 2,
            userdata: SetUserdata(byteOrder: .network).bytes,
            elements: (1...members).map { SetElement(SetKey(port: $0)) }
        )
        let rules = [RuleEntry(RuleObject(expressions: writer.finish()))]
        return FirewallState(chains: [ChainObject(name: "input", base: base, rules: rules)], sets: [set])
    }

    /// Adds attributes 50 to chains, sets and members, and 31 to comparisons.
    private static func embellish(_ state: inout ObservedState) {
        guard var firewall = state.firewall else { return }
        for index in firewall.sets.indices {
            firewall.sets[index].additions = [50]
            firewall.sets[index].memberAdditions = [51]
        }
        for chain in firewall.chains.indices {
            firewall.chains[chain].additions = [50]
            for rule in firewall.chains[chain].rules.indices {
                firewall.chains[chain].rules[rule].rule.expressions = embellished(
                    firewall.chains[chain].rules[rule].rule.expressions
                )
            }
        }
        state.firewall = firewall
    }

    /// Adds an attribute to the first expression, whose data stands at its end.
    private static func embellished(_ expressions: [UInt8]) -> [UInt8] {
        let length = Int(expressions[0])
        let name = 4 + Int(expressions[4])
        var element = Array(expressions[..<length]) + [8, 0, 31, 0, 0, 0, 0, 9]
        element[0] += 8
        element[name] += 8
        return element + expressions[length...]
    }

    private func apply(_ firewall: FirewallState?, _ kernel: FakeKernel, _ store: StateStore) throws {
        var transaction = Transaction(kernel: kernel, store: store, program: "test")
        _ = try transaction.change(
            lockTimeout: .zero,
            to: { _ throws(StoreError) in ChangeRequest(DesiredState(firewall: firewall), action: .apply) },
            approve: { _ in true }
        )
    }

    @Test func theDifferenceIsSeen() {
        let desired = DesiredState(firewall: Self.firewall(.accept, members: 3))
        var observed = ObservedState(firewall: desired.firewall)
        #expect(difference(desired: desired, observed: observed).changes.isEmpty)
        Self.embellish(&observed)
        let changes = difference(desired: desired, observed: observed).changes.firewall
        #expect(changes?.sets.count == 1)
        #expect(changes?.chains.first?.kind == .recreate)
        #expect(difference(desired: desired, observed: observed.withoutAdditions).changes.isEmpty)
        // The rule alone.
        observed.firewall?.chains[0].additions = []
        let rule = difference(desired: desired, observed: observed).changes.firewall?.chains.first?.rules
        #expect(rule == [.replace(observed: 0, desired: 0)])
    }

    @Test func whatItAddsByItselfIsNoFailure() throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            let kernel = FakeKernel()
            kernel.embellish = Self.embellish
            try apply(Self.firewall(.accept, members: 3), kernel, store)
            #expect(kernel.state.firewall?.digest == Self.firewall(.accept, members: 3).digest)
            try apply(Self.firewall(.drop, members: 4), kernel, store)
            #expect(kernel.state.firewall?.digest == Self.firewall(.drop, members: 4).digest)
            #expect(try store.generationNumbers() == [1, 2])
        }
    }

    @Test func whatFailsThereIsUndone() throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            let kernel = FakeKernel()
            kernel.embellish = Self.embellish
            try apply(Self.firewall(.accept, members: 3), kernel, store)
            kernel.mishaps[kernel.calls.count] = .doneButFailed
            do throws(TransactionError) {
                var transaction = Transaction(kernel: kernel, store: store, program: "test")
                let other = DesiredState(firewall: Self.firewall(.drop, members: 4))
                _ = try transaction.change(
                    lockTimeout: .zero,
                    to: { _ throws(StoreError) in ChangeRequest(other, action: .apply) },
                    approve: { _ in true }
                )
                Issue.record("it should fail")
            } catch {
                guard case .undone = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }
}
