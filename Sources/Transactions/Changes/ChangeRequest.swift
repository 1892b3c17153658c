import KernelObjects
import Reconciliation

/// What is to be brought about, and how it came to be wanted.
struct ChangeRequest {
    /// What is to be brought about.
    let desired: DesiredState
    /// The digest of the desired content of Weir's table; nothing where there is to be no table.
    let firewallDigest: String?
    /// How it came to be wanted.
    var action: Generation.Action
    /// For a rollback the generation that is brought back.
    var restored: Int?
    /// What it was made from.
    var text: RulesetText
    /// Which routes of others give way.
    var adoption: RouteAdoption

    init(
        _ desired: DesiredState,
        action: Generation.Action,
        restored: Int? = nil,
        text: RulesetText = RulesetText(),
        adoption: RouteAdoption = .none
    ) {
        self.desired = desired
        firewallDigest = desired.firewall?.digest
        self.action = action
        self.restored = restored
        self.text = text
        self.adoption = adoption
    }

    /// The content of Weir's table where it is noted that it was found to be as desired.
    func known(from verified: VerifiedFirewall?, in instance: KernelInstance) -> KnownFirewall? {
        guard let verified, verified.origin == instance, verified.hasContent(firewallDigest) else { return nil }
        return KnownFirewall(generation: verified.generation, firewall: desired.firewall)
    }
}
