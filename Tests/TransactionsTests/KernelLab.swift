import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// What tests of transactions need of the kernel of their namespace.
enum KernelLab {
    /// What nft and ip list: all that a user can see of the state.
    static func listing() throws -> String {
        try outputOf("nft", "-s", "list", "ruleset") + outputOf("ip", "-4", "route", "show", "table", "all")
            + outputOf("ip", "-6", "route", "show", "table", "all") + outputOf("ip", "rule")
            + outputOf("ip", "-6", "rule") + outputOf("sysctl", "net.ipv4.ip_forward")
    }

    /// The state of Weir's table that nft makes of a text. The table is there only for a moment.
    static func firewall(_ text: String) throws -> FirewallState {
        try outputOf("nft", "-f", "-", input: text)
        var connection = try KernelConnection()
        let firewall = try #require(try connection.readFirewall().firewall)
        try outputOf("nft", "delete", "table", "inet", "weir")
        return firewall
    }

    /// The table with a chain `input` that has these rules.
    static func input(_ rules: [String], policy: String = "accept") throws -> FirewallState {
        let lines = rules.map { "        \($0)\n" }.joined()
        return try firewall(
            """
            table inet weir {
                chain input {
                    type filter hook input priority 0; policy \(policy);
            \(lines)
                }
            }
            """
        )
    }

    /// An interface with an address of each family.
    static func addInterface(
        _ name: String = "eth0",
        _ address: String = "192.0.2.1/24",
        _ addressIPv6: String = "2001:db8::1/64"
    ) throws {
        try outputOf("ip", "link", "add", name, "type", "veth", "peer", "name", "\(name)-peer")
        // Link-local addresses would come some time later, by themselves.
        try outputOf("ip", "link", "set", name, "addrgenmode", "none")
        try outputOf("sysctl", "net.ipv6.conf.\(name)-peer.disable_ipv6=1")
        try outputOf("ip", "link", "set", "\(name)-peer", "up")
        try setUp(name)
        try outputOf("ip", "address", "add", address, "dev", name)
        try addIPv6Address(addressIPv6, to: name)
    }

    /// Brings an interface up and waits for the routes that the kernel makes a little later.
    static func setUp(_ name: String) throws {
        try outputOf("ip", "link", "set", name, "up")
        try waitForRoute("ff00::/8 dev \(name) ")
    }

    /// Adds an address and waits for its route, which the kernel makes a little later.
    static func addIPv6Address(_ address: String, to name: String) throws {
        try outputOf("ip", "address", "add", address, "dev", name, "nodad")
        try waitForRoute("local \(address.prefix { $0 != "/" }) dev \(name) ")
    }

    private static func waitForRoute(_ text: String) throws {
        for _ in 0..<500 {
            if try outputOf("ip", "-6", "route", "show", "table", "all").contains(text) { return }
            usleep(10_000)
        }
        Issue.record("there is no route '\(text)'")
    }

    static func prefix(_ text: String) throws -> IPPrefix {
        try IPPrefix(text)
    }

    static func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(text))
    }

    static func route(
        _ destination: String,
        via gateway: String? = nil,
        dev interface: String? = nil,
        table: UInt32 = 254,
        metric: UInt32? = nil
    ) throws -> RouteObject {
        let prefix = try prefix(destination)
        let isIPv6 = prefix.family == .ipv6
        return RouteObject(
            key: .init(table: table, destination: prefix, metric: metric ?? (isIPv6 ? 1024 : 0)),
            routeProtocol: weirProtocol,
            scope: gateway == nil && !isIPv6 ? 253 : 0,
            hops: [.init(gateway: try gateway.map(address), interface: interface)]
        )
    }

    static func rule(_ priority: UInt32, from source: String, table: UInt32) throws -> RoutingRuleObject {
        let prefix = try prefix(source)
        return RoutingRuleObject(
            family: prefix.family,
            priority: priority,
            ruleProtocol: weirProtocol,
            source: prefix,
            action: 1,
            table: table
        )
    }

    static func generation() throws -> UInt32 {
        var connection = try KernelConnection()
        return try connection.readGeneration()
    }

    /// Hands a session with the namespace of the test to the closure, with a new state directory.
    static func withSession(_ body: (inout Session) throws -> Void) throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("state"))
            var session = try Session(try KernelConnection(), store: store, program: "test")
            try body(&session)
        }
    }
}

extension Outcome {
    var isChange: Bool {
        if case .changed = self { true } else { false }
    }

    var isUnchanged: Bool {
        if case .unchanged = self { true } else { false }
    }
}
