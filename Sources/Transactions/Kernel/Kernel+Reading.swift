import KernelObjects
import KernelState
import Reconciliation

/// What Weir's table has at a generation of nf_tables.
struct KnownFirewall {
    /// nf_tables' generation id.
    var generation: UInt32
    /// The content; nothing where there is no table.
    var firewall: FirewallState?
}

extension Kernel where Self: ~Copyable {
    /// Reads what has to be known to bring about a state. Weir's table is not read where nf_tables is at a generation of which it is known.
    mutating func read(
        for request: ChangeRequest,
        displaced: Displaced,
        knowing known: KnownFirewall?
    ) throws(KernelStateError) -> ObservedState {
        let names = request.desired.sysctls.map(\.name) + displaced.sysctls.map(\.name)
        if let known, try generation() == known.generation {
            var observed = try read(sysctls: names, withFirewall: false)
            if observed.generation == known.generation {
                observed.firewall = known.firewall
                return observed
            }
        }
        return try read(sysctls: names, withFirewall: true)
    }
}
