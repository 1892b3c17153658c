import KernelObjects
import Netlink
public import Reconciliation
import SystemPackage

extension KernelConnection {
    /// Makes changes of routes, in their order, until one is refused. rtnetlink knows no transactions: what was done before stays, and of
    /// what follows a refused change some may be done too.
    public mutating func perform(_ changes: [RouteChange]) throws(KernelStateError) {
        guard !changes.isEmpty else { return }
        let indices = try readInterfaceIndices(.changeRoutes)
        var batch = NetlinkBatch(capacity: changes.count * 96)
        for (position, change) in changes.enumerated() {
            let (route, operation) = change.request
            do throws(KernelObjectsError) {
                batch.append(try route.message(operation) { indices[$0] })
            } catch {
                let refusal = Refusal(change: position, errno: .noSuchAddressOrDevice, message: error.description)
                throw KernelStateError(
                    .changeRoutes,
                    KernelStateError.Cause.object(error),
                    errno: refusal.errno,
                    refusals: [refusal]
                )
            }
        }
        try send(&batch, .changeRoutes)
    }

    /// Makes changes of policy routing rules, in their order, until one is refused; what was done before stays.
    public mutating func perform(_ changes: [RoutingRuleChange]) throws(KernelStateError) {
        guard !changes.isEmpty else { return }
        try checkDeletions(changes)
        var batch = NetlinkBatch(capacity: changes.count * 96)
        for change in changes { batch.append(change.message) }
        try send(&batch, .changeRoutingRules)
    }

    private mutating func checkDeletions(_ changes: [RoutingRuleChange]) throws(KernelStateError) {
        guard let position = try ambiguousDeletions(changes).first else { return }
        let refusal = Refusal(change: position, errno: .noSuchProcess)
        throw KernelStateError(.changeRoutingRules, .stale, errno: refusal.errno, refusals: [refusal])
    }

    /// The kernel deletes the first rule that has what the message says, whatever else it has: it must be the one that is meant.
    /// - Returns: The places of the deletions of which that is not so.
    mutating func ambiguousDeletions(_ changes: [RoutingRuleChange]) throws(KernelStateError) -> [Int] {
        let deletes = changes.contains { if case .delete = $0 { true } else { false } }
        guard deletes else { return [] }
        var rules = try readRoutingRules(.changeRoutingRules)
        var positions: [Int] = []
        for (position, change) in changes.enumerated() {
            guard case .delete(let rule) = change else { continue }
            guard let first = rules.firstIndex(where: { $0.isMeant(byMessageAbout: rule) }),
                rules[first].isEquivalent(to: rule)
            else {
                positions.append(position)
                continue
            }
            rules.remove(at: first)
        }
        return positions
    }

    private mutating func send(
        _ batch: inout NetlinkBatch,
        _ operation: KernelStateError.Operation
    ) throws(KernelStateError) {
        let outcome: BatchOutcome
        do throws(NetlinkError) {
            outcome = try routing.sendEach(&batch, stopsAtError: true)
        } catch {
            throw KernelStateError(operation, error)
        }
        guard let first = outcome.errors.first else { return }
        let refusals = outcome.errors.map { Refusal(change: $0.index, errno: $0.errno, message: $0.message) }
        let cause: KernelStateError.Cause =
            switch first.errno {
            case .notPermitted: .notPermitted
            // There is, or is not, what there should not be, or should: somebody else changed it.
            case .fileExists, .noSuchFileOrDirectory, .noSuchProcess: .stale
            case .notSupported, .addressFamilyNotSupported: .missingFeature(operation.kernelOption)
            default: .refused
            }
        throw KernelStateError(operation, cause, errno: first.errno, message: first.message, refusals: refusals)
    }
}

extension KernelStateError.Operation {
    /// What a kernel lacks that knows no such message.
    fileprivate var kernelOption: String {
        self == .changeRoutingRules
            ? "policy routing (CONFIG_IP_MULTIPLE_TABLES) in this address family"
            : "routes of this kind or address family"
    }
}

extension RouteChange {
    var request: (route: RouteObject, operation: RouteOperation) {
        switch self {
        case .add(let route): (route, .add)
        case .replace(_, let route): (route, .replace)
        case .delete(let route): (route, .delete)
        }
    }
}

extension RoutingRuleChange {
    var message: EncodedMessage {
        switch self {
        case .add(let rule): rule.message(.add)
        case .delete(let rule): rule.message(.delete)
        }
    }
}

extension NetlinkBatch {
    /// Appends a message.
    mutating func append(_ message: EncodedMessage) {
        append(type: message.type, flags: NetlinkFlags(rawValue: message.flags), payload: message.payload)
    }
}
