import ArgumentParser

/// What `weir` says with its exit status; 64 and above are those of sysexits(3).
enum ExitStatus: Int32, Error, CaseIterable {
    /// Done, or nothing to do.
    case done = 0
    /// Differences exist (`plan --exit-code`, `status`, `diff`).
    case differences = 2
    /// The change failed; everything was rolled back, and that was verified.
    case rolledBack = 20
    /// The change failed and not everything could be rolled back.
    case residue = 21
    /// The change was not confirmed in time, or was cancelled: it was rolled back, and that was verified.
    case notConfirmed = 22
    /// The plan is stale: another program changed the kernel's state meanwhile. Nothing was changed.
    case stale = 23
    /// Another change waits to be confirmed. Nothing was changed.
    case awaitingConfirmation = 24
    /// A guard or the ownership of an object forbids the change. Nothing was changed.
    case refused = 25
    /// Not all of the last confirmed generation could be brought back, or the state directory is damaged; what there is now is said.
    case partlyRestored = 26
    /// What was asked for was done and stands, but what was to be said of it could not be written.
    case unreported = 27
    /// The question whether to make the change was answered with no. Nothing was changed.
    case declined = 28
    /// The command line is wrong.
    case usage = 64
    /// The rule file or other input is wrong.
    case badInput = 65
    /// There is no such input.
    case noInput = 66
    /// The kernel lacks a feature.
    case unavailable = 69
    /// A mistake in Weir itself.
    case internalError = 70
    /// Reading or writing failed.
    case inputOutput = 74
    /// Another Weir is at work.
    case locked = 75
    /// A privilege is missing.
    case noPermission = 77
}
