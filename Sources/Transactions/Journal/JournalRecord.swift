/// What a journal says, step by step: how far a change has come.
///
/// That the kernel has what a change wants tells only the kernel; the journal tells in which direction a change that was interrupted is
/// finished, and what people want to know about it.
public enum JournalRecord: Sendable, Hashable, Codable {
    /// The change was written down; nothing was sent to the kernel yet.
    /// - Parameters:
    ///   - owner: The process that makes it.
    ///   - window: How long it waits for a confirmation once it is made, in nanoseconds; nil if it needs none.
    case begun(owner: ProcessIdentity, window: UInt64?)
    /// A process watches that the change is confirmed in time.
    case armed(watchdog: ProcessIdentity)
    /// A part of the change is about to be made.
    case intent(Phase)
    /// A part of the change was made.
    case done(Phase)
    /// The kernel was read and found to be as desired; the generation is about to get its place, or the confirmation is awaited.
    case verified
    /// The change waits to be confirmed until a time of CLOCK_BOOTTIME, in nanoseconds.
    case pending(deadline: UInt64)
    /// It waits until another time.
    case extended(deadline: UInt64)
    /// It was confirmed; the generation is about to get its place.
    case confirmed
    /// What was made is about to be rolled back, and why.
    case rollback(reason: String)
    /// All was rolled back: the kernel was read and found to be as before.
    case rolledBack
    /// Not all could be rolled back: what is left, in lines for people.
    case residue([String])
}

/// The parts of a change in the order in which they are made.
///
/// Tables, routes and policy rules are there before marks that lead to them appear, and go after those have vanished. The nf_tables
/// batch, which is likely to be refused if anything is, comes when only additions have to be undone. A setting that Weir gives up
/// (forwarding, say) gets its former value while the firewall still stands; one that it takes gets its value when the firewall stands.
public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
    /// Settings get the values from before Weir.
    case restoreSysctls
    /// Routes are made and replaced.
    case setRoutes
    /// Policy routing rules are made.
    case addRoutingRules
    /// The nf_tables batch.
    case firewall
    /// Settings get the values of the ruleset.
    case writeSysctls
    /// Policy routing rules go.
    case deleteRoutingRules
    /// Routes go.
    case deleteRoutes
}
