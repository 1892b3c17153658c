import KernelObjects
import KernelState
import Reconciliation

/// The kernel as a transaction sees it: the real one, or in tests one that fails on demand.
protocol Kernel: ~Copyable {
    /// Which kernel and namespace this is.
    var instance: KernelInstance { get }

    /// Whether another namespace of this boot may still be there.
    func mayHaveNamespace(of instance: KernelInstance) -> Bool

    /// A watchdog in this namespace of a change that a store knows nothing of.
    func strayWatchdog(of store: StateStore, isExpected: Bool) throws(StoreError) -> StrayWatchdog?

    /// Reads what is there, consistently, with the named settings. What is known of Weir's table need not be read.
    mutating func read(sysctls: [String], knowing known: KnownFirewall?) throws(KernelStateError) -> ObservedState

    /// Reads nf_tables' generation id, which changes with every change of nf_tables.
    mutating func readGeneration() throws(KernelStateError) -> UInt32

    /// Reads what is there, consistently, with the named settings and without Weir's table.
    mutating func readWithoutFirewall(sysctls: [String]) throws(KernelStateError) -> ObservedState

    /// Lets the kernel check changes of the firewall without making them.
    mutating func validate(_ changes: FirewallChanges, generation: UInt32) throws(KernelStateError) -> FirewallOutcome

    /// Makes changes of the firewall: all, or if anything is refused none.
    mutating func commit(_ changes: FirewallChanges, generation: UInt32) throws(KernelStateError) -> FirewallOutcome

    /// Makes changes of routes in their order, up to the first that is refused.
    mutating func apply(_ changes: [RouteChange]) throws(KernelStateError) -> [KernelComplaint]

    /// Makes changes of policy routing rules in their order, up to the first that is refused.
    mutating func apply(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [KernelComplaint]

    /// Makes changes of routes each on its own: one that is refused keeps no other from being made.
    mutating func applyEach(_ changes: [RouteChange]) throws(KernelStateError) -> [KernelComplaint]

    /// Makes changes of policy routing rules each on its own.
    mutating func applyEach(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [KernelComplaint]

    /// Gives interfaces addresses, as far as the kernel takes them.
    mutating func add(_ addresses: [AddressObject]) throws(KernelStateError)

    /// Writes a setting.
    mutating func apply(_ change: SysctlChange) throws(KernelStateError) -> [KernelComplaint]
}

/// What became of an nf_tables batch.
enum FirewallOutcome {
    /// All went well.
    case done
    /// Another program changed nf_tables since the state was read; nothing was done.
    case stale
    /// The kernel refused; nothing was done.
    case refused([KernelComplaint])
}
