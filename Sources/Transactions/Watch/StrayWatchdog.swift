import CLinux
import Glibc
import Netlink
public import SystemPackage

/// A watchdog of a change that is not in its state directory any more: the directory was removed, moved or covered by a mount. It rolls the
/// change back at the deadline, and nobody can confirm it.
public struct StrayWatchdog: Hashable, Sendable {
    /// The process.
    public let process: Int32
    /// The change that it watches over.
    public let change: Int
    /// The state directory, as it was called when the change was made.
    public let directory: FilePath

    /// Looks for one in a network namespace, among the processes of this user and root.
    /// - Parameters:
    ///   - directory: The state directory, from the root.
    ///   - last: The last change that the directory knows of; 0 if it knows of none.
    ///   - namespace: Descriptor of the namespace.
    static func find(of directory: FilePath, after last: Int, in namespace: Int32) -> StrayWatchdog? {
        guard let space = FileOnDevice(descriptor: namespace) else { return nil }
        for name in (try? directoryNames("/proc")) ?? [] {
            guard let process = Int32(name), let watchdog = StrayWatchdog(process: process),
                watchdog.directory == directory, watchdog.change > last, watchdog.isIn(space)
            else { continue }
            return watchdog
        }
        return nil
    }

    /// Lets this process, a watchdog, count for nothing: it has rolled back, and has only to write that down.
    static func noteRollback() {
        _ = linux_name_thread(nameAfterRollback)
    }

    private static let nameAfterRollback = "weir-done"

    private init?(process: Int32) {
        var status = stat()
        guard lstat("/proc/\(process)", &status) == 0, status.st_uid == geteuid() || status.st_uid == 0,
            let text = try? textOfKernel(FilePath("/proc/\(process)/cmdline")),
            let name = try? textOfKernel(FilePath("/proc/\(process)/comm")), name != "\(Self.nameAfterRollback)\n"
        else { return nil }
        let words = text.split(separator: "\0").map(String.init)
        // As `WatchdogProcess.arguments` makes them.
        guard words.count > 4, words[1] == "watchdog", words[2] == "--state-dir",
            let change = words.last.flatMap({ Int($0) })
        else { return nil }
        self.process = process
        self.change = change
        directory = FilePath(words[3])
    }

    private func isIn(_ space: FileOnDevice) -> Bool {
        let places = ["/proc/\(process)/fd/\(WatchdogProcess.namespaceDescriptor)", "/proc/\(process)/ns/net"]
        return places.contains { FileOnDevice(FilePath($0)) == space }
    }
}

extension StateStore {
    /// A watchdog of a change that this directory knows nothing of.
    /// - Parameter isExpected: Whether a command says that a change waits. If not, a directory that knows of generations is taken for the one
    ///   that all changes were made with: to look through the processes takes long on some hosts.
    func strayWatchdog(in namespace: Int32, isExpected: Bool) throws(StoreError) -> StrayWatchdog? {
        guard try changesUnderWay().isEmpty else { return nil }
        let last = try (generationNumbers() + numbersOfFailures()).max() ?? 0
        guard last == 0 || isExpected else { return nil }
        return StrayWatchdog.find(of: directory, after: last, in: namespace)
    }
}
