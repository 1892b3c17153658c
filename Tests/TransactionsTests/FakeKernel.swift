import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage

@testable import Transactions

/// A kernel that does what it is told, counts it, and fails on demand.
final class FakeKernel: Kernel {
    /// What happens at a call that changes something.
    enum Mishap: Equatable {
        /// The kernel refuses.
        case refused
        /// Nothing can be sent.
        case failed
        /// The kernel does it, but the answer is lost.
        case doneButFailed
    }

    var state: ObservedState
    let instance: KernelInstance
    /// By the number of the call that changes something, from 0.
    var mishaps: [Int: Mishap] = [:]
    /// How often nf_tables is found to be at another generation than expected.
    var staleness = 0
    var canRead = true
    /// Whether the table can be read, where all else can.
    var canReadFirewall = true
    /// Whether the table can be changed otherwise than as a whole.
    var canPatchFirewall = true
    /// Whether other namespaces of the boot may still be there.
    var hasOtherNamespaces = true
    /// What the kernel says when asked beforehand.
    var refusals: [KernelComplaint] = []
    /// What this kernel says besides of what it has.
    var embellish: ((inout ObservedState) -> Void)?
    /// Happens when the call with this number is over.
    var interference: (call: Int, (inout ObservedState) -> Void)?
    private(set) var calls: [String] = []
    /// The chains whose rules were read.
    private(set) var chainReads: [String] = []

    init(
        _ state: ObservedState = ObservedState(),
        instance: KernelInstance = KernelInstance(boot: "boot", namespace: 7)
    ) {
        self.state = state
        self.instance = instance
        self.state.generation = 1
    }

    func read(sysctls: [String], knowing known: KnownFirewall?) throws(KernelStateError) -> ObservedState {
        guard canRead, canReadFirewall else { throw KernelStateError(.readFirewall, .system, errno: .ioError) }
        let isKnown = known?.generation == state.generation
        for chain in state.firewall?.chains ?? [] where !isKnown || known?.rules[chain.name] == nil {
            chainReads.append(chain.name)
        }
        var result = observed(sysctls)
        embellish?(&result)
        return result
    }

    private func observed(_ sysctls: [String]) -> ObservedState {
        var result = state
        result.sysctls = sysctls.map { name in
            state.sysctls.first { $0.name == name } ?? SysctlObject(name: name, value: nil)
        }
        return result
    }

    func mayHaveNamespace(of instance: KernelInstance) -> Bool {
        hasOtherNamespaces
    }

    func strayWatchdog(of store: StateStore, isExpected: Bool) throws(StoreError) -> StrayWatchdog? {
        nil
    }

    func readGeneration() throws(KernelStateError) -> UInt32 {
        state.generation
    }

    func readWithoutFirewall(sysctls: [String]) throws(KernelStateError) -> ObservedState {
        guard canRead else { throw KernelStateError(.readRouting, .system, errno: .ioError) }
        var result = observed(sysctls)
        result.firewall = nil
        return result
    }

    func validate(_ changes: FirewallChanges, generation: UInt32) throws(KernelStateError) -> FirewallOutcome {
        refusals.isEmpty ? .done : .refused(refusals)
    }

    func commit(_ changes: FirewallChanges, generation: UInt32) throws(KernelStateError) -> FirewallOutcome {
        if staleness > 0 {
            staleness -= 1
            state.generation += 1
        }
        guard generation == state.generation else { return .stale }
        guard canPatchFirewall || changes.table == .remake else {
            return .refused([
                KernelComplaint(subject: .firewallBatch, refusal: Refusal(change: 0, errno: .noSuchFileOrDirectory))
            ])
        }
        let refused = try call("firewall", .firewallBatch) {
            state.generation += 1
            state.firewall = changes.applied(to: state.firewall)
        }
        return refused.isEmpty ? .done : .refused(refused)
    }

    func apply(_ changes: [RouteChange]) throws(KernelStateError) -> [KernelComplaint] {
        for change in changes {
            let refused = try call(change.desired == nil ? "delete route" : "set route", .route(change)) {
                if let observed = change.observed { state.routes.removeAll { $0.isEquivalent(to: observed) } }
                if let desired = change.desired { state.routes.append(desired) }
            }
            guard refused.isEmpty else { return refused }
        }
        return []
    }

    func apply(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [KernelComplaint] {
        for change in changes {
            let refused: [KernelComplaint]
            switch change {
            case .add(let rule):
                refused = try call("add rule", .routingRule(change)) { state.routingRules.append(rule) }
            case .delete(let rule):
                refused = try call("delete rule", .routingRule(change)) {
                    state.routingRules.removeAll { $0.isEquivalent(to: rule) }
                }
            }
            guard refused.isEmpty else { return refused }
        }
        return []
    }

    func add(_ addresses: [AddressObject]) throws(KernelStateError) {
        state.addresses += addresses
    }

    func applyEach(_ changes: [RouteChange]) throws(KernelStateError) -> [KernelComplaint] {
        try each(changes) { (change) throws(KernelStateError) in try apply([change]) }
    }

    func applyEach(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [KernelComplaint] {
        try each(changes) { (change) throws(KernelStateError) in try apply([change]) }
    }

    private func each<Change>(
        _ changes: [Change],
        _ body: (Change) throws(KernelStateError) -> [KernelComplaint]
    ) throws(KernelStateError) -> [KernelComplaint] {
        var complaints: [KernelComplaint] = []
        for change in changes { complaints += try body(change) }
        return complaints
    }

    func apply(_ change: SysctlChange) throws(KernelStateError) -> [KernelComplaint] {
        try call("\(change.name)=\(change.new)", .sysctl(change)) {
            state.sysctls.removeAll { $0.name == change.name }
            state.sysctls.append(SysctlObject(name: change.name, value: change.new))
        }
    }

    private func call(
        _ name: String,
        _ subject: KernelComplaint.Subject,
        _ body: () -> Void
    ) throws(KernelStateError) -> [KernelComplaint] {
        let number = calls.count
        calls.append(name)
        defer { if let interference, interference.call == number { interference.1(&state) } }
        switch mishaps[number] {
        case nil:
            body()
            return []
        case .refused:
            return [KernelComplaint(subject: subject, refusal: Refusal(change: 0, errno: .invalidArgument))]
        case .failed:
            throw KernelStateError(.changeFirewall, .system, errno: .noBufferSpace)
        case .doneButFailed:
            body()
            throw KernelStateError(.changeFirewall, .system, errno: .noBufferSpace)
        }
    }
}

extension FirewallChanges {
    fileprivate func applied(to firewall: FirewallState?) -> FirewallState? {
        guard table != .delete, table != .sweep else { return nil }
        var result = table == .remake ? FirewallState() : firewall ?? FirewallState()
        for change in chains {
            result.chains.removeAll { $0.name == change.name }
            if let desired = change.desired { result.chains.append(desired) }
        }
        for change in sets {
            result.sets.removeAll { $0.name == change.name }
            switch change {
            case .add(let set), .change(_, let set, _, _): result.sets.append(set)
            case .exchange(let exchange): result.sets.append(exchange.desired)
            case .delete: break
            }
        }
        return result
    }
}
