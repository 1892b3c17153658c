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
        try read(sysctls: request.sysctlNames(displaced), knowing: known)
    }
}

extension ChangeRequest {
    /// The settings that have to be known.
    func sysctlNames(_ displaced: Displaced) -> [String] {
        let names = desired.sysctls.map(\.name) + displaced.sysctls.map(\.name)
        return names + SysctlOrder.companions(of: names).subtracting(names).sorted()
    }
}
