import KernelObjects
import KernelState
import Lowering
import Reconciliation
import RulesetModel
import SystemPackage
import Transactions

/// Says for people what the kernel refused, and where the rule file asks for it.
struct ComplaintText {
    private let origins: Origins?
    private let tables: [RoutingTable]
    private let text: ObjectText

    init(_ desired: FirewallState?, tables: [RoutingTable] = [], origins: Origins?) {
        self.origins = origins
        self.tables = tables
        text = ObjectText(desired ?? FirewallState(), counts: false)
    }

    /// `FILE:LINE: the kernel refuses 'RULE': REASON`.
    func line(_ complaint: KernelComplaint) -> String {
        let (subject, place) = describe(complaint)
        return "\(place ?? "weir"): the kernel refuses \(subject): \(complaint.refusal)\(Self.advice(complaint))"
    }

    /// A gateway is looked for by the policy routing rules that there are at that moment (`fib_check_nh`, `ip6_route_check_nh`): `prohibit`
    /// answers for it. What other rules answer is what is answered where there is no route.
    private static func advice(_ complaint: KernelComplaint) -> String {
        guard case .route(let change) = complaint.subject else { return "" }
        let hops = (change.desired?.hops ?? []).filter { $0.gateway != nil && !$0.isOnLink }
        guard !hops.isEmpty else { return "" }
        switch complaint.refusal.errno {
        case .permissionDenied:
            return "; a policy routing rule hides the route to the gateway: `onlink` skips that check"
        case .networkUnreachable, .noRouteToHost:
            // The kernel does not say which of several gateways it means.
            let ways = hops.compactMap { hop in
                hop.gateway.map { "`via \($0) dev \(hop.interface.map { "\($0)" } ?? "IF") onlink`" }
            }
            let which = hops.count > 1 ? "one of the gateways" : "the gateway"
            return
                "; no address and no other route puts \(which) on a link: \(ways.joined(separator: " or ")) says that it is there"
        default: return ""
        }
    }

    /// `FILE:LINE: 'ROUTE' is taken by …`.
    func line(_ conflict: Conflict) -> String {
        let place = origins?.place(conflict.origin) ?? "weir"
        switch conflict {
        case .routeOfOther(let desired, let holder):
            let (owner, consequence) = Self.owner(ofRoute: holder.routeProtocol)
            return "\(place): \(owner) is in the way of '\(route(desired))': '\(route(holder))'; "
                + "with --adopt it is replaced, and 'weir revert' restores it\(consequence)"
        case .routesShareKey(let desired, let holders):
            return
                "\(place): \(holders.count) routes are in the way of '\(route(desired))', and not all of them are Weir's"
        case .routingRulePriorityTaken(let desired, let holder):
            return
                "\(place): a rule of protocol \(nameOfRouteProtocol(holder.ruleProtocol)) has the priority \(desired.priority); "
                + "give '\(ObjectText.text(of: desired, tables: tables))' another priority"
        case .lostForeignObject(let name):
            return "\(place): another program's object '\(name)' is gone, and Weir cannot create it again"
        case .noSuchSysctl(let setting):
            return "\(place): the kernel has no setting '\(setting.name)'"
        }
    }

    /// Whose route it is, and what may come of replacing it.
    private static func owner(ofRoute number: UInt8) -> (name: String, consequence: String) {
        switch number {
        // RTPROT_KERNEL, RTPROT_RA, RTPROT_DHCP
        case 2: ("a route that the kernel made for an address", "; hosts reached by it may become unreachable")
        case 9: ("a router advertisement's route", "; the next advertisement may bring it back sooner")
        case 16: ("a DHCP client's route", "; the client may bring it back sooner")
        default: ("a route of protocol \(nameOfRouteProtocol(number))", "")
        }
    }

    private func describe(_ complaint: KernelComplaint) -> (subject: String, place: String?) {
        let place = origins?.place(complaint.origin)
        switch complaint.subject {
        case .firewall(let step): return describe(step, place)
        case .firewallBatch: return ("the change of the table as a whole", nil)
        case .route(let change): return ("'\((change.desired ?? change.observed).map(route) ?? "a route")'", place)
        case .routingRule(.add(let rule)): return ("'\(ObjectText.text(of: rule, tables: tables))'", place)
        case .routingRule(.delete(let rule)):
            return ("to delete '\(ObjectText.text(of: rule, tables: tables))'", place)
        case .sysctl(let change): return ("'sysctl \(change.name) = \(change.new)'", place)
        }
    }

    private func describe(_ step: FirewallStep, _ place: String?) -> (subject: String, place: String?) {
        switch step {
        case .addTable: ("to make the table", nil)
        case .deleteTable: ("to delete the table", nil)
        case .addSet(let set), .addElements(_, let set), .addTransientElements(_, let set):
            ("set '\(set.name)'", origins?.place(ofSet: set.name))
        case .deleteSet(let set), .deleteElements(_, let set): ("to change set '\(set.name)'", nil)
        case .addChain(let chain), .setPolicy(let chain): ("chain '\(chain.name)'", nil)
        case .deleteChain(let chain), .flushChain(let chain): ("to delete chain '\(chain.name)' or its rules", nil)
        case .addRule(let entry, let chain, _), .replaceRule(_, let entry, let chain):
            ("'\(text.text(of: entry.rule, inChain: chain).text)'", place)
        case .deleteRule(_, let chain): ("to delete a rule of chain '\(chain)'", nil)
        case .addForeignObject(let object), .deleteForeignObject(let object): ("object '\(object.name)'", nil)
        }
    }

    private func route(_ route: RouteObject) -> String {
        ObjectText.text(of: route, tables: tables)
    }
}

extension KernelComplaint {
    /// The exit status that it asks for.
    var status: ExitStatus {
        refusal.missingFeature == nil ? .badInput : .unavailable
    }
}
