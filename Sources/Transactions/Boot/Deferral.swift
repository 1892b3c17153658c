import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage

/// Tells what cannot be made yet from what cannot be made.
struct Deferral {
    private let links: [String: LinkObject]

    init(_ observed: ObservedState) {
        links = Dictionary(observed.links.map { ($0.name, $0) }) { first, _ in first }
    }

    /// What a route waits for; nil if all of its interfaces are there and switched on.
    func reason(_ route: RouteObject) -> Restored.Deferred.Reason? {
        for case let name? in route.hops.map(\.interface) {
            guard let link = links[name] else { return .missingInterface(name) }
            if !link.isUp { return .interfaceDown(name) }
        }
        return nil
    }

    /// What a route waits for that the kernel has refused; nil if waiting is of no use.
    static func reason(_ route: RouteObject, _ refusal: Refusal) -> Restored.Deferred.Reason? {
        switch refusal.errno {
        case .operationNotSupportedByDevice, .noSuchAddressOrDevice, .networkDown, .networkUnreachable, .noRouteToHost,
            .addressNotAvailable:
            return .refused(refusal)
        // IPv6 is switched off on the interface.
        case .permissionDenied where route.key.destination.family == .ipv6: return .refused(refusal)
        // The preferred source is no address of this host, or one that is still being looked for on the link.
        case .invalidArgument where route.preferredSource != nil: return .refused(refusal)
        default: return nil
        }
    }
}
