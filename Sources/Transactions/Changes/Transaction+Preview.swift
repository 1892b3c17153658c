import KernelObjects
import KernelState
import Reconciliation
import SystemPackage

extension Transaction where System: ~Copyable {
    /// Finds out what would be done. The state directory is only read, and need not be readable.
    mutating func preview(_ desired: DesiredState, adoption: RouteAdoption) throws(TransactionError) -> Preview {
        let displaced = try readableDisplaced()
        let request = ChangeRequest(desired, action: .apply, adoption: adoption)
        var preview = try look(request, displaced: displaced, knowing: known(request))
        preview.complaints = try complaints(about: preview)
        return preview
    }

    /// What Weir has taken the place of, as far as the state directory can be read.
    func readableDisplaced() throws(TransactionError) -> Displaced {
        do throws(StoreError) {
            return try displaced()
        } catch .system(_, _, .permissionDenied) {
            // It only matters for what is not desired any more.
            return Displaced()
        } catch {
            throw .store(error)
        }
    }

    /// What of Weir's table need not be read to compare it with what is desired: what is noted in the store.
    func known(_ request: ChangeRequest) -> KnownFirewall? {
        guard let note = VerifiedFirewall(in: store), note.origin == kernel.instance else { return nil }
        return note.known(for: request.desired.firewall, request.fingerprint, in: store)
    }

    /// Reads the kernel and compares.
    mutating func look(
        _ request: ChangeRequest,
        displaced: Displaced,
        knowing known: KnownFirewall?
    ) throws(TransactionError) -> Preview {
        let preview = try lookOnce(request, displaced: displaced, knowing: known)
        // Rules that were not read have no handle by which they could be changed.
        let needsHandles = preview.changes.firewall?.chains.contains { change in
            known?.rules[change.name]?.contains { $0.handle == 0 } ?? false
        }
        guard needsHandles == true else { return preview }
        var known = known
        known?.rules = [:]
        return try lookOnce(request, displaced: displaced, knowing: known)
    }

    private mutating func lookOnce(
        _ request: ChangeRequest,
        displaced: Displaced,
        knowing known: KnownFirewall?
    ) throws(TransactionError) -> Preview {
        let observed = try asking { () throws(KernelStateError) in
            try kernel.read(for: request, displaced: displaced, knowing: known)
        }
        let difference = difference(
            desired: request.desired,
            observed: observed,
            displaced: displaced,
            adoption: request.adoption
        )
        // What is there can be deleted on any kernel.
        if let firewall = difference.changes.firewall, firewall.table != .delete {
            try asking { () throws(KernelStateError) in try KernelConnection.requireSupportedKernel() }
        }
        return Preview(
            desired: request.desired,
            observed: observed,
            displaced: displaced,
            difference: difference,
            complaints: []
        )
    }

    /// What the kernel says that it would refuse of the changes of the firewall.
    mutating func complaints(about preview: Preview) throws(TransactionError) -> [KernelComplaint] {
        guard let firewall = preview.changes.firewall else { return [] }
        let outcome = try asking { () throws(KernelStateError) in
            try kernel.validate(firewall, generation: preview.observed.generation)
        }
        guard case .refused(let complaints) = outcome else { return [] }
        return complaints
    }

    /// What Weir has taken the place of in this kernel. What was noted for another boot or namespace is of no use.
    func displaced() throws(StoreError) -> Displaced {
        guard let number = try store.generationNumbers().last else { return Displaced() }
        if let record = try BootRecord(in: store), record.origin == kernel.instance, record.generation == number {
            return record.displaced
        }
        let snapshot = try store.file(of: number).snapshot(.after, withFirewall: false)
        return snapshot.origin == kernel.instance ? snapshot.displaced : Displaced()
    }
}
