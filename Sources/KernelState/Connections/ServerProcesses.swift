import Netlink
import SystemPackage

/// The processes of the ssh servers of a host, and how far those who have connected have come.
public struct ServerProcesses: Sendable {
    /// How many did not let themselves be looked into.
    public let hiddenCount: Int
    private let stages: [UInt32: ServerProcess.Stage]

    /// Creates a list.
    /// - Parameters:
    ///   - sessions: The numbers of those processes of servers that say nothing, of which it is known that somebody is logged in.
    public init(_ processes: [ServerProcess], sessions: Set<Int32> = [], hiddenCount: Int = 0) {
        self.hiddenCount = hiddenCount
        // What an unprivileged user calls by such a name lets nobody look after the host, unless he got it from a server of root's.
        let trusted = Set(processes.lazy.filter { $0.user == 0 }.flatMap(\.sockets))
        var stages: [UInt32: ServerProcess.Stage] = [:]
        for process in processes {
            var stage = process.stage
            if process.name == ServerProcess.dropbear {
                stage = sessions.contains(process.process) ? .session : .beforeLogin
            }
            for socket in process.sockets where trusted.contains(socket) {
                stages[socket] = stages[socket].map { Self.joined($0, stage) } ?? stage
            }
        }
        self.stages = stages
    }

    /// What several processes show that hold the same socket.
    private static func joined(_ one: ServerProcess.Stage, _ other: ServerProcess.Stage) -> ServerProcess.Stage {
        if one == .session || other == .session { return .session }
        return one == .beforeLogin || other == .beforeLogin ? .beforeLogin : .unknown
    }

    /// How far the connection of a socket has come; nil if no server holds it.
    public func stage(ofSocket inode: UInt32) -> ServerProcess.Stage? {
        stages[inode]
    }

    // MARK: Reading

    /// How long dropbear(8) lets somebody take to log in (`AUTH_TIMEOUT`), in clock ticks; who is there longer is logged in.
    private static let longestLogin: UInt64 = 300 * 100

    /// Looks for them.
    public static func read() throws(KernelStateError) -> ServerProcesses {
        let all: [ProcessFiles]
        do throws(Errno) {
            all = try ProcessFiles.all()
        } catch {
            throw KernelStateError(.readSockets, .system, errno: error, message: "/proc")
        }
        var found: [ServerProcess] = []
        var hiddenCount = 0
        for files in all {
            guard let name = files.name, ServerProcess.isServer(name) else { continue }
            if let process = ServerProcess(files, named: name) {
                found.append(process)
            } else if files.name != nil {
                hiddenCount += 1
            }
        }
        let silent = Set(found.filter { $0.name == ServerProcess.dropbear }.map(\.process))
        let sessions = silent.isEmpty ? [] : sessions(among: silent, of: all)
        return ServerProcesses(found, sessions: sessions, hiddenCount: hiddenCount)
    }

    /// Those that have started something for their user, or that are there for longer than it may take to log in.
    private static func sessions(among processes: Set<Int32>, of all: [ProcessFiles]) -> Set<Int32> {
        var sessions: Set<Int32> = []
        let now = ProcessStatus(of: "self")?.start ?? 0
        for files in all {
            guard let status = ProcessStatus(of: "\(files.process)") else { continue }
            if processes.contains(status.parent) { sessions.insert(status.parent) }
            if processes.contains(files.process), now > status.start + longestLogin { sessions.insert(files.process) }
        }
        return sessions
    }

    /// How far a process is followed back.
    private static let mostAncestors = 64

    /// The sockets of the servers that this process was started from.
    public static func socketsOfAncestors() -> Set<UInt32> {
        var sockets: Set<UInt32> = []
        var process = "self"
        for _ in 0..<mostAncestors {
            // It may have ended meanwhile; the first process has no parent.
            guard let parent = ProcessStatus(of: process)?.parent, parent != 0 else { break }
            process = "\(parent)"
            let files = ProcessFiles(of: parent)
            if let name = files.name, ServerProcess.isServer(name) { sockets.formUnion(files.sockets ?? []) }
        }
        return sockets
    }
}
