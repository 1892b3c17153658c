import KernelObjects
import NetworkTypes
import Reconciliation

/// What is known about putting things back: when, what not, and what was said about it.
struct Healing {
    /// Judges what would be put back and says what speaks against it.
    let guards: (Preview) -> [String]
    /// When to try next; nil if there is nothing to be put back.
    private(set) var moment: BootInstant?
    /// Whether another program changes things as often as they are put back.
    private(set) var isFought = false

    private var pace = HealingPace()
    /// Where others have changed something that is not put back yet.
    private var places: Set<DriftPlace> = []
    /// The ways that the kernel refuses at the moment, as what they go through is not there.
    private var refused: Set<RouteObject.Hop> = []
    private var toldObstacle: String?
    private var toldDeferred: Set<RouteObject.Key> = []

    init(guards: @escaping (Preview) -> [String]) {
        self.guards = guards
    }

    /// Whether it is time to try.
    var isDue: Bool { !isFought && moment?.hasPassed ?? false }

    /// Notes what others have changed.
    mutating func note(_ changes: ForeignChanges) {
        places.formUnion(changes.places)
        pace.noteChange(of: changes.places)
        isFought = pace.isFought(over: changes.places)
    }

    /// Decides when something is put back after a look.
    mutating func plan(_ sight: Sight) {
        if sight.isAsExpected {
            begin()
        } else {
            moment = moment ?? pace.next
        }
    }

    /// Notes an attempt that has brought everything about that it was to.
    mutating func noteSuccess() {
        pace.noteHeal(of: places)
        places = []
        moment = nil
        toldObstacle = nil
    }

    /// Notes an attempt that has changed nothing.
    mutating func noteFailure() {
        pace.noteFailure()
        moment = pace.next
    }

    /// Notes an attempt that others were in the way of.
    /// - Parameter cost: How long the processor was used for it, in nanoseconds.
    mutating func noteContention(costing cost: UInt64) {
        pace.noteContention(costing: cost)
        moment = pace.next
    }

    /// Notes that something else is to be there from now on.
    mutating func begin() {
        moment = nil
        places = []
        toldObstacle = nil
        toldDeferred = []
    }

    /// Notes that there is nothing that could be put back now.
    mutating func rest() {
        moment = nil
    }

    /// Notes an obstacle.
    /// - Returns: Whether it is another one than the last.
    mutating func takeNote(of obstacle: HealObstacle) -> Bool {
        defer { toldObstacle = obstacle.signature }
        return toldObstacle != obstacle.signature
    }

    // MARK: Routes that cannot be there now

    /// Interfaces or addresses have changed: what was refused may be possible now.
    mutating func forgetRefusals() {
        refused = []
    }

    /// Notes routes that the kernel refuses.
    /// - Returns: Whether leaving them out helps: not if the kernel refuses anything else.
    mutating func noteRefusals(_ complaints: [KernelComplaint]) -> Bool {
        var isHelpful = false
        for complaint in complaints {
            guard case .route(let change) = complaint.subject, let route = change.desired else { return false }
            for hop in route.hops where refused.insert(hop).inserted { isHelpful = true }
        }
        return isHelpful
    }

    /// The routes that are to be put back and cannot be: their interface is down or not there, no network is there that their gateway is
    /// in, or the kernel refuses them.
    func impossible(_ preview: Preview) -> [RouteObject] {
        let wanted = preview.changes.routes.compactMap(\.desired)
        guard !wanted.isEmpty else { return [] }
        let up = Set(preview.observed.links.lazy.filter(\.isUp).map(\.name))
        func isUp(_ hop: RouteObject.Hop) -> Bool { hop.interface.map(up.contains) ?? true }
        let networks = (preview.observed.routes + wanted).filter { route in
            route.hops.allSatisfy { $0.gateway == nil && isUp($0) }
        }
        let prefixes = Set(networks.map(\.key.destination))
        return wanted.filter { route in
            route.hops.contains { hop in
                guard !refused.contains(hop), isUp(hop) else { return true }
                guard let gateway = hop.gateway, !hop.isOnLink else { return false }
                return !prefixes.contains {
                    $0.family == gateway.family && IPPrefix(masking: gateway, length: $0.length) == $0
                }
            }
        }
    }

    /// The routes that were not told of before.
    mutating func takeUntold(_ routes: [RouteObject], of preview: Preview) -> [RouteObject] {
        let new = routes.filter { !toldDeferred.contains($0.key) }
        toldDeferred.formUnion(new.map(\.key))
        toldDeferred.formIntersection(preview.changes.routes.map(\.key))
        return new
    }
}
