import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import TestSupport
import Testing

@testable import RulesetCompiler

/// Lists where routes and routing rules say addresses.
struct RoutingListTests {
    @Test func defaultStandsInAListOfDestinations() {
        let routes = meaning("route { default, 10.0.0.0/8 } dev e\n")
        expectSameText(routes, "route 0.0.0.0/0 dev e\nroute 10.0.0.0/8 dev e\nroute ::/0 dev e\n")
        let byVariables = meaning(
            """
            let d = { default, 10.0.0.0/8 }
            let all = default
            route { $d, 11.0.0.0/8 } via 192.0.2.1
            route $all dev e table 7
            """
        )
        expectSameText(
            byVariables,
            "route 0.0.0.0/0 dev e table 7\nroute ::/0 dev e table 7\n"
                + "route default via 192.0.2.1\nroute 10.0.0.0/8 via 192.0.2.1\nroute 11.0.0.0/8 via 192.0.2.1\n"
        )
    }

    @Test(arguments: [
        ("route ! default dev e", DiagnosticCode.negationNotAllowed),
        ("route { default, 10.0.0.0/8 } via 2001:db8::1", .wrongGateway),
        ("route { default, 0.0.0.0/0 } dev e", .duplicateRoute),
        ("rule from { 10.0.0.0/8, 11.0.0.0/8 } lookup main", .listNotAllowed),
        ("rule from ! 10.0.0.0/8 lookup main", .negationNotAllowed),
        ("rule from { } lookup main", .emptyList),
        ("rule from default lookup main", .wrongValue),
    ])
    func whatSuchAListCannotHoldIsRefused(text: String, code: DiagnosticCode) {
        #expect(RuleFileCompiler.compile(text: text + "\n").diagnostics.diagnostics.map(\.code) == [code])
    }

    @Test func aRoutingRuleTakesOnePrefixOfEachFamily() {
        let written = meaning("rule from { 10.0.0.0/8, fd00::/8 } to { fd01::/16, 11.0.0.0/8 } lookup main\n")
        let lists = "let n = { 10.0.0.0/8, fd00::/8 }\nlet m = { fd01::/16, 11.0.0.0/8 }\n"
        expectSameText(written, meaning(lists + "rule from $n to $m lookup main\n"))
        expectSameText(
            written,
            "rule from 10.0.0.0/8 to 11.0.0.0/8 lookup main priority 10000\n"
                + "rule from fd00::/8 to fd01::/16 lookup main priority 10000\n"
        )
    }

    /// A keyword cannot be a port, so that a service of its name could never be said.
    @Test func noServiceIsAKeyword() {
        for keyword in Keyword.allCases { #expect(Service(named: keyword.spelling) == nil, "\(keyword)") }
    }
}
