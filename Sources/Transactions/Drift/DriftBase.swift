import KernelObjects
import Reconciliation

/// What the kernel should have, and what it is compared with.
struct DriftBase {
    /// Where that stands.
    let basis: StoreStand.Basis
    /// For people: what is looked after.
    let subject: WatchedState
    /// What should be there.
    let request: ChangeRequest
    /// What Weir had taken the place of.
    let displaced: Displaced
    /// Whether it was brought about in this kernel since it was started.
    let isOfThisKernel: Bool

    /// Reads it.
    init(_ basis: StoreStand.Basis, in store: StateStore, for instance: KernelInstance) throws(StoreError) {
        self.basis = basis
        let file: GenerationFile
        var awaited: AwaitedConfirmation?
        switch basis {
        case .nothing:
            subject = WatchedState(generation: nil, awaited: nil, desired: DesiredState(), model: nil)
            request = ChangeRequest(DesiredState(), action: .heal)
            displaced = Displaced()
            isOfThisKernel = true
            return
        case .generation(let number):
            file = try store.file(of: number)
        case .awaited(let number):
            awaited = try store.awaitedConfirmation()
            guard awaited?.number == number, let change = try ChangeDirectory(number, in: store).generation() else {
                throw .noSuchGeneration(number)
            }
            file = change
        }
        let snapshot = try file.snapshot(.after)
        isOfThisKernel = snapshot.origin == instance
        displaced = isOfThisKernel ? snapshot.displaced : Displaced()
        request = ChangeRequest(
            snapshot.desired,
            action: .heal,
            restored: file.generation.number,
            // What was adopted then may be adopted again.
            adoption: .keys(Set(displaced.routes.map(\.key)))
        )
        subject = WatchedState(
            generation: file.generation,
            awaited: awaited,
            desired: snapshot.desired,
            model: try file.text().model
        )
    }

    /// Why nothing of it may be put back; nil if it may.
    var obstacleToHealing: HealObstacle? {
        switch basis {
        case .nothing: .nothingApplied
        case .awaited: .awaitingConfirmation
        case .generation: isOfThisKernel ? nil : .otherKernel
        }
    }

    /// Asks for what should be there, but for what is left out.
    func request(leavingOut leftOut: LeftOut) -> ChangeRequest {
        guard !leftOut.isEmpty else { return request }
        var request = ChangeRequest(
            request.desired.without(leftOut),
            action: request.action,
            restored: request.restored,
            adoption: request.adoption
        )
        request.leftOut = leftOut
        return request
    }

    /// What the kernel would have if it had all that it should and otherwise were as it is: what has happened is the difference from there.
    func expected(_ observed: ObservedState, leavingOut leftOut: LeftOut = LeftOut()) -> PlanBasis {
        let desired = request.desired.without(leftOut)
        let repair = repair(of: observed, leavingOut: leftOut)
        var expected = observed
        if repair.changes.firewall != nil { expected.firewall = desired.firewall }
        for change in repair.changes.routes {
            expected.routes.replaceFirst(change.observed, with: change.desired)
        }
        for change in repair.changes.routingRules {
            switch change {
            case .add(let rule): expected.routingRules.append(rule)
            case .delete(let rule): expected.routingRules.replaceFirst(rule, with: nil)
            }
        }
        for conflict in repair.conflicts {
            switch conflict {
            case .routeOfOther(let desired, let holder): expected.routes.replaceFirst(holder, with: desired)
            case .routesShareKey(let desired, let holders):
                for holder in holders { expected.routes.replaceFirst(holder, with: nil) }
                expected.routes.append(desired)
            case .routingRulePriorityTaken(let desired, let holder):
                expected.routingRules.replaceFirst(holder, with: desired)
            case .noSuchSysctl, .lostForeignObject: break
            }
        }
        let values = Dictionary(desired.sysctls.map { ($0.name, $0.value) }) { _, last in last }
        for (place, setting) in expected.sysctls.enumerated() {
            if let value = values[setting.name] { expected.sysctls[place].value = value }
        }
        return PlanBasis(desired: request.desired, observed: expected, displaced: displaced)
    }

    /// What has to be done so that the kernel has all that it should, but for what is left out.
    func repair(of observed: ObservedState, leavingOut leftOut: LeftOut) -> Difference {
        difference(
            desired: request.desired.without(leftOut),
            observed: observed,
            displaced: displaced.without(leftOut),
            adoption: request.adoption
        )
    }
}

extension Array where Element: Equatable {
    /// Puts an element in the place of another one, after all others if that is nil; or only removes the other one.
    fileprivate mutating func replaceFirst(_ old: Element?, with new: Element?) {
        let place = old.flatMap { firstIndex(of: $0) }
        switch (place, new) {
        case (let place?, let new?): self[place] = new
        case (let place?, nil): remove(at: place)
        case (nil, let new?): append(new)
        case (nil, nil): break
        }
    }
}
