import NetworkTypes
import RulesetModel
import TestSupport
import Testing

/// What `and accept` lets in is what its rule has translated, and never what another program has, whatever conditions the rule has.
///
/// In each case another program translates what Weir's rule leaves alone to the same port or address: the packets that get as far as
/// the filter chains differ in the one condition and in nothing else.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct DerivedAcceptTests {
    @Test(arguments: kept.map(\.traffic), Loader.allCases)
    func aConditionIsAskedForAgain(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    @Test(arguments: others, Loader.allCases)
    func whatAnotherProgramTranslatedStaysOutside(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    @Test(arguments: refused)
    func aConditionThatCannotBeAskedForAgainIsRefused(_ rule: RefusedCase) throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\n\(rule.text)\n")
            let result = try weir.run(["check", file])
            #expect(result.status == 65)
            #expect(result.errorOutput.contains("error[E166]"), "\(result.errorOutput)")
        }
    }

    /// Each kind of match that there is has a case here: the switch in `MatchKind` does not compile without it.
    @Test func everyMatchHasACase() {
        #expect(Set(Self.kept.map(\.kind)).union(Self.refused.map(\.kind)) == Set(MatchKind.allCases))
    }

    /// Nothing passes but what `and accept` lets in, and what belongs to connections that go on.
    private static let closed = ["in", "out", "forward"]
        .map { "policy \($0) drop\naccept \($0) ct state established,related\n" }.joined()

    struct KeptCase: Sendable {
        let kind: MatchKind
        let traffic: TrafficCase

        init(
            _ kind: MatchKind,
            _ rules: String,
            after foreign: String,
            iptables: TrafficCase.Expressible = .yes,
            _ steps: Step...
        ) {
            self.kind = kind
            var traffic = TrafficCase(DerivedAcceptTests.closed + rules, iptables: iptables)
            traffic.foreign = foreign
            traffic.steps = steps
            self.traffic = traffic
        }
    }

    struct RefusedCase: Sendable, CustomTestStringConvertible {
        let kind: MatchKind
        let text: String
        var testDescription: String { text }

        init(_ kind: MatchKind, _ text: String) {
            (self.kind, self.text) = (kind, text)
        }
    }

    /// A table of another program that translates after Weir, or before it.
    private static func foreign(_ rule: String, hook: String = "prerouting", priority: Int = -90) -> String {
        "table inet other { chain c { type nat hook \(hook) priority \(priority); \(rule); }; }"
    }

    private static let redirectsLater = foreign("tcp dport { 21, 22 } redirect to :2121")
    private static let goes = Step.Fate.goes(port: 2121)

    private static let kept: [KeptCase] = [
        KeptCase(
            .inputInterface,
            "redirect in on eth0 tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21).v6, goes),
            arriving(.tcp(21), on: "eth1", .vanishes),
            arriving(.tcp(21).v6, on: "eth1", .vanishes)
        ),
        KeptCase(
            .family,
            "redirect in ip tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21).v6, .vanishes)
        ),
        KeptCase(
            .sourceAddress,
            "redirect in saddr { 192.0.2.2, 2001:db8::/64 } tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21).v6, goes),
            arriving(.tcp(21).from("192.0.2.3"), .vanishes),
            arriving(.tcp(21).v6, on: "eth1", .vanishes)
        ),
        KeptCase(
            .destinationAddress,
            "redirect in daddr { 192.0.2.1, 2001:db8::1 } tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21).v6, goes),
            arriving(.tcp(21), on: "eth1", .vanishes),
            arriving(.tcp(21).v6, on: "eth1", .vanishes)
        ),
        KeptCase(
            .destinationAddress,
            "redirect in daddr ! 198.51.100.0/24 tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21), on: "eth1", .vanishes),
            arriving(.tcp(21).v6, .vanishes)
        ),
        KeptCase(
            .destinationAddress,
            "set here: prefix { 192.0.2.0/28, 10.0.0.1-10.0.0.9 }\n"
                + "redirect in daddr @here tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            iptables: .no(because: "first packet"),
            arriving(.tcp(21), goes),
            arriving(.tcp(21), on: "eth1", .vanishes)
        ),
        KeptCase(
            .transportProtocol,
            "redirect in tcp dport 21 to :2121 and accept",
            after: foreign("meta l4proto { tcp, udp } th dport 21 redirect to :2121"),
            arriving(.tcp(21), goes),
            arriving(.udp(21), .vanishes)
        ),
        KeptCase(
            .sourcePort,
            "redirect in tcp sport 40000 dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21, from: 40001), .vanishes)
        ),
        KeptCase(
            .destinationPort,
            "redirect in tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(22), .vanishes),
            arriving(.tcp(2121, from: 40001), .vanishes)
        ),
        KeptCase(
            .icmp,
            "dnat in icmp type echo-request to 198.51.100.3 and accept",
            after: foreign("ip protocol icmp dnat ip to 198.51.100.3"),
            arriving(.ping, .goes(to: "198.51.100.3")),
            arriving(.icmp(13), .vanishes)
        ),
        // A connection that nobody expected is new, and stays so.
        KeptCase(
            .connectionState,
            "redirect in ct state new tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(22), .vanishes)
        ),
        KeptCase(
            .connectionState,
            "redirect in ct state related tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), .vanishes),
            arriving(.tcp(21).v6, .vanishes)
        ),
        KeptCase(
            .connectionStatus,
            "redirect in ct status expected tcp dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), .vanishes)
        ),
        KeptCase(
            .connectionMark,
            "set ct mark 7 in saddr 192.0.2.2\nredirect in tcp dport 21 ct mark 7 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21).from("192.0.2.3"), .vanishes)
        ),
        KeptCase(
            .mark,
            "set mark 7 in saddr 192.0.2.2\nredirect in tcp dport 21 mark 7 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21).from("192.0.2.3"), .vanishes)
        ),
        KeptCase(
            .originalDestinationAddress,
            "redirect in tcp dport 21 ct original daddr 192.0.2.0/28 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(21), on: "eth1", .vanishes)
        ),
        KeptCase(
            .originalDestinationPort,
            "redirect in tcp ct original dport 21 to :2121 and accept",
            after: redirectsLater,
            arriving(.tcp(21), goes),
            arriving(.tcp(22), .vanishes)
        ),
        KeptCase(
            .outputInterface,
            "dnat out on eth0 tcp dport 21 to 198.51.100.3:2121 and accept",
            after: foreign("tcp dport 21 dnat ip to 198.51.100.3:2121", hook: "output"),
            leaving(.tcp(21), .goes(to: "198.51.100.3", port: 2121)),
            leaving(.tcp(21), on: "wlan0", .vanishes)
        ),
        KeptCase(
            .socketUser,
            "dnat out skuid 0 tcp dport 21 to 198.51.100.3:2121 and accept\n"
                + "dnat out skuid 4711 tcp dport 22 to 198.51.100.3:2121 and accept",
            after: foreign("tcp dport { 21, 22 } dnat ip to 198.51.100.3:2121", hook: "output"),
            leaving(.tcp(21), .goes(to: "198.51.100.3", port: 2121)),
            leaving(.tcp(22), .vanishes)
        ),
        KeptCase(
            .socketGroup,
            "dnat out skgid 0 tcp dport 21 to 198.51.100.3:2121 and accept\n"
                + "dnat out skgid 4711 tcp dport 22 to 198.51.100.3:2121 and accept",
            after: foreign("tcp dport { 21, 22 } dnat ip to 198.51.100.3:2121", hook: "output"),
            leaving(.tcp(21), .goes(to: "198.51.100.3", port: 2121)),
            leaving(.tcp(22), .vanishes)
        ),
    ]

    private static let refused: [RefusedCase] = [
        RefusedCase(.field, "redirect in dscp ef tcp dport 21 to :2121 and accept"),
        RefusedCase(.tcpFlags, "redirect in tcp flags syn / syn,ack dport 21 to :2121 and accept"),
        RefusedCase(.limit, "redirect in tcp dport 21 limit 5/minute to :2121 and accept"),
        RefusedCase(.connectionState, "redirect in ct state established tcp dport 21 to :2121 and accept"),
        RefusedCase(.connectionStatus, "redirect in ct status ! assured tcp dport 21 to :2121 and accept"),
        RefusedCase(.outputInterface, "redirect out on eth0 tcp dport 21 to :2121 and accept"),
        RefusedCase(.socketUser, "redirect out skuid 0 tcp dport 21 to :2121 and accept"),
        RefusedCase(.socketGroup, "redirect out skgid 0 tcp dport 21 to :2121 and accept"),
    ]

    /// Another program is first and sends the same connections elsewhere: to a port, or a host, that the file never opened.
    private static let others: [TrafficCase] = [
        other(
            "redirect in tcp dport 21 to :2121 and accept",
            before: foreign("tcp dport 21 redirect to :9999", priority: -110),
            arriving(.tcp(21), .vanishes),
            arriving(.tcp(21).v6, .vanishes)
        ),
        other(
            "dnat in tcp dport 443 to 198.51.100.3:8443 and accept",
            before: foreign("tcp dport 443 dnat ip to 198.51.100.3:22", priority: -110),
            arriving(.tcp(443), .vanishes)
        ),
        other(
            "dnat in tcp dport 443 to 198.51.100.3 and accept",
            before: foreign("tcp dport 443 dnat ip to 198.51.100.3:22", priority: -110),
            arriving(.tcp(443), .vanishes)
        ),
        other(
            "dnat in daddr 192.0.2.1 tcp dport 443 to :8443 and accept",
            before: foreign("tcp dport 443 dnat ip to 198.51.100.3:8443", priority: -110),
            arriving(.tcp(443), .vanishes)
        ),
        // What leaves is let out if it goes to this host, not if it goes to the same port of another one.
        other(
            "redirect out tcp dport 80 to :8080 and accept",
            before: foreign(
                "ip daddr 192.0.2.3 tcp dport 80 dnat to 198.51.100.3:8080",
                hook: "output",
                priority: -110
            ),
            leaving(.tcp(80), .goes(to: "127.0.0.1", port: 8080)),
            leaving(.tcp(80).v6, .goes(to: "::1", port: 8080)),
            leaving(.tcp(80).to("192.0.2.3"), .vanishes)
        ),
        other(
            "dnat out tcp dport 80 to 198.51.100.3:8080 and accept",
            before: foreign("ip daddr 192.0.2.3 tcp dport 80 dnat to 198.51.100.3:22", hook: "output", priority: -110),
            leaving(.tcp(80), .goes(to: "198.51.100.3", port: 8080)),
            leaving(.tcp(80).to("192.0.2.3"), .vanishes)
        ),
    ]

    private static func other(_ rules: String, before foreign: String, _ steps: Step...) -> TrafficCase {
        var traffic = TrafficCase(closed + rules)
        traffic.foreign = foreign
        traffic.steps = steps
        return traffic
    }
}

/// The kinds of matches that the language has.
enum MatchKind: CaseIterable {
    case inputInterface, outputInterface, family, sourceAddress, destinationAddress, transportProtocol, sourcePort
    case destinationPort, tcpFlags, icmp, connectionState, connectionStatus, connectionMark, originalDestinationAddress
    case originalDestinationPort, mark, socketUser, socketGroup, field, limit

    init(_ match: Match) {
        self =
            switch match {
            case .inputInterface: .inputInterface
            case .outputInterface: .outputInterface
            case .family: .family
            case .sourceAddress: .sourceAddress
            case .destinationAddress: .destinationAddress
            case .transportProtocol: .transportProtocol
            case .sourcePort: .sourcePort
            case .destinationPort: .destinationPort
            case .tcpFlags: .tcpFlags
            case .icmp: .icmp
            case .connectionState: .connectionState
            case .connectionStatus: .connectionStatus
            case .connectionMark: .connectionMark
            case .originalDestinationAddress: .originalDestinationAddress
            case .originalDestinationPort: .originalDestinationPort
            case .mark: .mark
            case .socketUser: .socketUser
            case .socketGroup: .socketGroup
            case .field: .field
            case .limit: .limit
            }
    }
}
