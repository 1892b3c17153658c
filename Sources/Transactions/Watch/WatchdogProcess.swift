import Glibc
import SystemPackage

/// Starts watchdogs that nothing takes along when it ends: no terminal, no session, no process group.
struct WatchdogProcess {
    /// The state directory, from the root.
    let store: FilePath
    /// The number of the change.
    let number: Int

    /// The descriptor on which a watchdog that was started directly says that it is ready.
    static let readyDescriptor: Int32 = 3
    /// The descriptor of the network namespace of such a watchdog.
    static let namespaceDescriptor: Int32 = 4
    /// What a watchdog says when it is ready; anything else is why it is not.
    static let ready = "ready\n"

    /// How long a watchdog may take to get ready, in milliseconds.
    private static let patience: UInt64 = 20_000

    /// The arguments of the program that is the watchdog.
    func arguments(isService: Bool) -> [String] {
        ["watchdog", "--state-dir", store.string] + (isService ? ["--service"] : []) + ["\(number)"]
    }

    /// Starts a watchdog and waits until it is ready: as a service where there can be one, otherwise as a process.
    /// - Parameters:
    ///   - namespace: Descriptor of the network namespace.
    ///   - isFirstNamespace: Whether it is that of the system's first process.
    func start(inNamespace namespace: Int32, isFirstNamespace: Bool) throws(WatchdogError) {
        guard TransientService.isAvailable(isFirstNamespace: isFirstNamespace) else {
            return try startProcess(inNamespace: namespace)
        }
        do throws(WatchdogError) {
            try startService()
        } catch {
            // A systemd that cannot be reached must not keep a change from being made: a process is not as good, yet good.
            try startProcess(inNamespace: namespace)
        }
    }

    private func startProcess(inNamespace namespace: Int32) throws(WatchdogError) {
        let process = try DetachedProcess(
            "/proc/self/exe",
            ["weir"] + arguments(isService: false),
            outputDescriptor: Int(Self.readyDescriptor),
            further: [namespace]
        )
        let answer = process.answer(isLine: true, patience: Self.patience)
        guard answer == Self.ready else {
            // One that is late must not watch over a change that is not made.
            process.end()
            throw .notReady(reason: answer.map { $0.isEmpty ? "it ended" : $0 } ?? "it took too long")
        }
        process.release()
    }

    private func startService() throws(WatchdogError) {
        guard let real = realpath("/proc/self/exe", nil) else {
            throw .system(operation: "find the program", errno: Errno(rawValue: errno))
        }
        defer { free(real) }
        let program = FilePath(platformString: real)
        let command = TransientService(program: program, watchdog: self).command
        let starter = try DetachedProcess("/usr/bin/systemd-run", command, outputDescriptor: 2)
        guard let answer = starter.answer(isLine: false, patience: Self.patience + 5000) else {
            starter.end()
            throw .notReady(reason: "systemd-run took too long")
        }
        guard starter.finish() else { throw .notReady(reason: answer) }
    }
}
