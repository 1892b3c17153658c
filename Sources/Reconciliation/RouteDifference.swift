import KernelObjects
import NetworkTypes

/// Compares routes by key. Weir's are those of its protocol number, which the kernel does not count as part of the key.
struct RouteDifference {
    private let desired: [RouteObject]
    /// The routes of others that Weir has taken the place of.
    private let formerRoutes: [RouteObject]
    /// The same by key.
    private let displaced: [RouteObject.Key: RouteObject]
    private let adopts: Bool
    private var changes: [RouteChange] = []
    private(set) var conflicts: [Conflict] = []

    init(desired: [RouteObject], displaced: [RouteObject], adopts: Bool) {
        self.desired = desired
        formerRoutes = displaced
        self.displaced = Dictionary(displaced.map { ($0.key, $0) }) { _, last in last }
        self.adopts = adopts
    }

    mutating func compare(with observed: [RouteObject]) {
        var holders = Holders(desired)
        var leftOver: [RouteObject] = []
        var displacedKeys: Set<RouteObject.Key> = []
        for route in observed {
            if holders.note(route) { continue }
            if route.routeProtocol == weirProtocol { leftOver.append(route) }
            if displaced[route.key] != nil { displacedKeys.insert(route.key) }
        }
        for index in desired.indices where holders.isFirst(index) {
            settle(desired[index], holders: holders[index])
        }
        giveUp(leftOver, occupied: displacedKeys, desired: holders)
    }

    private mutating func settle(_ route: RouteObject, holders: [RouteObject]) {
        guard let first = holders.first else {
            changes.append(.add(route))
            return
        }
        let others = holders.filter { $0.routeProtocol != weirProtocol }
        let own = holders.filter { $0.routeProtocol == weirProtocol }
        guard let other = others.first else {
            settle(route, own: own)
            return
        }
        // IPv6 has no order among routes of one key; in IPv4 the first one counts.
        let isInForce = own.count == 1 && (first.routeProtocol == weirProtocol || route.key.destination.family == .ipv6)
        if isInForce, route.isSatisfied(by: own[0]) { return }
        guard holders.count == 1 else {
            conflicts.append(.routesShareKey(desired: route, holders: holders))
            return
        }
        guard adopts, !other.hasUnknownAttributes else {
            conflicts.append(.routeOfOther(desired: route, holder: other))
            return
        }
        changes.append(.replace(observed: other, desired: route))
    }

    /// Only Weir's own routes hold the key; more than one if somebody helped.
    private mutating func settle(_ route: RouteObject, own: [RouteObject]) {
        if let match = own.firstIndex(where: { route.isSatisfied(by: $0) }) {
            for (index, extra) in own.enumerated() where index != match { changes.append(.delete(extra)) }
            return
        }
        // The kernel replaces the first of a key.
        changes.append(.replace(observed: own[0], desired: route))
        for extra in own.dropFirst() { changes.append(.delete(extra)) }
    }

    /// Weir's routes that nothing desires go; what had to give way to them comes back.
    private mutating func giveUp(
        _ leftOver: [RouteObject],
        occupied: Set<RouteObject.Key>,
        desired: borrowing Holders
    ) {
        var restored: Set<RouteObject.Key> = []
        for route in leftOver {
            if let former = displaced[route.key], restored.insert(route.key).inserted {
                changes.append(.replace(observed: route, desired: former))
            } else {
                changes.append(.delete(route))
            }
        }
        for former in formerRoutes where !occupied.contains(former.key) && !desired.contains(former.key) {
            changes.append(.add(former))
        }
    }

    /// The changes in an order that the kernel takes: a gateway must be reachable when the route through it is made.
    var orderedChanges: [RouteChange] {
        let set = changes.filter { $0.desired != nil }
        let deleted = changes.filter { $0.desired == nil }
        return stably(set, by: { $0.desired?.stage ?? 0 }) + stably(deleted, by: { -($0.observed?.stage ?? 0) })
    }
}

private func stably(_ changes: [RouteChange], by stage: (RouteChange) -> Int) -> [RouteChange] {
    var byStage: [Int: [RouteChange]] = [:]
    for change in changes { byStage[stage(change), default: []].append(change) }
    return byStage.keys.sorted().flatMap { byStage[$0] ?? [] }
}

/// Which observed routes have the key of each desired one; nearly always none or one.
private struct Holders {
    private var indexByKey: [RouteObject.Key: Int32]
    private var first: [RouteObject?]
    private var more: [Int: [RouteObject]] = [:]
    private let keys: [RouteObject.Key]

    init(_ desired: [RouteObject]) {
        keys = desired.map(\.key)
        indexByKey = [:]
        indexByKey.reserveCapacity(desired.count)
        for (index, key) in keys.enumerated() where indexByKey[key] == nil { indexByKey[key] = Int32(index) }
        first = Array(repeating: nil, count: desired.count)
    }

    /// Takes note of an observed route; false where no desired route has its key.
    mutating func note(_ route: RouteObject) -> Bool {
        guard let place = indexByKey[route.key] else { return false }
        let index = Int(place)
        if first[index] == nil { first[index] = route } else { more[index, default: []].append(route) }
        return true
    }

    subscript(index: Int) -> [RouteObject] {
        guard let route = first[index] else { return [] }
        return [route] + (more[index] ?? [])
    }

    func contains(_ key: RouteObject.Key) -> Bool {
        indexByKey[key] != nil
    }

    /// Whether no desired route before this one has the same key.
    func isFirst(_ index: Int) -> Bool {
        indexByKey[keys[index]] == Int32(index)
    }
}
