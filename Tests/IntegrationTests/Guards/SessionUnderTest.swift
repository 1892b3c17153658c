import TestSupport
import Testing

/// A host that is looked after over the network: the test's own namespace, with a connection to its port 22 that carries bytes.
struct SessionUnderTest {
    let lab = Lab()
    let host: Host
    let admin: Host
    private let listener: TCPListener
    private let client: TCPStream
    private let server: TCPStream

    static let port: UInt16 = 22

    /// - Parameter isFar: Whether the peer has an address that no network of the host's has; the host does not know the way there yet.
    init(isFar: Bool = false) throws {
        host = try lab.here("host")
        admin = try lab.host("admin")
        try lab.link(
            host.port("eth0", "192.0.2.1/24", "2001:db8::1/64"),
            admin.port("eth0", "192.0.2.2/24", "2001:db8::2/64")
        )
        try lab.link(host.port("eth1", "198.51.100.1/24"), admin.port("eth1", "198.51.100.2/24"))
        if isFar {
            try admin.outputOf("ip", "address", "add", "203.0.113.7/32", "dev", "lo")
            try admin.outputOf("ip", "route", "change", "192.0.2.0/24", "dev", "eth0", "src", "203.0.113.7")
            try host.outputOf("ip", "route", "add", "203.0.113.7/32", "via", "192.0.2.2")
        }
        listener = try host.listenTCP(port: Self.port)
        client = try #require(try admin.openTCP(to: "192.0.2.1", port: Self.port, within: 5))
        if isFar { try host.outputOf("ip", "route", "del", "203.0.113.7/32") }
        server = try #require(listener.accept(within: 5))
    }

    /// Makes the host such: each line is the arguments of ip(8), or a setting, `NAME=VALUE`.
    func make(_ commands: [String]) throws {
        for command in commands {
            if let equals = command.firstIndex(of: "=") {
                let path = "/proc/sys/" + command[..<equals].replacing(".", with: "/")
                try writeFile(Array(command[command.index(after: equals)...].utf8), to: path)
            } else {
                try TestSupport.run(["ip"] + command.split(separator: " ").map(String.init)).succeeded()
            }
        }
    }

    /// What sshd would put into `SSH_CONNECTION`.
    var variable: String { "\(server.peer.address) \(server.peer.port) \(server.local.address) \(server.local.port)" }

    /// Whether what is typed gets there, and the echo back.
    func carries(within seconds: Double = 5) -> Bool {
        client.send("x") && server.receive(within: seconds)?.isEmpty == false && server.send("y")
            && client.receive(within: seconds)?.isEmpty == false
    }

    /// Whether one can log in again.
    func canBeOpenedAgain(within seconds: Double = 5) throws -> Bool {
        guard let again = try admin.openTCP(to: "192.0.2.1", port: Self.port, within: seconds) else { return false }
        var accepted = listener.accept(within: seconds)
        while let other = accepted, other.peer.port != again.local.port { accepted = listener.accept(within: seconds) }
        return accepted != nil
    }

    /// Hands a program that runs in the session to the closure.
    func withWeir(_ body: (Weir) throws -> Void) throws {
        try TestSupport.withWeir { weir in
            var weir = weir
            weir.session = variable
            try body(weir)
        }
    }
}
