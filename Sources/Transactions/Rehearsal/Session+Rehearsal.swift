public import KernelObjects
import KernelState
import Netlink
public import Reconciliation

extension Session {
    /// Finds out what would be done if Weir had no table, for those who may not read nf_tables: routes, policy routing rules and
    /// settings are read. The kernel checks nothing of it.
    public mutating func previewWithoutFirewall(
        _ desired: DesiredState,
        adoption: RouteAdoption = .none
    ) throws(TransactionError) -> Preview {
        let displaced = try transaction.readableDisplaced()
        let names = desired.sysctls.map(\.name) + displaced.sysctls.map(\.name)
        let observed = try asking { () throws(KernelStateError) in
            try transaction.kernel.readWithoutFirewall(sysctls: names)
        }
        return Preview(
            desired: desired,
            observed: observed,
            displaced: displaced,
            difference: difference(desired: desired, observed: observed, displaced: displaced, adoption: adoption),
            complaints: []
        )
    }

    /// Makes the change that was shown, and rolls it back, in a private network namespace that is like the one of this session. Nothing is
    /// changed here, in the kernel or on the disk.
    public mutating func rehearse(_ preview: Preview, adoption: RouteAdoption) -> RehearsalReport {
        do throws(RehearsalReport.Failure) {
            let request = RehearsalRequest(
                desired: preview.desired,
                before: Snapshot(
                    origin: transaction.kernel.instance,
                    firewall: preview.observed.firewall,
                    firewallDigest: preview.observed.firewall?.digest,
                    displaced: preview.displaced
                ),
                outline: try outline(of: preview.observed),
                adoptsRoutes: adoption == .any,
                program: transaction.program
            )
            return try RehearsalProcess.rehearse(request)
        } catch {
            return RehearsalReport(failure: error)
        }
    }

    private mutating func outline(of observed: ObservedState) throws(RehearsalReport.Failure) -> HostOutline {
        do throws(KernelStateError) {
            return try transaction.kernel.readOutline(of: observed)
        } catch {
            throw RehearsalReport.Failure(error)
        }
    }
}
