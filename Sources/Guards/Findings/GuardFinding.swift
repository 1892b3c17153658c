public import KernelObjects
public import NetworkTypes

/// Something that a change would do to the host, and that nobody is likely to want.
public enum GuardFinding: Sendable {
    /// These connections for management would be cut, or could not be opened again.
    case lockout([ConnectionFact], ConversationPart, Cut)
    /// They are cut already, or cannot be opened again, and the change does not alter that.
    case stillCut([ConnectionFact], ConversationPart, Cut)
    /// Whether they live on, or can be opened again, depends on what is not known. Decisive if it is about the session that Weir runs in, or
    /// about the only way in.
    case uncertain([ConnectionFact], ConversationPart, [Doubt], isDecisive: Bool)
    /// The answers to a connection would go another way, and whether that leads there is not known. Decisive as above.
    case otherWayBack(ConnectionFact, from: WayOut, to: WayOut, isDecisive: Bool)
    /// The last default route of the main table would go; one that goes.
    case noDefaultRoute(AddressFamily, RouteObject)
    /// A default route of IPv6 would end when the lifetime is over that a router gave it: its advertisements are kept out.
    case defaultRouteEnds(RouteObject, Cut)
    /// A setting takes these addresses with it, which have a lifetime, and a rollback does not give them back.
    case leasesEnd([AddressObject], setting: String)
    /// The packets of these connections would belong to none: they are not tracked yet, and have to be first.
    case untracked([ConnectionFact])
}

/// What may be overridden.
public struct GuardOverrides: OptionSet, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `GuardFinding.lockout`
    public static let lockout = GuardOverrides(rawValue: 1)
    /// `GuardFinding.noDefaultRoute`
    public static let noDefaultRoute = GuardOverrides(rawValue: 2)
    /// `GuardFinding.uncertain`, where it is decisive
    public static let unjudged = GuardOverrides(rawValue: 4)
}

extension GuardFinding {
    /// What has to be overridden for the change to be made; nil for a mere warning.
    public var override: GuardOverrides? {
        switch self {
        case .lockout: .lockout
        case .noDefaultRoute, .defaultRouteEnds: .noDefaultRoute
        case .otherWayBack(_, _, _, let isDecisive): isDecisive ? .unjudged : nil
        case .uncertain(_, _, _, let isDecisive): isDecisive ? .unjudged : nil
        case .stillCut, .untracked, .leasesEnd: nil
        }
    }
}
