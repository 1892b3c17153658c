import TestSupport

/// A router between a client and a server, with two ways to the server, and traffic that never stops. Weir runs on the router.
final class RouterUnderLoad {
    private let client: Host
    private let router: Host
    private let server: Host

    /// Where the server is whatever way leads to it.
    static let address = "10.9.9.9"
    /// The same, by a route whose metric changes.
    static let otherAddress = "10.9.9.8"
    /// The next hops: the server's ends of two cables.
    static let hops = ["10.0.2.2", "10.0.3.2"]

    init() throws {
        let lab = Lab()
        client = try lab.host("client")
        router = try lab.here("router")
        server = try lab.host("server")
        try lab.link(client.port("eth0", "10.0.1.2/24"), router.port("lan", "10.0.1.1/24"))
        try lab.link(router.port("wan0", "10.0.2.1/24"), server.port("eth0", "10.0.2.2/24"))
        try lab.link(router.port("wan1", "10.0.3.1/24"), server.port("eth1", "10.0.3.2/24"))
        try client.route("default", via: "10.0.1.1")
        try server.route("default", via: "10.0.2.1")
        for address in [Self.address, Self.otherAddress] {
            try server.outputOf("ip", "address", "add", "\(address)/32", "dev", "lo")
        }
        router.forward()
        // A packet that waits for an answer to "who has" may be lost without anybody's rules having to do with it.
        for (host, port, neighbour) in [
            (client, "eth0", "10.0.1.1"), (router, "lan", "10.0.1.2"), (router, "wan0", "10.0.2.2"),
            (router, "wan1", "10.0.3.2"), (server, "eth0", "10.0.2.1"), (server, "eth1", "10.0.3.1"),
        ] { try Self.fix(neighbour, on: host, port) }
    }

    /// Makes what a host knows about a neighbour permanent.
    private static func fix(_ neighbour: String, on host: Host, _ port: String) throws {
        _ = try host.ping(neighbour, timeout: 5)
        let words = try host.outputOf("ip", "neighbour", "show", neighbour, "dev", port).split(separator: " ")
        guard let index = words.firstIndex(of: "lladdr"), index + 1 < words.count else {
            throw UnknownNeighbour(address: neighbour)
        }
        let hardware = String(words[index + 1])
        try host.outputOf("ip", "neighbour", "replace", neighbour, "lladdr", hardware, "dev", port, "nud", "permanent")
    }

    private struct UnknownNeighbour: Error {
        let address: String
    }

    func datagrams(to address: String = address, port: UInt16, every pause: UInt32) throws -> DatagramFlow {
        try client.flow(to: server, address, port: port, every: pause)
    }

    func stream(port: UInt16, every pause: UInt32) throws -> StreamFlow {
        try client.stream(to: server, Self.address, port: port, every: pause)
    }

    /// Whether a new connection comes about.
    func canConnect(port: UInt16) throws -> Bool {
        try client.openTCP(to: Self.address, port: port, within: 1) != nil
    }
}
