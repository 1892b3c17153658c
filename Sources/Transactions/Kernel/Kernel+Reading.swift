import KernelObjects
import KernelState
import Reconciliation

extension Kernel where Self: ~Copyable {
    /// Reads what has to be known to bring about a state. nf_tables is not read where it is at the generation at which it was last found to
    /// have what is desired now.
    mutating func read(
        for desired: DesiredState,
        displaced: Displaced,
        knowing verified: VerifiedFirewall?
    ) throws(KernelStateError) -> ObservedState {
        let names = desired.sysctls.map(\.name) + displaced.sysctls.map(\.name)
        if let verified, verified.origin == instance, try generation() == verified.generation,
            verified.hasContent(desired.firewall)
        {
            var observed = try read(sysctls: names, withFirewall: false)
            if observed.generation == verified.generation {
                observed.firewall = desired.firewall
                return observed
            }
        }
        return try read(sysctls: names, withFirewall: true)
    }
}
