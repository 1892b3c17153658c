public import KernelState

/// What became of a rehearsal.
public struct RehearsalReport: Sendable {
    /// Why a rehearsal ended before its end.
    public enum Failure: Error, Sendable {
        /// There is no private namespace to be had, or it cannot be made like the host; nothing is known of the plan.
        case impossible(Reason, String)
        /// The kernel refused this, as it would refuse it if the plan were applied.
        case refused([KernelComplaint])
        /// The kernel took everything and does not have what the plan says; what it does not have.
        case different(String)
        /// What was made could not all be rolled back; what is left.
        case notTakenBack(String)
    }

    /// What keeps a rehearsal from being made.
    public enum Reason: UInt8, Sendable {
        /// A privilege is missing.
        case notPermitted
        /// The kernel lacks something.
        case missingFeature
        /// Something cannot be read or written.
        case system
        /// The host changed meanwhile.
        case stale
    }

    /// How many changes were made, read back and rolled back.
    public var made: Int
    /// What the private namespace did not have of the host.
    public var notes: [StagingNote]
    /// Why it ended before its end; nil if all went well.
    public var failure: Failure?

    /// Creates a report; without anything it is that of a rehearsal of nothing.
    public init(made: Int = 0, notes: [StagingNote] = [], failure: Failure? = nil) {
        self.made = made
        self.notes = notes
        self.failure = failure
    }
}

extension RehearsalReport.Failure {
    /// An error in speaking to the kernel.
    init(_ error: KernelStateError) {
        let reason: RehearsalReport.Reason =
            switch error.cause {
            case .notPermitted: .notPermitted
            case .missingFeature: .missingFeature
            case .stale: .stale
            case .refused, .object, .system: .system
            }
        self = .impossible(reason, "\(error)")
    }
}
