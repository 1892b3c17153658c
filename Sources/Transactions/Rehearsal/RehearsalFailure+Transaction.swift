import KernelState

extension RehearsalReport.Failure {
    /// Why the change, or the way back, failed.
    init(_ error: TransactionError) {
        switch error {
        case .kernel(let error): self.init(error)
        case .refused(let complaints): self = .refused(complaints)
        case .undone(let cause): self.init(cause)
        case .residue(let cause, let residue): self.init(cause, residue)
        case .store(let error): self = .impossible(.system, "\(error)")
        case .conflicts(let conflicts):
            self = .impossible(.stale, "the private namespace has \(conflicts.count) objects in the way that the host has not")
        case .stale: self = .impossible(.stale, "the private namespace changed by itself")
        case .unfit, .unrecovered, .awaitingConfirmation, .unwatched: self = .different("\(error)")
        }
    }

    private init(_ cause: FailureCause) {
        switch cause {
        case .refused(let complaints): self = .refused(complaints)
        case .kernel(let error): self.init(error)
        case .notAsDesired: self = .different("the kernel took the change but does not have what was asked for")
        case .stale: self = .impossible(.stale, "the private namespace changed by itself")
        case .store(let error): self = .impossible(.system, "\(error)")
        }
    }

    /// The change failed, and what had been made of it could not be taken back, which is worse.
    private init(_ cause: FailureCause, _ residue: Residue) {
        if case .refused(let complaints) = cause {
            self = .refused(complaints + residue.complaints)
        } else if !residue.complaints.isEmpty {
            self = .refused(residue.complaints)
        } else {
            self = .different("\(cause.summary), and it could not be taken back: " + residue.summary.joined(separator: ", "))
        }
    }
}
