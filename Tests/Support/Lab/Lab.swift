import Synchronization

/// A network of hosts joined by virtual cables, each host a network namespace.
///
/// The hosts live as long as the lab. Nothing has a name outside the test and nothing outlives it.
public final class Lab: Sendable {
    private let hosts = Mutex<[String: Host]>([:])

    /// Makes an empty lab.
    public init() {}

    /// Adds a host: a new namespace in which only `lo` exists, and is up.
    public func host(_ name: String) throws -> Host {
        add(try Host(name, .fresh))
    }

    /// Adds the namespace of the calling thread as a host: the place where the test itself and the code under test run.
    public func here(_ name: String) throws -> Host {
        add(try Host(name, .sameAsCaller))
    }

    private func add(_ host: Host) -> Host {
        hosts.withLock { $0[host.name] = host }
        return host
    }

    /// Joins two hosts with a cable (a pair of `veth` interfaces), up, with their addresses.
    public func link(_ one: Port, _ other: Port) throws {
        try one.host.outputOf(
            "ip",
            "link",
            "add",
            one.interface,
            "type",
            "veth",
            "peer",
            "name",
            other.interface,
            "netns",
            other.host.namespacePath
        )
        for port in [one, other] {
            var commands = port.addresses.map { address in
                let isIPv6 = address.utf8.contains(UInt8(ascii: ":"))
                return "address add \(address) dev \(port.interface)\(isIPv6 ? " nodad" : "")"
            }
            commands.append("link set \(port.interface) up")
            try port.host.outputOf("ip", "-batch", "-", input: commands.joined(separator: "\n") + "\n")
        }
        try one.waitUntilReady()
        try other.waitUntilReady()
    }
}
