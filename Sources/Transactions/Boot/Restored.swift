public import KernelObjects
public import KernelState
public import Reconciliation

/// What was brought back of the last confirmed generation, and what was not.
public struct Restored: Sendable {
    /// A generation that could not be brought back, so that an older one was tried.
    public struct Skipped: Sendable {
        /// Why.
        public enum Reason: Sendable {
            /// It cannot be read.
            case unreadable(StoreError)
            /// The kernel does not take its firewall.
            case refused([KernelComplaint])
            /// It has no firewall, and there has to be one.
            case withoutFirewall
        }

        /// Its number.
        public let number: Int
        /// Why it could not be brought back.
        public let reason: Reason
    }

    /// Something that cannot be there before something else is.
    public struct Deferred: Sendable {
        /// What it is.
        public enum Subject: Sendable {
            /// A route.
            case route(RouteObject)
            /// A setting.
            case sysctl(SysctlObject)
        }

        /// What it waits for.
        public enum Reason: Sendable {
            /// There is no interface of this name.
            case missingInterface(String)
            /// The interface of this name is switched off.
            case interfaceDown(String)
            /// The kernel has no such setting: those of an interface are there with it, others with a module.
            case missingSetting
            /// What the kernel said: an address is missing, or a router cannot be reached yet.
            case refused(Refusal)
        }

        /// What it is.
        public let subject: Subject
        /// What it waits for.
        public let reason: Reason
    }

    /// The generation that the kernel has now; nil if there is none.
    public internal(set) var generation: Generation?
    /// Newer ones that could not be brought back, the newest first.
    public internal(set) var skipped: [Skipped] = []
    /// What else is wrong with the state directory. It was put up with.
    public internal(set) var damage: [StoreError] = []
    /// Whether the emergency rules were loaded, as there were no others.
    public internal(set) var isClosed = false
    /// What the kernel refused of the emergency rules.
    public internal(set) var emergencyComplaints: [KernelComplaint] = []
    /// What was done; the kernel was read and has it.
    public internal(set) var made = ChangeSet()
    /// What waits for interfaces, addresses or modules.
    public internal(set) var deferred: [Deferred] = []
    /// What others have taken the place of.
    public internal(set) var conflicts: [Conflict] = []
    /// What the kernel refused of routes, policy routing rules and settings, and not for want of an interface or address.
    public internal(set) var complaints: [KernelComplaint] = []
    /// What the kernel should have and has not, and what does not wait for anything.
    public internal(set) var missing = ChangeSet()

    /// Whether there was nothing that could have been brought back.
    public var isEmpty: Bool {
        generation == nil && skipped.isEmpty && damage.isEmpty && !isClosed && emergencyComplaints.isEmpty
    }

    /// Whether all of the last confirmed generation is there, or waits for what is not.
    public var isWhole: Bool {
        skipped.isEmpty && damage.isEmpty && !isClosed && emergencyComplaints.isEmpty && conflicts.isEmpty
            && missing.isEmpty
    }
}
