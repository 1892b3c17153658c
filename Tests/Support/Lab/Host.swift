import Glibc
import Synchronization

/// A host of a test's network: a network namespace and what happens in it.
public final class Host: Sendable {
    /// The host's name in the test.
    public let name: String
    let thread: NamespaceThread
    private let servers = Mutex<[Server]>([])

    init(_ name: String, _ place: NamespaceThread.Place) throws {
        self.name = name
        thread = try NamespaceThread(place)
        let controls = Self.controls
        thread.perform {
            for (path, value) in controls { setSystemControl(path, value) }
        }
    }

    /// What would make tests slow or dependent on the machine: duplicate address detection, limits on ICMP errors, reverse path
    /// filters of the machine's configuration.
    private static let controls = [
        ("net/ipv6/conf/all/accept_dad", "0"),
        ("net/ipv6/conf/default/accept_dad", "0"),
        ("net/ipv6/conf/all/disable_ipv6", "0"),
        ("net/ipv6/conf/default/disable_ipv6", "0"),
        ("net/ipv4/conf/all/rp_filter", "0"),
        ("net/ipv4/conf/default/rp_filter", "0"),
        ("net/ipv4/icmp_ratelimit", "0"),
        ("net/ipv4/icmp_msgs_per_sec", "100000"),
        ("net/ipv4/icmp_msgs_burst", "100000"),
        ("net/ipv6/icmp/ratelimit", "0"),
    ]

    /// Path of the host's namespace file, for `nsenter --net=` and the program's `--netns`.
    public var namespacePath: String { thread.path }

    /// Runs a closure inside the host's namespace and waits for it.
    public func perform<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) throws(Failure) -> Success {
        try thread.perform(body)
    }

    /// Runs a program on the host; see the function of the same name.
    public func run(
        _ command: String...,
        input: String = "",
        timeout seconds: Double = 120
    ) throws(ProcessFailure) -> ProcessResult {
        try thread.perform { () throws(ProcessFailure) in
            try TestSupport.run(command, input: Array(input.utf8), timeout: seconds)
        }
    }

    /// Runs a program on the host that has to succeed and returns what it wrote.
    @discardableResult
    public func outputOf(
        _ command: String...,
        input: String = "",
        timeout seconds: Double = 120
    ) throws(ProcessFailure) -> String {
        try thread.perform { () throws(ProcessFailure) in
            try TestSupport.run(command, input: Array(input.utf8), timeout: seconds).succeeded().output
        }
    }

    /// Starts a program on the host; it is killed at the end of the value's life.
    public func start(_ command: String..., input: String = "") throws(ProcessFailure) -> BackgroundProcess {
        let started = Started()
        try thread.perform { () throws(ProcessFailure) in
            started.process = try BackgroundProcess(command, input: Array(input.utf8))
        }
        guard let process = started.take() else { fatalError("the process was started but is not there") }
        return process
    }

    /// Makes the host a router: it forwards packets of both families.
    public func forward() {
        thread.perform {
            setSystemControl("net/ipv4/ip_forward", "1")
            setSystemControl("net/ipv6/conf/all/forwarding", "1")
        }
    }

    /// Adds a route, to `default` or a prefix, via a router.
    public func route(_ destination: String, via gateway: String) throws(ProcessFailure) {
        let family = gateway.utf8.contains(UInt8(ascii: ":")) ? "-6" : "-4"
        try outputOf("ip", family, "route", "add", destination, "via", gateway)
    }

    /// Names an end of a cable: an interface of this host with its addresses.
    public func port(_ interface: String, _ addresses: String...) -> Port {
        Port(host: self, interface: interface, addresses: addresses)
    }

    /// Opens a socket in the host's namespace.
    func socket(_ family: Int32, _ kind: __socket_type, _ number: Int32 = 0) throws(NetworkFailure) -> TestSocket {
        let kind = kind.rawValue
        return try thread.perform { () throws(NetworkFailure) in
            try TestSocket(family, __socket_type(rawValue: kind), number)
        }
    }

    /// Keeps a server running as long as the host exists.
    func keep(_ server: Server) {
        servers.withLock { $0.append(server) }
    }

    /// Carries a process from the thread that starts it to the one that waits.
    private final class Started: @unchecked Sendable {
        var process: BackgroundProcess?

        func take() -> BackgroundProcess? {
            process.take()
        }
    }
}

/// Writes a file under `/proc/sys`; a control that this kernel does not have in a namespace stays as it is.
private func setSystemControl(_ path: String, _ value: String) {
    let descriptor = open("/proc/sys/\(path)", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = write(descriptor, value, value.utf8.count)
    close(descriptor)
}
