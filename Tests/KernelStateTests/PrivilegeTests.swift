import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

/// Without CAP_NET_ADMIN the routing is there to be read, and nothing else.
@Suite(.freshNetworkNamespace)
struct PrivilegeTests {
    @Test func theFirewallCannotBeReadOrChanged() throws {
        var kernel = try KernelConnection()
        let generation = try kernel.readGeneration()
        try dropNetworkAdministration()
        let reading = #expect(throws: KernelStateError.self) { try readFirewall() }
        #expect(reading?.cause == .notPermitted)
        #expect(reading?.errno == .notPermitted)
        let changing = #expect(throws: KernelStateError.self) { try commit(generation) }
        #expect(changing?.cause == .notPermitted)
        #expect(changing?.description.contains("CAP_NET_ADMIN") == true)
    }

    @Test func routesCanBeReadButNotChanged() throws {
        try dropNetworkAdministration()
        var kernel = try KernelConnection()
        #expect(try kernel.readRouting().links.map(\.name) == ["lo"])
        let prefix = try #require(IPPrefix(address: .ipv4(IPv4Address(rawValue: 0xcb00_7100)), length: 24))
        let error = #expect(throws: KernelStateError.self) { try makeBlackhole(prefix) }
        #expect(error?.cause == .notPermitted)
        #expect(error?.refusals.map(\.change) == [0])
        #expect(try kernel.readRouting().routes.allSatisfy { $0.key.destination != prefix })
    }

    private func readFirewall() throws {
        var kernel = try KernelConnection()
        _ = try kernel.readFirewall()
    }

    private func commit(_ generation: UInt32) throws {
        var kernel = try KernelConnection()
        var transaction = try FirewallTransaction(FirewallChanges(table: .add))
        try kernel.commit(&transaction, ifGeneration: generation)
    }

    private func makeBlackhole(_ prefix: IPPrefix) throws {
        var kernel = try KernelConnection()
        let key = RouteObject.Key(table: 254, destination: prefix, metric: 0)
        try kernel.perform([.add(RouteObject(key: key, type: 6, routeProtocol: weirProtocol))])
    }
}
