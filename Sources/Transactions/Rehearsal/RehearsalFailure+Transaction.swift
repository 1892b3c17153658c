import KernelObjects
import KernelState
import Reconciliation

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
            let text = "the private namespace has \(conflicts.count) objects in the way that the host does not have"
            self = .impossible(.stale, text)
        case .stale: self = .impossible(.stale, "the private namespace changed by itself")
        case .unfit, .unrecovered, .awaitingConfirmation, .unconfirmed, .elsewhere, .stray, .unwatched:
            self = .impossible(.system, "\(error)")
        }
    }

    private init(_ cause: FailureCause) {
        switch cause {
        case .refused(let complaints): self = .refused(complaints)
        case .kernel(let error): self.init(error)
        case .notAsDesired(let rest): self = .different(rest.subjects)
        case .stale: self = .impossible(.stale, "the private namespace changed by itself")
        case .store(let error): self = .impossible(.system, "\(error)")
        }
    }

    /// The change failed, and what had been made of it could not be rolled back, which is worse.
    private init(_ cause: FailureCause, _ residue: Residue) {
        if case .refused(let complaints) = cause {
            self = .refused(complaints + residue.complaints)
        } else if !residue.complaints.isEmpty {
            self = .refused(residue.complaints)
        } else {
            self = .notTakenBack("\(cause.summary); " + residue.summary.joined(separator: ", "))
        }
    }
}

extension ChangeSet {
    /// What the changes are about, in a few words.
    fileprivate var subjects: String {
        var names = sysctls.map(\.name)
        names += routes.map { "a route to \($0.key.destination)" }
        for change in routingRules {
            switch change {
            case .add(let rule), .delete(let rule): names.append("the policy routing rule \(rule.priority)")
            }
        }
        names += firewall?.chains.map { "chain \($0.name)" } ?? []
        names += firewall?.sets.map { "set \($0.name)" } ?? []
        return names.prefix(10).joined(separator: ", ")
    }
}
