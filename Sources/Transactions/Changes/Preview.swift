public import KernelObjects
public import Reconciliation

/// What would be done.
public struct Preview: Sendable {
    /// What is desired.
    public var desired: DesiredState
    /// What the kernel has. Where nf_tables is at the generation at which its content was last found to be as desired, the content is
    /// the desired one and was not read again.
    public var observed: ObservedState
    /// What Weir had taken the place of.
    public var displaced: Displaced
    /// What would be done, and what stands in the way.
    public var difference: Difference
    /// What the kernel says that it would refuse. It does not tell of loops, too many nested jumps and verbs in the wrong hook where the
    /// table is yet to be made.
    public var complaints: [KernelComplaint]

    /// What would be done.
    public var changes: ChangeSet { difference.changes }
}

/// What became of a change.
public enum Outcome: Sendable {
    /// The kernel is as desired already; nothing was sent to it.
    case unchanged
    /// It was shown and not wanted.
    case declined
    /// It was made, the kernel was read and found to be as desired.
    case changed(ChangeSet, generation: Int)
    /// It was made, the kernel was read and found to be as desired; unless it is confirmed in time it will be rolled back.
    case awaitingConfirmation(ChangeSet, AwaitedConfirmation)
}
