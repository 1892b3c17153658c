import KernelObjects
import KernelState
import Reconciliation

extension Kernel where Self: ~Copyable {
    /// Reads what has to be known to bring about a state.
    mutating func read(
        for request: ChangeRequest,
        displaced: Displaced,
        knowing known: KnownFirewall?
    ) throws(KernelStateError) -> ObservedState {
        try read(sysctls: request.desired.sysctls.map(\.name) + displaced.sysctls.map(\.name), knowing: known)
    }
}
