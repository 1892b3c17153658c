import KernelObjects
public import NetworkTypes

/// The first step of a way out of this host.
public struct WayOut: Sendable, Hashable {
    /// The interface; nil if only the kernel will know it.
    public var interface: String?
    /// The router; nil if the destination is on the link.
    public var gateway: IPAddress?

    /// Creates a description.
    public init(interface: String?, gateway: IPAddress?) {
        self.interface = interface
        self.gateway = gateway
    }
}

/// What routing may decide about a packet; one thing if it is certain.
struct RouteChoice {
    enum Outcome: Hashable {
        /// It leaves this way.
        case way(WayOut)
        /// It is for this host.
        case delivery
        /// It goes nowhere.
        case cut(Cut)
    }

    /// What may happen.
    private(set) var outcomes: [Outcome] = []
    /// What it depends on.
    private(set) var doubts: [Doubt] = []

    init(_ question: RouteQuestion, in state: NetworkState) {
        switch state.kernelRoutes.answer(question) {
        case .ways(let ways)?: outcomes = ways.map { .way($0) }
        case .delivery?: outcomes = [.delivery]
        case .nowhere?, nil:
            choose(question, state)
            // As it is now, nothing leads there; what keeps it from going the model may know.
            if state.kernelRoutes.answer(question) != nil, cuts.isEmpty {
                outcomes = [.cut(.noRoute(question.destination))]
            }
            guard state.kernelRoutes.contradicts(question) else { return }
            doubt(.kernelRoute)
            note(.cut(.unknownRoute))
        }
    }

    private mutating func choose(_ question: RouteQuestion, _ state: NetworkState) {
        if question.destination.isLinkLocal, let interface = question.boundInterface {
            note(.way(WayOut(interface: interface, gateway: nil)))
            return
        }
        let hasVRF = state.links.contains { $0.kind == "vrf" }
        let rules = state.routingRules.filter { $0.family == question.destination.family }
        // Whether the kernel comes to a rule; the last one stands for the end of the list.
        var reaches = [Truth](repeating: .no, count: rules.count + 1)
        reaches[0] = .yes
        for (index, rule) in rules.enumerated() where reaches[index] != .no {
            let match = RoutingRuleMatch(rule, question, hasVRF: hasVRF)
            if match.truth == .maybe { doubt(.routingRule(rule)) }
            // How certain it is that the kernel comes from here to what the rule leads to.
            let arrival = reaches[index].and(match.truth)
            if match.truth != .yes { reaches[index + 1].reached(by: reaches[index].and(!match.truth)) }
            guard match.truth != .no else { continue }
            switch rule.action {
            // FR_ACT_TO_TBL, of which Weir does not know the table of a VRF.
            case 1 where !rule.asksMasterDevice:
                let rest = look(into: rule, match, question, state)
                reaches[index + 1].reached(by: arrival.and(rest))
            // FR_ACT_GOTO: a rule that is not there yet is passed over.
            case 2:
                let target = rule.gotoTarget.flatMap { target in rules.firstIndex { $0.priority == target } }
                reaches[target.flatMap { $0 > index ? $0 : nil } ?? index + 1].reached(by: arrival)
            // FR_ACT_NOP
            case 3: reaches[index + 1].reached(by: arrival)
            // FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT
            case 6, 7, 8: note(.cut(.refusingRoutingRule(rule)))
            default:
                doubt(.routingRule(rule))
                reaches[index + 1].reached(by: arrival.and(.maybe))
            }
        }
        guard reaches[rules.count] != .no else { return }
        if question.destination.family == .ipv4, let interface = question.boundInterface {
            // The kernel then takes the destination to be on the link (`ip_route_output_key_hash_rcu`).
            note(.way(WayOut(interface: interface, gateway: nil)))
        } else {
            note(.cut(.noRoute(question.destination)))
        }
    }

    /// Looks into the table of a rule that holds, or may hold; says whether the next rule is asked then.
    private mutating func look(
        into rule: RoutingRuleObject,
        _ match: RoutingRuleMatch,
        _ question: RouteQuestion,
        _ state: NetworkState
    ) -> Truth {
        let (routes, isCertain) = state.bestRoutes(for: question, table: rule.table)
        guard !routes.isEmpty else { return .yes }
        if !isCertain { for route in routes where route.key.tos != 0 { doubt(.route(route)) } }
        var rest: [Truth] = isCertain ? [] : [.yes]
        for route in routes {
            let isSuppressed = match.suppresses(route)
            // RTN_UNICAST and RTN_LOCAL
            guard route.type == 1 || route.type == 2 else {
                // RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT; all else is not for packets of this kind, and the next rule is asked.
                let isRefusal = (6...8).contains(route.type)
                if isRefusal { note(.cut(.refusingRoute(route))) }
                rest.append(Truth(!isRefusal))
                continue
            }
            rest.append(isSuppressed)
            if isSuppressed == .maybe { doubt(.routingRule(rule)) }
            guard isSuppressed != .yes else { continue }
            if route.type == 2 {
                note(.delivery)
            } else if route.hops.isEmpty {
                note(.way(WayOut(interface: nil, gateway: nil)))
            } else {
                for hop in route.hops where state.isUsable(hop, for: question) {
                    // What leaves by lo comes back and is for nobody.
                    guard hop.interface != "lo" else {
                        note(.cut(.refusingRoute(route)))
                        continue
                    }
                    note(.way(WayOut(interface: hop.interface, gateway: hop.gateway)))
                }
            }
        }
        return rest.allSatisfy { $0 == .yes } ? .yes : rest.allSatisfy { $0 == .no } ? .no : .maybe
    }

    private mutating func note(_ outcome: Outcome) {
        if !outcomes.contains(outcome) { outcomes.append(outcome) }
    }

    private mutating func doubt(_ doubt: Doubt) {
        if !doubts.contains(doubt) { doubts.append(doubt) }
    }

    // MARK: What comes out

    /// The ways that it may go; what is for this host goes by lo.
    var ways: [WayOut] {
        outcomes.compactMap {
            switch $0 {
            case .way(let way): way
            case .delivery: WayOut(interface: "lo", gateway: nil)
            case .cut: nil
            }
        }
    }

    /// Why it may go nowhere.
    var cuts: [Cut] {
        outcomes.compactMap {
            guard case .cut(let cut) = $0 else { return nil }
            return cut
        }
    }

    /// The names of the interfaces, as far as they are known.
    var interfaces: Set<String> {
        Set(ways.compactMap(\.interface))
    }

    /// The only interface that it may be; nil if there are several, or if it is not known.
    var interface: String? {
        let ways = ways
        guard let first = ways.first?.interface, ways.allSatisfy({ $0.interface == first }) else { return nil }
        return first
    }
}

extension Truth {
    /// Another way leads here.
    fileprivate mutating func reached(by other: Truth) {
        if self != .yes, other != .no { self = other }
    }
}
