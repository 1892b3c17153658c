import Guards
import KernelObjects
import Lowering
import NetworkTypes
import RulesetModel
import Transactions

/// Says for people what the guards find, and where the rule file asks for it.
struct GuardText {
    private let preview: Preview
    private let origins: Origins?
    private let tables: [RoutingTable]
    private let text: ObjectText

    init(_ preview: Preview, tables: [RoutingTable], origins: Origins?) {
        self.preview = preview
        self.tables = tables
        self.origins = origins
        text = ObjectText(preview.desired.firewall ?? FirewallState(), counts: false)
    }

    /// How many reasons are named that something depends on.
    private static let mostReasons = 3

    /// The lines of a finding.
    func lines(_ finding: GuardFinding) -> [GuardReport.Line] {
        switch finding {
        case .lockout(let facts, let part, let cut):
            let (place, reason) = describe(cut)
            let sentence = "\(place): \(reason): \(consequence(facts, part, "would"))"
            return [GuardReport.Line(kind: "lockout", text: sentence, override: "--allow-lockout")]
        case .stillCut(let facts, let part, let cut):
            let (place, reason) = describe(cut)
            return [
                GuardReport.Line(
                    kind: "still-cut",
                    text: "\(place): \(reason), as before: \(consequence(facts, part, "still"))"
                )
            ]
        case .uncertain(let facts, let part, let doubts, let isDecisive):
            let rules = doubts.compactMap(\.place)
            let place = rules.first.map(location) ?? "weir"
            let reasons = doubts.prefix(Self.mostReasons).map(reason).joined(separator: ", ")
            let sentence = reasons.isEmpty ? "it is not known in advance" : "it depends on \(reasons)"
            return [
                GuardReport.Line(
                    kind: isDecisive ? "unjudged" : "uncertain",
                    text: "\(place): \(sentence) whether \(consequence(facts, part, "will"))",
                    override: isDecisive ? "--allow-unjudged" : nil
                )
            ]
        case .otherWayBack(let fact, let from, let to, let isDecisive):
            let sentence =
                "weir: answers to \(fact.peer.text) would leave \(Self.text(to)) instead of \(Self.text(from)); "
                + "Weir cannot know whether that route leads there"
            return [
                GuardReport.Line(
                    kind: "other-way-back",
                    text: sentence,
                    override: isDecisive ? "--allow-unjudged" : nil
                )
            ]
        case .defaultRouteEnds(let route, let cut):
            let (place, reason) = describe(cut)
            let sentence =
                "\(place): \(reason) (router advertisements): "
                + "'\(ObjectText.text(of: route, tables: tables))' expires and is not renewed"
            return [GuardReport.Line(kind: "no-default-route", text: sentence, override: "--allow-no-default-route")]
        case .noDefaultRoute(let family, let route):
            let name = family == .ipv4 ? "IPv4" : "IPv6"
            let sentence =
                "weir: '\(ObjectText.text(of: route, tables: tables))' is removed, and no default route for \(name) is left: "
                + "hosts outside this host's own networks would be unreachable"
            return [GuardReport.Line(kind: "no-default-route", text: sentence, override: "--allow-no-default-route")]
        case .leasesEnd(let addresses, let setting):
            let names = addresses.prefix(Self.mostReasons).map { "\($0.address.text)/\($0.prefixLength)" }
            let rest = addresses.count > names.count ? " and \(addresses.count - names.count) more" : ""
            let sentence =
                "weir: 'sysctl \(setting) = 1' removes what a router or DHCP assigned: \(names.joined(separator: ", "))\(rest); "
                + "a rollback does not restore it, only the router or DHCP server can"
            return [GuardReport.Line(kind: "leases-end", text: sentence)]
        case .untracked(let facts):
            let count = facts.count == 1 ? "1 connection is" : "\(facts.count) connections are"
            let sentence =
                "weir: \(count) not tracked yet and would hang with these rules; "
                + "'apply' makes the kernel track them first"
            return [GuardReport.Line(kind: "untracked", text: sentence)]
        }
    }

