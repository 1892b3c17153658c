public import KernelObjects
public import Reconciliation

/// Why a plan is not applied.
public enum PlanRefusal: Error, Sendable {
    /// The kernel was booted again since it was made.
    case otherBoot
    /// It was made for another network namespace.
    case otherNamespace
    /// It was made by another version of the program.
    case otherProgram(version: String)
    /// What it touches or relies on has changed since it was made.
    case drift(PlanDrift)
}

/// How the kernel differs from what it had when a plan was made, as far as that matters to the plan.
public struct PlanDrift: Sendable {
    /// An interface or an address that desired routes need, and how it was and is, in words.
    public struct Circumstance: Sendable, Hashable {
        /// What it is about.
        public var subject: String
        /// How it was when the plan was made.
        public var before: String
        /// How it is.
        public var now: String

        /// The name of the kernel setting that it is about; nil if it is about something else.
        public var setting: String? {
            subject.hasPrefix(Self.settingPrefix) ? String(subject.dropFirst(Self.settingPrefix.count)) : nil
        }

        /// What the subject begins with where it is the value of a kernel setting.
        static let settingPrefix = "sysctl "

        /// Whether it is about Weir's table as a whole.
        public var isAboutTable: Bool { subject == Self.table }

        /// The subject where it is whether Weir's table is asleep.
        static let table = "table inet weir"
    }

    /// How something is that is not there.
    public static let absent = PlanBasis.absent

    /// What was changed since: additions are what there is now and was not, deletions what was there and is gone.
    public var changes: ChangeSet
    /// Routes of others that Weir has, or has no more, a record of, to be brought back some time.
    public var displaced: [RouteChange]
    /// Interfaces and addresses.
    public var circumstances: [Circumstance]
    /// Weir's table when the plan was made, for the words of what is gone.
    public var before: FirewallState?
    /// Weir's table now, for the words of what is new.
    public var now: FirewallState?

    /// Whether nothing that matters has changed.
    public var isEmpty: Bool {
        changes.isEmpty && displaced.isEmpty && circumstances.isEmpty
    }

    init(from before: PlanBasis, to now: PlanBasis) {
        self.before = before.objects.firewall
        self.now = now.objects.firewall
        // What is there now is looked at as if it were desired: what would lead there is what has happened.
        changes =
            difference(
                desired: DesiredState(firewall: now.objects.firewall),
                observed: ObservedState(firewall: before.objects.firewall, setCommit: .atomic)
            ).changes
        changes.routes = Self.routes(from: before.objects.routes, to: now.objects.routes)
        changes.routingRules = Self.routingRules(from: before.objects.routingRules, to: now.objects.routingRules)
        displaced = Self.routes(from: before.objects.displaced.routes, to: now.objects.displaced.routes)
        circumstances = Self.circumstances(from: before.allCircumstances, to: now.allCircumstances)
        if let former = self.before, let present = self.now, former.isDormant != present.isDormant {
            circumstances.append(
                Circumstance(subject: Circumstance.table, before: former.vigilance, now: present.vigilance)
            )
        }
    }

    /// How routes and policy routing rules of all owners differ.
    init(routesFrom before: ObservedState, to now: ObservedState) {
        changes = ChangeSet(
            routes: Self.routes(from: before.routes, to: now.routes),
            routingRules: Self.routingRules(from: before.routingRules, to: now.routingRules)
        )
        displaced = []
        circumstances = []
    }

    private static func routes(from before: [RouteObject], to now: [RouteObject]) -> [RouteChange] {
        let (gone, new) = unmatched(before, now, key: \.key, areSame: { $0.isEquivalent(to: $1) })
        return gone.map { .delete($0) } + new.map { .add($0) }
    }

    private static func routingRules(
        from before: [RoutingRuleObject],
        to now: [RoutingRuleObject]
    ) -> [RoutingRuleChange] {
        if before.count == now.count, zip(before, now).allSatisfy({ $0.isEquivalent(to: $1) }) { return [] }
        let former = Dictionary(grouping: before) { RoutingRulePlace($0) }
        let present = Dictionary(grouping: now) { RoutingRulePlace($0) }
        let sequences = (before + now).groupedByPlace.map { place, _ in
            RoutingRuleSequence(from: former[place] ?? [], to: present[place] ?? [])
        }
        return sequences.flatMap(\.deleted).map { .delete($0) } + sequences.flatMap(\.added).map { .add($0) }
    }

    private static func circumstances(
        from before: [PlanBasis.Circumstance],
        to now: [PlanBasis.Circumstance]
    ) -> [Circumstance] {
        let states = Dictionary(now.map { ($0.subject, $0.state) }) { first, _ in first }
        let former = Dictionary(before.map { ($0.subject, $0.state) }) { first, _ in first }
        var result: [Circumstance] = []
        for (subject, state) in before.lazy.map({ ($0.subject, $0.state) }) {
            let present = states[subject] ?? PlanBasis.absent
            if present != state { result.append(Circumstance(subject: subject, before: state, now: present)) }
        }
        for circumstance in now where former[circumstance.subject] == nil {
            let subject = circumstance.subject
            guard circumstance.state != PlanBasis.absent else { continue }
            result.append(Circumstance(subject: subject, before: PlanBasis.absent, now: circumstance.state))
        }
        return result
    }

    /// What only one of two lists has. Nearly always both are the same, element by element.
    private static func unmatched<Object, Key: Hashable>(
        _ before: [Object],
        _ now: [Object],
        key: (Object) -> Key,
        areSame: (Object, Object) -> Bool
    ) -> (gone: [Object], new: [Object]) {
        if before.count == now.count, zip(before, now).allSatisfy(areSame) { return ([], []) }
        return (only(before, notIn: now, key, areSame), only(now, notIn: before, key, areSame))
    }

    private static func only<Object, Key: Hashable>(
        _ objects: [Object],
        notIn others: [Object],
        _ key: (Object) -> Key,
        _ areSame: (Object, Object) -> Bool
    ) -> [Object] {
        var rest = Dictionary(grouping: others, by: key)
        return objects.filter { object in
            guard let match = rest[key(object)]?.firstIndex(where: { areSame(object, $0) }) else { return true }
            rest[key(object)]?.remove(at: match)
            return false
        }
    }
}

extension FirewallState {
    /// Whether its rules are asked, in words.
    fileprivate var vigilance: String { isDormant ? "asleep" : "awake" }
}

extension PlanBasis {
    /// The circumstances, and with them what has only a name and a value.
    fileprivate var allCircumstances: [Circumstance] {
        var all = circumstances
        all += objects.sysctls.map {
            Circumstance(subject: PlanDrift.Circumstance.settingPrefix + $0.name, state: $0.value ?? Self.absent)
        }
        for setting in objects.displaced.sysctls {
            let subject = "the value of \(setting.name) from before Weir"
            all.append(Circumstance(subject: subject, state: setting.before))
        }
        return all
    }
}
