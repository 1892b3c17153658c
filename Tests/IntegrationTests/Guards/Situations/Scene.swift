import Glibc
import TestSupport

/// A host with an ssh server and the one who logs in to it from elsewhere, and the network between them. The host is the namespace of
/// the calling thread.
final class Scene {
    let lab = Lab()
    let family: Family
    let host: Host
    let admin: Host
    /// All other hosts.
    private(set) var others: [Host] = []
    /// What keeps running as long as the scene.
    private var helpers: [KeptProcess] = []

    /// The address and the port that the one who logs in asks for.
    var door: String
    var doorPort = 22
    /// The address that the host's end of the connection has, and the peer's.
    var local: String
    var peer: String
    /// The interface that the packets come in by, and another one.
    var interface = "eth0"
    var otherInterface = "eth1"
    /// Whether another program listens for the server.
    var isActivated = false

    init(_ family: Family) throws {
        self.family = family
        host = try lab.here("host")
        admin = try lab.host("admin")
        (door, local, peer) = (family.host, family.host, family.admin)
    }

    /// Adds a host.
    func add(_ name: String) throws -> Host {
        let other = try lab.host(name)
        others.append(other)
        return other
    }

    /// Keeps a program running.
    func keep(_ process: consuming BackgroundProcess) {
        helpers.append(KeptProcess(process))
    }

    /// One cable, with nobody between.
    func connectDirectly() throws {
        try lab.link(
            host.port("eth0", family.withLength(family.host)),
            admin.port("eth0", family.withLength(family.router))
        )
        peer = family.router
    }

    /// Two cables to a router, and the one who logs in beyond that. The default route leads over the first cable.
    @discardableResult
    func connectByRouter(defaultRoute: Bool = true) throws -> Host {
        let router = try add("router")
        router.forward()
        try lab.link(
            host.port("eth0", family.withLength(family.host)),
            router.port("eth0", family.withLength(family.router))
        )
        try lab.link(
            host.port("eth1", family.withLength(family.otherHost)),
            router.port("eth1", family.withLength(family.otherRouter))
        )
        try lab.link(
            router.port("eth2", family.withLength(family.adminRouter)),
            admin.port("eth0", family.withLength(family.admin))
        )
        try admin.route("default", via: family.adminRouter)
        if defaultRoute { try host.route("default", via: family.router) }
        return router
    }

    /// Runs commands of ip(8) on the host, or another one.
    func ip(_ commands: String..., on other: Host? = nil) throws {
        try (other ?? host).outputOf(
            "ip",
            family.option,
            "-batch",
            "-",
            input: commands.joined(separator: "\n") + "\n"
        )
    }

    /// Writes settings of the kernel.
    func set(_ settings: String..., on other: Host? = nil) throws {
        for setting in settings {
            let words = setting.split(separator: "=").map(String.init)
            let path = "/proc/sys/" + words[0].replacing(".", with: "/")
            try (other ?? host).perform { try writeSetting(path, words[1]) }
        }
    }

    /// Makes all hosts forget who their neighbours are, as time does.
    func forgetNeighbours() throws {
        for host in [host, admin] + others {
            try host.outputOf("ip", "-4", "neigh", "flush", "all")
            try host.outputOf("ip", "-6", "neigh", "flush", "all")
        }
    }

    /// Ends all that runs on the hosts of the scene: servers of sessions that were cut know nothing of it and would wait for ever.
    func endAll() {
        helpers = []
        let namespaces = ([host, admin] + others).map { host in host.perform { Self.namespace("thread-self") } }
        let own = getpid()
        for name in directoryContents("/proc") {
            guard let number = Int32(name), number != own, namespaces.contains(Self.namespace(name)) else { continue }
            kill(number, SIGKILL)
        }
    }

    private static func namespace(_ process: String) -> ino_t {
        var information = stat()
        return stat("/proc/\(process)/ns/net", &information) == 0 ? information.st_ino : 0
    }
}

/// Writes a file below /proc/sys.
private func writeSetting(_ path: String, _ value: String) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SettingFailure(path: path) }
    defer { close(descriptor) }
    guard write(descriptor, value, value.utf8.count) == value.utf8.count else { throw SettingFailure(path: path) }
}

private struct SettingFailure: Error, CustomStringConvertible {
    var path: String
    var reason = String(cString: strerror(errno))
    var description: String { "\(path): \(reason)" }
}
