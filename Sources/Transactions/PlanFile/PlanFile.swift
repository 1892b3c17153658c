public import KernelObjects
import Reconciliation

/// A plan that waits to be applied: what is to be brought about, and what the kernel had when it was shown.
///
/// It is applied exactly as it was shown, or not at all: where anything that it touches, or that it relies on, has changed since, it
/// is stale. Whatever else happened in the kernel does not matter to it.
public struct PlanFile: Sendable {
    /// Version of the program that made it.
    public var program: String
    /// The kernel and namespace that it was made for.
    public var origin: KernelInstance
    /// What is to be brought about.
    public var desired: DesiredState
    /// Whether routes of others give way.
    public var adoptsRoutes: Bool
    /// What it was made from, for the record.
    public var text: RulesetText
    /// What the kernel had.
    var basis: PlanBasis

    init(_ preview: Preview, origin: KernelInstance, program: String, adoption: RouteAdoption, text: RulesetText) {
        self.program = program
        self.origin = origin
        self.text = text
        desired = preview.desired
        adoptsRoutes = adoption == .any
        basis = PlanBasis(preview)
    }

    init(
        program: String,
        origin: KernelInstance,
        desired: DesiredState,
        adoptsRoutes: Bool,
        text: RulesetText,
        basis: PlanBasis
    ) {
        self.program = program
        self.origin = origin
        self.desired = desired
        self.adoptsRoutes = adoptsRoutes
        self.text = text
        self.basis = basis
    }
}
