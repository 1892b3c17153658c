import KernelObjects
import NetworkTypes
import Testing

@testable import Guards

/// The last default route does not go unnoticed.
@Suite struct DefaultRouteTests {
    private func host(ownDefault: Bool) -> SampleHost {
        var host = SampleHost()
        host.facts.connections = []
        guard ownDefault else { return host }
        for index in host.observed.routes.indices where host.observed.routes[index].key.destination.length == 0 {
            host.observed.routes[index].routeProtocol = weirProtocol
        }
        return host
    }

    @Test func aDefaultRouteOfOthersStays() throws {
        #expect(try host(ownDefault: false).findings("").map(\.words) == [])
    }

    @Test func theLastOneOfAFamilyIsMissed() throws {
        let found = try host(ownDefault: true).findings("")
        #expect(found.map(\.words) == ["no default route ipv4", "no default route ipv6"])
        #expect(found.allSatisfy { $0.override == .noDefaultRoute })
    }

    @Test func aSuccessorIsEnough() throws {
        let found = try host(ownDefault: true).findings(
            "route default via 192.0.2.253 metric 7\nroute ip6 default via 2001:db8::fe"
        )
        #expect(found.map(\.words) == [])
    }

    @Test func oneThatLeadsNowhereIsNoSuccessor() throws {
        let found = try host(ownDefault: true).findings("route blackhole 0.0.0.0/0\nroute unreachable ::/0 metric 5")
        #expect(found.map(\.words) == ["no default route ipv4", "no default route ipv6"])
    }
}
