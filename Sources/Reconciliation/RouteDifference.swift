import KernelObjects
import NetworkTypes

/// Compares routes by key. Weir's are those of its protocol number, which the kernel does not count as part of the key.
struct RouteDifference {
    private let desired: [RouteObject]
    /// The routes of others that Weir has taken the place of.
    private let formerRoutes: [RouteObject]
    /// The same by key.
    private let displaced: [RouteObject.Key: RouteObject]
    private let adoption: RouteAdoption
    private var changes: [RouteChange] = []
    private(set) var conflicts: [Conflict] = []

    init(desired: [RouteObject], displaced: [RouteObject], adoption: RouteAdoption) {
        self.desired = desired
        formerRoutes = displaced
        self.displaced = Dictionary(displaced.map { ($0.key, $0) }) { _, last in last }
        self.adoption = adoption
    }

    mutating func compare(with observed: [RouteObject]) {
        var holders = Holders(desired)
        var leftOver: [RouteObject] = []
        var occupied: Set<RouteObject.Key> = []
        for (index, route) in observed.enumerated() {
            if holders.note(index, key: route.key) { continue }
            if route.routeProtocol == weirProtocol { leftOver.append(route) }
            if displaced[route.key] != nil { occupied.insert(route.key) }
        }
        for (index, route) in desired.enumerated() where holders.isLast(index, key: route.key) {
            let places = holders.places(of: index)
            // Nearly always: one route, as it should be.
            if places.count == 1, route.isSatisfied(by: observed[places.first]) { continue }
            settle(route, holders: places.all.map { observed[$0] })
        }
        giveUp(leftOver, occupied: occupied, desired: holders)
    }

    private mutating func settle(_ route: RouteObject, holders: [RouteObject]) {
        guard let first = holders.first else {
            changes.append(.add(route))
            return
        }
        let own = holders.filter { $0.routeProtocol == weirProtocol }
        guard let other = holders.first(where: { $0.routeProtocol != weirProtocol }) else {
            settle(route, own: own)
            return
        }
        // IPv6 has no order among routes of one key; in IPv4 the first one counts.
        let isInForce = first.routeProtocol == weirProtocol || route.key.destination.family == .ipv6
        if isInForce, own.count == 1, route.isSatisfied(by: own[0]) { return }
        guard holders.count == 1 else {
            conflicts.append(.routesShareKey(desired: route, holders: holders))
            return
        }
        guard adoption.includes(route.key), !other.hasUnknownAttributes || !other.additions.isEmpty else {
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

    /// The changes in an order that the kernel takes.
    var orderedChanges: [RouteChange] {
        changes.orderedForKernel
    }
}

extension [RouteChange] {
    /// What is set, then what is deleted. A gateway must be reachable when the route through it is made, and is so in deleting that route.
    var orderedForKernel: [RouteChange] {
        let set = filter { $0.desired != nil }
        let deleted = filter { $0.desired == nil }
        return RouteOrder.sorted(set, route: \.desired)
            + RouteOrder.sorted(deleted.reversed(), route: \.observed).reversed()
    }
}

/// Which observed routes have the key of each desired one.
private struct Holders {
    /// Places in the list of observed routes; nearly always none or one.
    struct Places {
        var first: Int
        var others: [Int]

        var count: Int { first < 0 ? 0 : 1 + others.count }
        var all: [Int] { first < 0 ? [] : [first] + others }
    }

    private var indexByKey: [RouteObject.Key: Int32]
    private var first: [Int32]
    private var others: [Int: [Int]] = [:]

    init(_ desired: [RouteObject]) {
        indexByKey = [:]
        indexByKey.reserveCapacity(desired.count)
        for (index, route) in desired.enumerated() {
            indexByKey[route.key] = Int32(index)
        }
        first = Array(repeating: -1, count: desired.count)
    }

    /// Takes note of an observed route; false where no desired route has its key.
    mutating func note(_ place: Int, key: RouteObject.Key) -> Bool {
        guard let index = indexByKey[key] else { return false }
        if first[Int(index)] < 0 {
            first[Int(index)] = Int32(place)
        } else {
            others[Int(index), default: []].append(place)
        }
        return true
    }

    func places(of index: Int) -> Places {
        Places(first: Int(first[index]), others: others.isEmpty ? [] : others[index] ?? [])
    }

    func contains(_ key: RouteObject.Key) -> Bool {
        indexByKey[key] != nil
    }

    /// Whether no desired route after this one has the same key.
    func isLast(_ index: Int, key: RouteObject.Key) -> Bool {
        indexByKey.count == first.count || indexByKey[key] == Int32(index)
    }
}
