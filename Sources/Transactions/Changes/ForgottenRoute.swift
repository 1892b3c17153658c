public import KernelObjects
import Reconciliation

/// A route of another program that had to give way to one of Weir's, and that cannot be brought back now that this one goes.
public struct ForgottenRoute: Sendable {
    /// The route.
    public let route: RouteObject
    /// What it lacks.
    public let reason: Restored.Deferred.Reason

    init(route: RouteObject, reason: Restored.Deferred.Reason) {
        self.route = route
        self.reason = reason
    }

    /// Nil if all of its interfaces are there.
    init?(_ route: RouteObject, among links: [LinkObject]) {
        guard let name = route.missingInterface(among: links) else { return nil }
        self.init(route: route, reason: .missingInterface(name))
    }
}

extension Displaced {
    /// The rest.
    func without(_ forgotten: [ForgottenRoute]) -> Displaced {
        guard !forgotten.isEmpty else { return self }
        let keys = Set(forgotten.map(\.route.key))
        var rest = self
        rest.routes.removeAll { keys.contains($0.key) }
        return rest
    }
}
