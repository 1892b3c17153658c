import KernelObjects
public import KernelState
public import Reconciliation

/// What the kernel refused, and what it was about.
public struct KernelComplaint: Sendable {
    /// What a refused message was about.
    public enum Subject: Sendable {
        /// A step of the nf_tables batch.
        case firewall(FirewallStep)
        /// The nf_tables batch as a whole.
        case firewallBatch
        /// A route.
        case route(RouteChange)
        /// A policy routing rule.
        case routingRule(RoutingRuleChange)
        /// A setting.
        case sysctl(SysctlChange)
    }

    /// What it was about.
    public var subject: Subject
    /// What the kernel said.
    public var refusal: Refusal

    /// Creates a complaint.
    public init(subject: Subject, refusal: Refusal) {
        self.subject = subject
        self.refusal = refusal
    }

    /// Index into the list of origins that came with the desired state; -1 where the subject is none of them (a set or chain is found
    /// there by its name).
    public var origin: Int32 {
        switch subject {
        case .firewall(.addRule(let entry, _, _)), .firewall(.replaceRule(_, let entry, _)): entry.origin
        case .route(let change): change.desired?.origin ?? -1
        case .routingRule(.add(let rule)): rule.origin
        case .sysctl(let change): change.origin
        case .firewall, .firewallBatch, .routingRule(.delete): -1
        }
    }
}