    /// Where the rule file has it, and what it does to the packets.
    private func describe(_ cut: Cut) -> (place: String, reason: String) {
        switch cut {
        case .rule(let place): (location(place), "'\(rule(place))' stops its packets")
        case .diverted(let place): (location(place), "'\(rule(place))' sends its packets elsewhere")
        case .noServer(let port): ("weir", "connections to port \(port) are no longer sent to the server")
        case .unjudged(let place): (location(place), "Weir cannot know what '\(rule(place))' does with its packets")
        case .policy(let chain): ("weir", "no rule of chain '\(chain)' accepts its packets, and the policy drops them")
        case .tooManyRules: ("weir", "the chains jump to each other too often to be followed")
        case .notDelivered(let input): ("weir", "packets that come in on \(input) are not for this host")
        case .foreignTable(let name): ("weir", "table '\(name)' may end them")
        case .unknownRoute: ("weir", "Weir does not understand how the kernel routes its packets")
        case .noRoute(let address): ("weir", "no route leads to \(address.text)")
        case .refusingRoute(let route):
            (
                origins?.place(route.origin) ?? "weir",
                "'\(ObjectText.text(of: route, tables: tables))' takes the answers"
            )
        case .refusingRoutingRule(let rule):
            (origins?.place(rule.origin) ?? "weir", "'\(ObjectText.text(of: rule, tables: tables))' takes the answers")
        case .reversePath(let input):
            (
                "weir",
                "answers leave by another interface than \(input), and rp_filter drops packets from such addresses"
            )
        case .setting(let name): ("weir", "'sysctl \(name)' keeps its packets from counting")
        case .familyDisabled(let setting): ("weir", "'sysctl \(setting) = 1' switches IPv6 off")
        }
    }

    /// What something depends on, in a few words.
    private func reason(_ doubt: Doubt) -> String {
        switch doubt {
        case .rule(let place): "'\(rule(place))'"
        case .rate(let place): "the rate of '\(rule(place))'"
        case .routingRule(let rule): "'\(ObjectText.text(of: rule, tables: tables))'"
        case .route(let route): "'\(ObjectText.text(of: route, tables: tables))'"
        case .kernelRoute: "the kernel's choice of route, which is not the one that Weir expects"
        case .foreignTable(let name): "table '\(name)', which would see different packets than now"
        case .setting(let name): "the setting \(name)"
        case .hopLimit(let name): "the setting \(name), and on the number of routers on the path to the peer,"
        case .inputInterface, .otherInterface: "the interface that its packets come in on"
        case .carrier(let name): "what carries it: \(name)"
        case .contradiction(let cut): "something that Weir does not see: it is alive, though \(describe(cut).reason)"
        }
    }

    private func location(_ place: RulePlace) -> String {
        origins?.place(place.origin) ?? "weir"
    }

    private func rule(_ place: RulePlace) -> String {
        let firewall = preview.desired.firewall
        guard let chain = firewall?.chains.first(where: { $0.name == place.chain }),
            chain.rules.indices.contains(place.index)
        else { return "a rule of chain \(place.chain)" }
        return text.text(of: chain.rules[place.index].rule, inChain: chain.name).text
    }

    /// Who would be cut.
    private func consequence(_ facts: [ConnectionFact], _ part: ConversationPart, _ verb: String) -> String {
        let first = facts.first(where: \.role.isOwn) ?? facts.first
        let subject =
            switch first?.role {
            case .ownSession: "your ssh session "
            case .carrier(ofOwnSession: true): "what carries your ssh session "
            case .carrier: "what carries an ssh session "
            default: "the ssh session "
            }
        let ends = first.map { "from \($0.peer.text) to \($0.local.text)" } ?? ""
        let others = facts.count > 1 ? " and \(facts.count - 1) more" : ""
        switch part {
        case .established, .establishedAnswer:
            let be = verb == "still" ? "is cut" : "\(verb) be cut"
            return subject + ends + others + " " + be
        case .resumption(let seconds):
            let be = verb == "still" ? "is cut" : "\(verb) be cut"
            return subject + ends + others
                + " \(be) once it has been idle for \(seconds) s and the kernel has forgotten it"
        case .opening, .openingAnswer, .continuation, .continuationAnswer:
            let peer = first.map { "from \($0.peer.address.text) to \($0.local.text)" } ?? ""
            let come = verb == "still" ? "is kept out" : "\(verb) be kept out"
            return "a new ssh connection " + peer + others + " " + come
        case .neighbourDiscovery:
            let fail = verb == "still" ? "fails" : "\(verb) fail"
            return "neighbour discovery \(fail), and ssh " + ends + others + " with it; 'accept in icmpv6' lets it in"
        }
    }

    private static func text(_ way: WayOut) -> String {
        "by \(way.interface ?? "another interface")" + (way.gateway.map { " via \($0.text)" } ?? "")
    }
}

extension Doubt {
    /// The rule of Weir's table that it is about.
    fileprivate var place: RulePlace? {
        switch self {
        case .rule(let place), .rate(let place): place
        default: nil
        }
    }
}

extension IPAddress {
    fileprivate var text: String {
        var buffer = TextBuffer()
        buffer.write(self)
        return buffer.text
    }
}

extension TCPEndpoint {
    /// `192.0.2.1:22`, `[2001:db8::1]:22`
    var text: String {
        address.family == .ipv4 ? "\(address.text):\(port)" : "[\(address.text)]:\(port)"
    }
}
