public import KernelObjects

/// In what order routes are made, since the kernel looks for the gateway of each when it comes; they are deleted in the reverse order.
public enum RouteOrder {
    /// The values in the order in which their routes can be made; those that do not need each other stay as they are.
    public static func sorted<Value>(_ values: [Value], route: (Value) -> RouteObject?) -> [Value] {
        let stages = Dictionary(grouping: values) { route($0)?.stage ?? 0 }
        return stages.keys.sorted().flatMap { stages[$0] ?? [] }
    }
}

extension RouteObject {
    /// When the route can be made: what is on the link comes before what is reached through it.
    fileprivate var stage: Int {
        if type != RouteType.unicast { return 0 }
        if hops.count > 1 { return 3 }
        guard let hop = hops.first, hop.gateway != nil else { return 0 }
        return hop.isOnLink ? 1 : 2
    }
}
