import Glibc
import KernelObjects
import KernelState
import Reconciliation

/// How far a change has come.
struct Progress {
    /// Whether anything was sent that may have changed something.
    var hasChanged = false
    /// Whether the nf_tables batch was, or may have been, committed.
    var hasCommittedFirewall = false
    /// The generation of nf_tables that the batch was committed for.
    var committedGeneration: UInt32?
    /// Routes that had to give way and cannot come back.
    var forgotten: [ForgottenRoute] = []
}

extension Transaction where System: ~Copyable {
    /// Makes all changes; the first failure ends it.
    mutating func make(
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced,
        journal: borrowing Journal,
        progress: inout Progress
    ) throws(FailureCause) {
        for phase in Phase.allCases where plan.changes.has(phase) {
            try noting { () throws(StoreError) in try journal.append(.intent(phase)) }
            if phase == .firewall {
                try commitFirewall(plan, request, displaced: displaced, progress: &progress)
            } else {
                try perform(phase, plan.changes, progress: &progress)
            }
            try noting { () throws(StoreError) in try journal.append(.done(phase)) }
        }
    }

    /// Makes the part of a change that does not concern nf_tables.
    mutating func perform(_ phase: Phase, _ changes: ChangeSet, progress: inout Progress) throws(FailureCause) {
        var complaints: [KernelComplaint] = []
        switch phase {
        case .restoreSysctls, .writeSysctls:
            for change in changes.sysctls(of: phase) {
                progress.hasChanged = true
                complaints = try changing { () throws(KernelStateError) in try kernel.apply(change) }
                guard complaints.isEmpty else { break }
            }
        case .setRoutes, .deleteRoutes:
            let routes = changes.routes(of: phase)
            guard !routes.isEmpty else { return }
            progress.hasChanged = true
            complaints = try changing { () throws(KernelStateError) in
                try kernel.apply(routes.filter { !$0.isRestoration })
            }
            if complaints.isEmpty { complaints = try bringBack(routes.filter(\.isRestoration), &progress) }
        case .addRoutingRules, .deleteRoutingRules:
            let rules = changes.routingRules(of: phase)
            guard !rules.isEmpty else { return }
            progress.hasChanged = true
            complaints = try changing { () throws(KernelStateError) in try kernel.apply(rules) }
        case .firewall:
            return
        }
        guard complaints.isEmpty else { throw .refused(complaints) }
    }

    /// Makes routes again that had to give way. One that lacks its interface, its address or its router is forgotten: it must not keep
    /// anything else from going.
    private mutating func bringBack(
        _ routes: [RouteChange],
        _ progress: inout Progress
    ) throws(FailureCause) -> [KernelComplaint] {
        guard !routes.isEmpty else { return [] }
        let refused = try changing { () throws(KernelStateError) in try kernel.applyEach(routes) }
        var complaints: [KernelComplaint] = []
        var deletions: [RouteChange] = []
        for complaint in refused {
            guard case .route(let change) = complaint.subject, let route = change.desired,
                let reason = Deferral.reason(route, complaint.refusal)
            else {
                complaints.append(complaint)
                continue
            }
            progress.forgotten.append(ForgottenRoute(route: route, reason: reason))
            if let observed = change.observed { deletions.append(.delete(observed)) }
        }
        guard complaints.isEmpty, !deletions.isEmpty else { return complaints }
        return try changing { () throws(KernelStateError) in try kernel.apply(deletions) }
    }

