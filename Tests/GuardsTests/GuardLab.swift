import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetCompiler
import RulesetModel
import TestSupport
import Testing

@testable import Guards

/// A host with an ssh server, so to speak, and a peer that is connected to it; the host is the test's own namespace.
final class GuardLab {
    static let port: UInt16 = 22

    let lab = Lab()
    let host: Host
    let peer: Host
    let listener: TCPListener
    let isIPv6: Bool
    /// Each connection has a port of its own: connection tracking remembers those that have ended.
    private var ownPort: UInt16 = 10_000

    var hostAddress: String { isIPv6 ? "2001:db8::1" : "192.0.2.1" }
    var peerAddress: String { isIPv6 ? "2001:db8::2" : "192.0.2.2" }

    init(isIPv6: Bool = false) throws {
        self.isIPv6 = isIPv6
        host = try lab.here("host")
        peer = try lab.host("peer")
        try lab.link(
            host.port("eth0", "192.0.2.1/24", "2001:db8::1/64"),
            peer.port("eth0", "192.0.2.2/24", "2001:db8::2/64")
        )
        // Another way between them: the peer takes what is for it by whichever interface it comes.
        try lab.link(
            host.port("eth1", "198.51.100.1/24", "2001:db8:1::1/64"),
            peer.port("eth1", "198.51.100.2/24", "2001:db8:1::2/64")
        )
        listener = try host.listenTCP(port: Self.port)
    }

    /// A connection and its two ends.
    struct Session {
        let client: TCPStream
        let server: TCPStream
        var fact: ConnectionFact

        /// Whether a byte gets there and one gets back, twice.
        func isAlive(within seconds: Double) -> Bool {
            (0..<2).allSatisfy { _ in
                client.send("x") && server.receive(within: seconds) == "x" && server.send("y")
                    && client.receive(within: seconds) == "y"
            }
        }
    }

    /// Opens a connection; nothing if none comes about.
    func connect(within seconds: Double = 5) throws -> Session? {
        ownPort = ownPort == 65_000 ? 10_000 : ownPort + 1
        guard let client = try peer.openTCP(to: hostAddress, port: Self.port, from: ownPort, within: seconds) else {
            return nil
        }
        // Connections of which a part was dropped may come about later.
        var accepted = listener.accept(within: seconds)
        while let other = accepted, other.peer.port != client.local.port { accepted = listener.accept(within: seconds) }
        guard let server = accepted else { return nil }
        let fact = ConnectionFact(
            local: try #require(TCPEndpoint(server.local)),
            peer: try #require(TCPEndpoint(server.peer)),
            role: .ownSession,
            tracking: .untracked
        )
        return Session(client: client, server: server, fact: fact)
    }
}

extension TCPEndpoint {
    init?(_ endpoint: Endpoint) {
        guard let address = IPAddress(endpoint.address) else { return nil }
        self.init(address: address, port: endpoint.port)
    }
}

extension KernelConnection {
    /// Settings and state as the guards see them.
    mutating func networkState() throws -> NetworkState {
        let observed = try readState(sysctls: [])
        var settings: [String: String] = [:]
        for setting in try readSysctls(NetworkState.relevantSettings(of: observed.links)) {
            settings[setting.name] = setting.value
        }
        return NetworkState(observed, settings: settings, localRoutes: try readLocalRoutes())
    }

    /// What it would be with other rules.
    mutating func networkState(with desired: DesiredState) throws -> NetworkState {
        let observed = try readState(sysctls: desired.sysctls.map(\.name))
        let changes = difference(desired: desired, observed: observed).changes
        return try networkState().applying(changes, desired: desired.firewall)
    }

    /// Makes the kernel have this.
    mutating func apply(_ desired: DesiredState) throws {
        let observed = try readState(sysctls: desired.sysctls.map(\.name))
        let changes = difference(desired: desired, observed: observed).changes
        for sysctl in changes.sysctls { try writeSysctl(sysctl.name, value: sysctl.new) }
        if let firewall = changes.firewall {
            var transaction = try FirewallTransaction(firewall)
            try commit(&transaction, ifGeneration: observed.generation)
        }
        try perform(changes.routes)
        try perform(changes.routingRules)
    }
}

/// What rules mean for the kernel; nothing where they are not legal.
func desired(_ text: String) throws -> DesiredState? {
    let result = RuleFileCompiler.compile(text: text)
    return try result.ruleset.map { try lower($0).state }
}
