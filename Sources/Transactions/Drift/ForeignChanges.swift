import KernelObjects
public import KernelState
import NetworkTypes
public import Reconciliation

/// What another program has changed of what is Weir's, and who did it, as far as the kernel tells.
public struct ForeignChanges: Sendable {
    /// What has changed: additions are what there is now and was not, deletions what was there and is gone.
    public let drift: PlanDrift

    private let news: KernelNews

    init(_ drift: PlanDrift, _ news: KernelNews) {
        self.drift = drift
        self.news = news
    }

    /// Who it was, or what.
    public struct Cause: Sendable, Hashable {
        /// The processes that changed the thing; more than one where that was at the same time. Empty where the kernel does not tell.
        public var authors: [ChangeAuthor] = []
        /// The interface or address that went, where the thing went with it.
        public var circumstance: String?
    }

    /// Who changed Weir's table.
    public var causeOfFirewall: Cause {
        cause { $0 == .firewall }
    }

    /// Who changed a route. Where nothing was announced about it, it went with an interface or an address.
    public func cause(of change: RouteChange) -> Cause {
        let announced = cause { $0 == .route(change.key) }
        guard announced.authors.isEmpty, let route = change.observed, change.desired == nil else { return announced }
        let names = Set(route.hops.compactMap(\.interface))
        for event in news.events.reversed() {
            switch event.subject {
            case .link(let name, false) where names.contains(name):
                return Cause(authors: authors(of: event), circumstance: "interface \(name) went down")
            case .deletedLink(let name) where names.contains(name):
                return Cause(authors: authors(of: event), circumstance: "interface \(name) was deleted")
            case .address(let address, _) where !hasNow(address):
                return Cause(authors: authors(of: event), circumstance: "address \(address) went away")
            default: continue
            }
        }
        return announced
    }

    /// Who changed a policy routing rule.
    public func cause(of change: RoutingRuleChange) -> Cause {
        let place =
            switch change {
            case .add(let rule), .delete(let rule): RoutingRulePlace(rule)
            }
        return cause { $0 == .routingRule(place) }
    }

    /// Who switched an interface or changed an address. Who writes a setting the kernel does not tell.
    public func cause(of circumstance: PlanDrift.Circumstance) -> Cause {
        cause { subject in
            switch subject {
            case .link(let name, _), .deletedLink(let name): circumstance.subject == "interface \(name)"
            case .address(let address, _): circumstance.subject.hasPrefix("address \(address)/")
            default: false
            }
        }
    }

    private func cause(_ isMeant: (KernelNews.Subject) -> Bool) -> Cause {
        var cause = Cause()
        for event in news.events where isMeant(event.subject) {
            for author in authors(of: event) where !cause.authors.contains(author) { cause.authors.append(author) }
        }
        return cause
    }

    private func authors(of event: KernelNews.Event) -> [ChangeAuthor] {
        event.author.map { [$0] } ?? []
    }

    private func hasNow(_ address: IPAddress) -> Bool {
        let prefix = "address \(address)/"
        return !drift.circumstances.contains { $0.subject.hasPrefix(prefix) && $0.now == PlanBasis.absent }
    }
}
