import Reconciliation

extension ChangeRequest {
    /// Asks for what a plan says, on the condition that the kernel is as it was when the plan was made.
    init(_ plan: PlanFile, confirmation: ConfirmationTerms?) {
        self.init(
            plan.desired,
            action: .apply,
            text: plan.text,
            adoption: plan.adoptsRoutes ? .any : .none,
            confirmation: confirmation
        )
        basis = plan.basis
    }

    /// Refuses a change if the kernel is not as it must be, unless there is nothing to do.
    func check(_ preview: Preview) throws(TransactionError) {
        guard let basis, !preview.changes.isEmpty || !preview.difference.conflicts.isEmpty else { return }
        let drift = PlanDrift(from: basis, to: PlanBasis(preview))
        guard drift.isEmpty else { throw .unfit(.drift(drift)) }
    }
}

extension PlanFile {
    /// Refuses a plan that was made for another kernel, namespace or version of the program.
    func check(isFor instance: KernelInstance, program: String) throws(TransactionError) {
        guard self.program == program else { throw .unfit(.otherProgram(version: self.program)) }
        guard origin.boot == instance.boot else { throw .unfit(.otherBoot) }
        guard origin.namespace == instance.namespace else { throw .unfit(.otherNamespace) }
    }
}
