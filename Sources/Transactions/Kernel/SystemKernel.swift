import Glibc
import KernelObjects
import KernelState
import Netlink
import Reconciliation
import SystemPackage

/// The kernel of one network namespace.
struct SystemKernel: Kernel, ~Copyable {
    private var connection: KernelConnection

    /// Descriptor of the network namespace.
    var namespaceDescriptor: Int32 { connection.namespaceDescriptor }

    /// Whether it is the network namespace of the system's first process.
    var isInFirstNamespace: Bool {
        guard let identity = try? connection.namespaceIdentity() else { return false }
        return identity == (try? NetworkNamespace(path: "/proc/1/ns/net").identity())
    }

    let instance: KernelInstance

    init(_ connection: consuming KernelConnection) throws(KernelStateError) {
        do throws(NetlinkError) {
            instance = KernelInstance(
                boot: try BootIdentity.current().text,
                namespace: connection.namespaceCookie ?? 0
            )
        } catch {
            throw KernelStateError(.connect, .system, errno: error.errno, message: error.message)
        }
        self.connection = connection
    }

    func mayHaveNamespace(of instance: KernelInstance) -> Bool {
        NetworkNamespace.presence(ofCookie: instance.namespace) != .absent
    }

    func strayWatchdog(of store: StateStore, isExpected: Bool) throws(StoreError) -> StrayWatchdog? {
        var watchdog: StrayWatchdog?
        // One whose change was over a moment ago is about to end.
        for _ in 0..<20 {
            watchdog = try store.strayWatchdog(in: namespaceDescriptor, isExpected: isExpected)
            if watchdog == nil { return nil }
            usleep(50_000)
        }
        return watchdog
    }

    /// Begins to listen to what changes in the namespace.
    func monitor() throws(KernelStateError) -> KernelMonitor {
        try KernelMonitor(of: connection)
    }

    /// Whether the kernel has any of these settings.
    func hasAny(ofSysctls names: [String]) throws(KernelStateError) -> Bool {
        try connection.readSysctls(names).contains { $0.value != nil }
    }

    mutating func read(sysctls: [String], knowing known: KnownFirewall?) throws(KernelStateError) -> ObservedState {
        try connection.readState(sysctls: sysctls, knowing: known)
    }

    mutating func readGeneration() throws(KernelStateError) -> UInt32 {
        try connection.readGeneration()
    }

    mutating func readWithoutFirewall(sysctls: [String]) throws(KernelStateError) -> ObservedState {
        try connection.readStateWithoutFirewall(sysctls: sysctls)
    }

    /// Reads what else a likeness of the host is made from.
    mutating func readOutline(of observed: ObservedState) throws(KernelStateError) -> HostOutline {
        try connection.readOutline(of: observed)
    }

    /// Reads settings alone.
    func readSysctls(_ names: [String]) throws(KernelStateError) -> [SysctlObject] {
        try connection.readSysctls(names)
    }

    mutating func validate(
        _ changes: FirewallChanges,
        generation: UInt32
    ) throws(KernelStateError) -> FirewallOutcome {
        var transaction = try FirewallTransaction(changes)
        do throws(KernelStateError) {
            try connection.validate(&transaction, ifGeneration: generation)
            return .done
        } catch {
            return try FirewallOutcome(error, of: transaction)
        }
    }

    mutating func commit(
        _ changes: FirewallChanges,
        generation: UInt32
    ) throws(KernelStateError) -> FirewallOutcome {
        let present: FirewallChanges
        do throws(KernelStateError) {
            present = try connection.withLiveValues(changes)
        } catch {
            // What was deleted meanwhile cannot be read.
            guard try connection.readGeneration() == generation else { return .stale }
            throw error
        }
        var transaction = try FirewallTransaction(present)
        do throws(KernelStateError) {
            try connection.commit(&transaction, ifGeneration: generation)
            return .done
        } catch {
            return try FirewallOutcome(error, of: transaction)
        }
    }

    mutating func apply(_ changes: [RouteChange]) throws(KernelStateError) -> [KernelComplaint] {
        do throws(KernelStateError) {
            try connection.perform(changes)
            return []
        } catch {
            return try error.complaints { KernelComplaint.Subject.route(changes[$0]) }
        }
    }

    mutating func apply(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [KernelComplaint] {
        do throws(KernelStateError) {
            try connection.perform(changes)
            return []
        } catch {
            return try error.complaints { KernelComplaint.Subject.routingRule(changes[$0]) }
        }
    }

    mutating func add(_ addresses: [AddressObject]) throws(KernelStateError) {
        try connection.performEach(addresses)
    }

    mutating func applyEach(_ changes: [RouteChange]) throws(KernelStateError) -> [KernelComplaint] {
        try connection.performEach(changes).map { refusal in
            KernelComplaint(
                subject: refusal.change.map { .route(changes[$0]) } ?? .firewallBatch,
                refusal: refusal
            )
        }
    }

    mutating func applyEach(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [KernelComplaint] {
        try connection.performEach(changes).map { refusal in
            KernelComplaint(
                subject: refusal.change.map { .routingRule(changes[$0]) } ?? .firewallBatch,
                refusal: refusal
            )
        }
    }

    mutating func apply(_ change: SysctlChange) throws(KernelStateError) -> [KernelComplaint] {
        do throws(KernelStateError) {
            try connection.writeSysctl(change.name, value: change.new)
            return []
        } catch {
            guard error.cause == .system, let errno = error.errno else { throw error }
            let refusal = Refusal(change: 0, errno: errno, message: error.message)
            return [KernelComplaint(subject: .sysctl(change), refusal: refusal)]
        }
    }
}

extension FirewallOutcome {
    /// What an error means for a batch; one that says nothing about the batch is thrown.
    fileprivate init(
        _ error: KernelStateError,
        of transaction: borrowing FirewallTransaction
    ) throws(KernelStateError) {
        if error.cause == .stale {
            self = .stale
            return
        }
        let complaints = try error.complaints { index in
            transaction.step(at: index).map(KernelComplaint.Subject.firewall) ?? .firewallBatch
        }
        self = .refused(complaints)
    }
}

extension KernelStateError {
    /// What was refused; an error that does not come from a refusal, or that is about the right to ask, is thrown.
    fileprivate func complaints(
        _ subject: (Int) -> KernelComplaint.Subject
    ) throws(KernelStateError) -> [KernelComplaint] {
        guard !refusals.isEmpty, cause != .notPermitted else { throw self }
        return refusals.map { refusal in
            KernelComplaint(subject: refusal.change.map(subject) ?? .firewallBatch, refusal: refusal)
        }
    }
}
