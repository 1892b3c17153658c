import KernelObjects
import Reconciliation

/// What is to be brought about, and how it came to be wanted.
struct ChangeRequest {
    /// What is to be brought about.
    let desired: DesiredState
    /// The digests of the desired content of Weir's table; nil if no table is wanted.
    let fingerprint: FirewallFingerprint?
    /// How it came to be wanted.
    var action: Generation.Action
    /// For a rollback the generation that is brought back, for healing the one that is put in order.
    var restored: Int?
    /// What is neither made nor given up.
    var leftOut = LeftOut()
    /// What it was made from.
    var text: RulesetText
    /// Which routes of others give way.
    var adoption: RouteAdoption
    /// What the kernel must have, as far as the change touches it or relies on it; nil if that is not said.
    var basis: PlanBasis?
    /// What has to happen afterwards so that it stays; nil if it stays anyway.
    var confirmation: ConfirmationTerms?

    init(
        _ desired: DesiredState,
        action: Generation.Action,
        restored: Int? = nil,
        text: RulesetText = RulesetText(),
        adoption: RouteAdoption = .none,
        confirmation: ConfirmationTerms? = nil
    ) {
        self.desired = desired
        fingerprint = desired.firewall.map { FirewallFingerprint($0) }
        self.action = action
        self.restored = restored
        self.text = text
        self.adoption = adoption
        self.confirmation = confirmation
    }

    /// The digest of all of the desired content of Weir's table.
    var firewallDigest: String? {
        fingerprint?.whole.hexadecimal
    }
}
