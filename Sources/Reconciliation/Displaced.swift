public import KernelObjects

/// What Weir took the place of, and what comes back when Weir gives the place up.
public struct Displaced: Sendable {
    /// A setting that Weir wrote.
    public struct Sysctl: Sendable, Hashable {
        /// The dotted name.
        public var name: String
        /// The value from before Weir.
        public var before: String
        /// The value that Weir wrote last: where the kernel has another one somebody else changed it, and it is left alone.
        public var written: String

        /// Creates a record.
        public init(name: String, before: String, written: String) {
            self.name = name
            self.before = before
            self.written = written
        }
    }

    /// Routes of others that were adopted, as the kernel had them.
    public var routes: [RouteObject]
    /// Settings that were written.
    public var sysctls: [Sysctl]

    /// Creates a record.
    public init(routes: [RouteObject] = [], sysctls: [Sysctl] = []) {
        self.routes = routes
        self.sysctls = sysctls
    }

    /// Whether nothing was displaced.
    public var isEmpty: Bool {
        routes.isEmpty && sysctls.isEmpty
    }

    /// The record after a change was made: what was taken now is added, what is not desired any more has come back and is left out.
    /// - Parameter observed: Settings as they were before, with those that the kernel writes along.
    public func applying(_ changes: ChangeSet, desired: DesiredState, observed: [SysctlObject] = []) -> Displaced {
        var result = self
        for change in changes.routes where change.isAdoption {
            guard let observed = change.observed else { continue }
            result.routes.removeAll { $0.key == observed.key }
            result.routes.append(observed)
        }
        for change in changes.sysctls where !change.isRestoration {
            if let known = result.sysctls.firstIndex(where: { $0.name == change.name }) {
                result.sysctls[known].written = change.new
            } else {
                result.sysctls.append(Sysctl(name: change.name, before: change.old, written: change.new))
            }
            result.note(change.effects, observed)
        }
        let keys = result.routes.isEmpty ? [] : Set(desired.routes.map(\.key))
        result.routes.removeAll { !keys.contains($0.key) }
        var names = Set(desired.sysctls.map(\.name))
        names.formUnion(SysctlOrder.companions(of: names))
        result.sysctls.removeAll { !names.contains($0.name) }
        return result
    }

    /// Notes what the kernel writes along with a setting.
    private mutating func note(_ effects: [SysctlEffect], _ observed: [SysctlObject]) {
        for case .writes(let name, let value) in effects {
            if let known = sysctls.firstIndex(where: { $0.name == name }) {
                sysctls[known].written = value
            } else if let before = observed.first(where: { $0.name == name })?.value {
                sysctls.append(Sysctl(name: name, before: before, written: value))
            }
        }
    }
}
