import KernelObjects
import NetworkTypes

/// The families whose last default route would go.
func missingDefaultRoutes(before: NetworkState, after: NetworkState) -> [GuardFinding] {
    AddressFamily.allCases.compactMap { family in
        guard let route = before.defaultRoute(family), after.defaultRoute(family) == nil else { return nil }
        return .noDefaultRoute(family, route)
    }
}

extension NetworkState {
    /// A default route of the main table that leads somewhere.
    fileprivate func defaultRoute(_ family: AddressFamily) -> RouteObject? {
        routes.first { $0.key.table == 254 && $0.key.destination == .all(family) && $0.type == 1 }
    }
}
