public import KernelObjects
import Netlink
public import Reconciliation
import SystemPackage

/// Changes that are made each on its own, for bringing back what was: one that cannot be made keeps no other from it.
extension KernelConnection {
    /// Makes changes of routes in their order.
    /// - Returns: What was refused; all the rest was made.
    public mutating func performEach(_ changes: [RouteChange]) throws(KernelStateError) -> [Refusal] {
        guard !changes.isEmpty else { return [] }
        let indices = try readInterfaceIndices(.changeRoutes)
        var batch = NetlinkBatch(capacity: changes.count * 96)
        var positions: [Int] = []
        var refusals: [Refusal] = []
        for (position, change) in changes.enumerated() {
            let (route, operation) = change.request
            do throws(KernelObjectsError) {
                batch.append(try route.message(operation) { indices[$0] })
                positions.append(position)
            } catch {
                refusals.append(
                    Refusal(change: position, errno: .noSuchAddressOrDevice, message: error.description)
                )
            }
        }
        return refusals + (try sendEach(&batch, .changeRoutes, positions))
    }

    /// Makes changes of policy routing rules in their order.
    /// - Returns: What was refused; all the rest was made.
    public mutating func performEach(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [Refusal] {
        guard !changes.isEmpty else { return [] }
        let wrong = try ambiguousDeletions(changes)
        var batch = NetlinkBatch(capacity: changes.count * 96)
        var positions: [Int] = []
        for (position, change) in changes.enumerated() where !wrong.contains(position) {
            batch.append(change.message)
            positions.append(position)
        }
        let refusals = wrong.map { Refusal(change: $0, errno: .noSuchProcess) }
        return refusals + (try sendEach(&batch, .changeRoutingRules, positions))
    }

    /// Gives interfaces addresses. What is refused is found to be missing.
    public mutating func performEach(_ addresses: [AddressObject]) throws(KernelStateError) {
        guard !addresses.isEmpty else { return }
        var batch = NetlinkBatch(capacity: addresses.count * 96)
        for address in addresses { batch.append(address.creation) }
        _ = try sendEach(&batch, .changeRoutes, Array(addresses.indices))
    }

    private mutating func sendEach(
        _ batch: inout NetlinkBatch,
        _ operation: KernelStateError.Operation,
        _ positions: [Int]
    ) throws(KernelStateError) -> [Refusal] {
        guard !positions.isEmpty else { return [] }
        do throws(NetlinkError) {
            return try routing.sendEach(&batch).errors.map { error in
                Refusal(change: error.index.map { positions[$0] }, errno: error.errno, message: error.message)
            }
        } catch {
            throw KernelStateError(operation, error)
        }
    }
}