    /// Commits the nf_tables batch for the generation that it was made for. Where another program has changed nf_tables since, it is read
    /// again: as long as the same has to be done to the same objects, it is tried again.
    mutating func commitFirewall(
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced,
        progress: inout Progress
    ) throws(FailureCause) {
        guard var firewall = plan.changes.firewall else { return }
        let planned = firewall
        var generation = plan.observed.generation
        for attempt in 0..<16 {
            let outcome: FirewallOutcome
            do throws(KernelStateError) {
                outcome = try kernel.commit(firewall, generation: generation)
            } catch {
                // Whether it was committed is not known.
                progress.hasChanged = true
                progress.hasCommittedFirewall = true
                throw .kernel(error)
            }
            switch outcome {
            case .done:
                progress.hasChanged = true
                progress.hasCommittedFirewall = true
                progress.committedGeneration = generation
                return
            case .refused(let complaints): throw .refused(complaints)
            case .stale: break
            }
            usleep(UInt32(min(20_000 << attempt, 160_000)))
            let now = try changing { () throws(KernelStateError) in
                try kernel.read(for: request, displaced: displaced, knowing: nil)
            }
            let again = difference(desired: request.desired, observed: now, displaced: displaced).changes.firewall
            guard let again, again.isSame(as: planned) else { throw .stale }
            firewall = again
            generation = now.generation
        }
        throw .stale
    }

    /// Reads the kernel and compares it with what is desired; returns nf_tables' generation.
    /// - Parameter generation: The generation of nf_tables that the batch was committed for, if there was one. If the next one is still
    ///   the present one, only what was changed has to be looked at.
    mutating func verify(
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced,
        committed generation: UInt32?
    ) throws(FailureCause) -> UInt32 {
        var known =
            generation.map { plan.knownFirewall(at: $0 &+ 1) }
            ?? KnownFirewall(generation: plan.observed.generation, plan.observed.firewall)
        for chain in plan.desired.firewall?.chains ?? [] { known.expectedRules[chain.name] = chain.rules }
        var remaining = ChangeSet()
        // Some of what the kernel does about routes it does a little later.
        for pause in [0, 20_000, 100_000, 300_000] as [UInt32] {
            usleep(pause)
            let now = try changing { () throws(KernelStateError) in
                try kernel.read(for: request, displaced: displaced, knowing: known)
            }
            let result = difference(desired: request.desired, observed: now, displaced: displaced)
            if result.changes.isEmpty, result.conflicts.isEmpty { return now.generation }
            // A newer kernel may say more of what it was just sent than this program knows of.
            let plain = difference(desired: request.desired, observed: now.withoutAdditions, displaced: displaced)
            if plain.changes.isEmpty, plain.conflicts.isEmpty { return now.generation }
            remaining = plain.changes
        }
        throw .notAsDesired(remaining)
    }
}

extension Preview {
    /// What need not be read after the nf_tables batch, as it was known before and the batch has not touched it.
    fileprivate func knownFirewall(at generation: UInt32) -> KnownFirewall {
        var known = KnownFirewall(generation: generation, observed.firewall)
        for change in changes.firewall?.chains ?? [] { known.rules[change.name] = nil }
        for change in changes.firewall?.sets ?? [] {
            switch change {
            case .change(_, let desired, let added, let deleted):
                known.members[change.name] = .init(desired.elements, added: added, deleted: deleted)
            case .add(let set): known.members[change.name] = .init(set.elements, added: set.elements)
            // Members with a lifetime are listed anyway.
            case .exchange(let exchange):
                let members = exchange.desired.elements
                known.members[change.name] = .init(members, added: members)
            case .delete: known.members[change.name] = nil
            }
        }
        return known
    }
}

extension ChangeSet {
    /// Whether there is anything to do in a phase.
    fileprivate func has(_ phase: Phase) -> Bool {
        switch phase {
        case .restoreSysctls, .writeSysctls: !sysctls(of: phase).isEmpty
        case .setRoutes, .deleteRoutes: !routes(of: phase).isEmpty
        case .addRoutingRules, .deleteRoutingRules: !routingRules(of: phase).isEmpty
        case .firewall: firewall != nil
        }
    }

    func sysctls(of phase: Phase) -> [SysctlChange] {
        sysctls.filter { $0.isRestoration == (phase == .restoreSysctls) }
    }

    func routes(of phase: Phase) -> [RouteChange] {
        routes.filter { ($0.desired != nil) == (phase == .setRoutes) }
    }

    func routingRules(of phase: Phase) -> [RoutingRuleChange] {
        Array(phase == .addRoutingRules ? routingRules.untilLastAddition : routingRules.behindLastAddition)
    }
}
