public import KernelObjects

/// What a private network namespace does not have of the host that it is to be like, and why.
public enum StagingNote: Sendable {
    /// Interfaces that are of a kind of their own, and are virtual Ethernet cables there.
    case otherKinds([String])
    /// An interface that could not be made.
    case link(String, reason: String)
    /// Addresses that could not be given to an interface.
    case address(interface: String, reason: String)
    /// A route.
    case route(RouteObject, reason: String)
    /// A policy routing rule.
    case routingRule(RoutingRuleObject, reason: String)
    /// A setting.
    case setting(String, reason: String)
    /// A part of Weir's table.
    case firewall(String)
}

extension StagingNote {
    /// The name of a setting that the namespace does not have.
    public var nameOfSetting: String? {
        guard case .setting(let name, _) = self else { return nil }
        return name
    }
}
