import Diagnostics
import NetworkTypes
import RulesetModel

/// Warnings of rules that do something else than those who write them expect.
extension Diagnostic {
    static func shadowedRule(
        by earlier: SourceRange,
        doesTheSame: Bool,
        count: Int,
        at range: SourceRange
    ) -> Diagnostic {
        let more = count > 1 ? " (and to \(count - 1) more below)" : ""
        return Diagnostic(
            .shadowedRule,
            "no packet gets to this rule\(more): an earlier one decides on all that it holds for",
            at: range,
            notes: [
                .init(doesTheSame ? "both do the same: leave one out" : "put the narrower rule before the wider one"),
                .init("this rule decides first", at: earlier),
            ]
        )
    }

    static func neverMeant(jump: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .neverMeant,
            "no packet can match: what leads to this chain is about other packets",
            at: range,
            notes: [.init("only these come here", at: jump)]
        )
    }

    static func answersDropped(_ ways: OpenWays, to rule: SourceRange?, _ closing: Closing) -> Diagnostic {
        let what = rule == nil ? "connections that this host makes" : "what a rule accepts"
        return Diagnostic(
            .answersDropped,
            "answers to \(what) are dropped: no rule of \(ways.place) accepts them",
            at: closing.place,
            notes: rule.map { [.init("the answers to what this rule accepts", at: $0)] } ?? []
        ).sparing("ct state established,related", ways, closing)
    }

    static func loopbackDropped(_ ways: OpenWays, _ closing: Closing) -> Diagnostic {
        let words = "\(closing.isInChain ? ways.direction.sideInChain : "on") lo"
        return Diagnostic(
            .loopbackDropped,
            "programs of this host cannot reach each other: no rule of \(ways.place) accepts `\(words)`",
            at: closing.place
        ).sparing(words, ways, closing)
    }

    static func neighboursDropped(_ ways: OpenWays, _ closing: Closing) -> Diagnostic {
        let types = "nd-neighbor-solicit, nd-neighbor-advert" + (ways.direction == .input ? ", nd-router-advert" : "")
        let drop = closing.isInChain ? "drop ip6" : "drop \(ways.direction.rawValue) ip6"
        return Diagnostic(
            .neighboursDropped,
            "IPv6 stops: neighbour discovery is dropped, and `ct state established` does not hold for it",
            at: closing.place,
            notes: [.init("if IPv6 is to stop, `\(drop)` says so")]
        ).sparing("icmpv6 type { \(types) }", ways, closing)
    }

    /// With a rule that accepts these packets before the others are dropped.
    private func sparing(_ matches: String, _ ways: OpenWays, _ closing: Closing) -> Diagnostic {
        var result = self
        let line = "accept \(closing.isInChain ? "" : ways.direction.rawValue + " ")\(matches)"
        switch closing.insertion {
        case .behind(let range): result.fixIts = [.adding(line, behind: range)]
        case .before(let range): result.fixIts = [.adding(line, before: range, "before it")]
        case .first(let range): result.fixIts = [.adding(line, before: range, "first in the chain")]
        case nil: result.notes.append(.init("add `\(line)` to the chain"))
        }
        return result
    }

    static func otherFamilyOpen(_ other: Rule, at range: SourceRange) -> Diagnostic {
        let isIPv6 = other.matches.contains(.family(.ipv6))
        let (own, opposite) = isIPv6 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        return Diagnostic(
            .otherFamilyOpen,
            "this rule is about \(own) alone, as its addresses are: all of \(opposite) passes",
            at: range,
            notes: [.init("a list of both families, `! { 10.0.0.0/8, fd00::/8 }`, leaves out addresses of each")],
            fixIts: [.adding("\(other)", behind: range)]
        )
    }

    static func serviceOfOtherProtocol(
        _ name: String,
        _ service: Service,
        _ transport: IPProtocol,
        at range: SourceRange
    ) -> Diagnostic {
        let own = service.transports == .tcp ? "tcp" : "udp"
        return Diagnostic(
            .serviceOfOtherProtocol,
            "'\(name)' is a service of \(own), and this rule is about \(transport)",
            at: range,
            notes: [.init("write `\(own)`, or the number \(service.port) if this is meant")]
        )
    }

    static func synAnswersRefused(_ direction: RulesetModel.Direction, at range: SourceRange) -> Diagnostic {
        let whose = direction == .input ? "this host's own connections" : "connections the other way"
        return Diagnostic(
            .synAnswersRefused,
            "this holds for SYN with ACK too: \(whose) get no answer",
            at: range,
            fixIts: [
                .init(
                    "the first segment alone is `flags syn / fin,syn,rst,ack`",
                    replacing: range,
                    with: "flags syn / fin,syn,rst,ack"
                )
            ]
        )
    }

    static func secondConnections(
        _ service: ServiceOfTwoConnections,
        _ ways: OpenWays,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .secondConnections,
            "\(service.data), and no rule lets them pass",
            at: range,
            notes: [
                .init(
                    "give the server a range of ports, and let it in: `\(ways.accept) \(service.example)`"
                )
            ]
        )
    }

    static func sourceOfOtherWay(_ interface: InterfaceName, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .sourceOfOtherWay,
            "a packet's source address is chosen before it is marked: what leaves by '\(interface.rawValue)' has another interface's",
            at: range,
            notes: [.init("`masquerade out on \(interface.rawValue)` gives it the right one")]
        )
    }

    static func otherFamilyBeside(_ family: AddressFamily, at range: SourceRange) -> Diagnostic {
        let (name, prefix) = family == .ipv4 ? ("IPv4", "0.0.0.0/0") : ("IPv6", "::/0")
        return Diagnostic(
            .otherFamilyBeside,
            "\(name) is marked too and takes the ordinary way, since the table has no route for it",
            at: range,
            notes: [
                .init(
                    "`route unreachable \(prefix) table …` keeps it in, `\(family == .ipv4 ? "ip6" : "ip")` in this rule leaves it out"
                )
            ]
        )
    }

    static func farDestination(
        _ destination: IPPrefix,
        _ interface: InterfaceName,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .farDestination,
            "without a router this says that \(destination) is on the link of '\(interface.rawValue)' itself",
            at: range,
            notes: [
                .init("name the router: `via ADDRESS dev \(interface.rawValue)`, or say that it is so: `scope link`")
            ]
        )
    }
}

extension OpenWays {
    /// Where the rules stand.
    fileprivate var place: String {
        chain.map { "the chain `\($0)`" } ?? "the direction `\(direction.rawValue)`"
    }

    /// How a rule there starts that accepts.
    fileprivate var accept: String {
        chain == nil ? "accept \(direction.rawValue)" : "accept"
    }
}

extension RulesetModel.Direction {
    /// The word for the interface of the direction where rules have no direction.
    fileprivate var sideInChain: String { self == .output ? "to" : "from" }
}

extension Diagnostic.FixIt {
    /// Adds a line before a statement.
    fileprivate static func adding(_ line: String, before range: SourceRange, _ place: String) -> Self {
        let start = SourceRange(file: range.file, start: range.start, end: range.start)
        return Self("add `\(line)` \(place)", replacing: start, with: "\(line)\n")
    }

    /// Adds a line after a statement.
    fileprivate static func adding(_ line: String, behind range: SourceRange) -> Self {
        let end = SourceRange(file: range.file, start: range.end, end: range.end)
        return Self("add `\(line)`", replacing: end, with: "\n\(line)")
    }
}
