import Diagnostics
import KernelObjects
import KernelState
import Netlink
import RulesetCompiler
import SystemPackage
import Transactions

extension KernelOptions {
    /// How long to wait for another Weir.
    var lockDuration: Duration {
        .seconds(lockTimeout)
    }

    /// Opens the way to the kernel and the directory that remembers changes. A change that was interrupted is told of on standard error
    /// when it has been finished.
    func openSession(_ terminal: Terminal) throws -> Session {
        try openSession(terminal) { recovery in
            for line in RecoveryText.lines(recovery) { terminal.complain(line) }
        }
    }

    /// Opens the way to the kernel and the directory that remembers changes.
    /// - Parameter recovered: Is told what became of a change that had been interrupted.
    func openSession(_ terminal: Terminal, recovered: @escaping (Recovery) -> Void) throws -> Session {
        try explainingFailures(terminal) { () throws(KernelStateError) in
            let connection = try connect()
            let store = try store(of: connection)
            return try Session(connection, store: store, program: WeirCommand.version) { recovery in
                Deed.note()
                recovered(recovery)
            }
        }
    }

    /// Whether a rule file is known to be in effect: then it need not be read by the compiler. What keeps this from being known is said by
    /// whoever looks for the answer properly.
    func hasInEffect(_ file: String, isForChange: Bool) -> Bool {
        guard file != "-" else { return false }
        do throws(KernelStateError) {
            let connection = try connect()
            let store = try store(of: connection)
            var session = try Session(connection, store: store, program: WeirCommand.version, startsWatchdogs: false)
            return session.isInEffect(file, isForChange: isForChange) { name in
                // A pipe could be read only once, and the compiler has to.
                try? SystemFileLoader().read(named: FilePath(name), limit: SourceFile.maximumSize + 1).bytes
            }
        } catch {
            return false
        }
    }

    /// The directory that remembers changes; only its name depends on the kernel.
    func store(_ terminal: Terminal) throws -> StateStore {
        try explainingFailures(terminal) { () throws(KernelStateError) in
            // Whether the process that makes a change still lives is read there.
            try Self.wantProcesses()
            if let stateDirectory { return StateStore(directory: FilePath(stateDirectory)) }
            return try store(of: connect())
        }
    }

    /// The directory that remembers changes of the namespace of a connection.
    func store(of connection: borrowing KernelConnection) throws(KernelStateError) -> StateStore {
        if let stateDirectory { return StateStore(directory: FilePath(stateDirectory)) }
        return try StateStore.standard(for: connection)
    }

    /// Reads the kernel.
    func observe(_ terminal: Terminal) throws -> ObservedState {
        try explainingFailures(terminal) { () throws(KernelStateError) in
            var connection = try connect()
            return try connection.readState(sysctls: [])
        }
    }

    /// How long to wait for another Weir where a deadline is about to pass.
    var patientLockDuration: Duration {
        max(lockDuration, .seconds(10))
    }

    /// Opens the way to the kernel.
    func connect() throws(KernelStateError) -> KernelConnection {
        try KernelConnection(namespace())
    }

    /// Runs a closure in the network namespace that is meant.
    func performInNamespace<Success: Sendable>(
        _ body: @escaping @Sendable () -> Success
    ) throws(KernelStateError) -> Success {
        let namespace = try namespace()
        do throws(NetlinkError) {
            return try namespace.perform(body)
        } catch {
            throw KernelStateError(.connect, .system, errno: error.errno, message: error.message)
        }
    }

    /// What is not in `/proc` would be taken for not there: settings, processes, rules of iptables-legacy.
    private static func wantProcesses() throws(KernelStateError) {
        guard !ProcessStatus.areReadable else { return }
        throw KernelStateError(.connect, .system, errno: .noSuchFileOrDirectory, message: "/proc is not mounted")
    }

    private func namespace() throws(KernelStateError) -> NetworkNamespace {
        try Self.wantProcesses()
        do throws(NetlinkError) {
            guard let netns else { return try NetworkNamespace() }
            return
                try netns.utf8.contains(UInt8(ascii: "/"))
                ? NetworkNamespace(path: FilePath(netns)) : NetworkNamespace(named: netns)
        } catch {
            let name = netns.map { "network namespace '\($0)'" + Self.others(than: $0) }
            throw KernelStateError(.connect, .system, errno: error.errno, message: name)
        }
    }

    /// Which namespaces have names, for one that has none.
    private static func others(than name: String) -> String {
        guard !name.utf8.contains(UInt8(ascii: "/")) else { return "" }
        let names = CompletionWords.names(in: CompletionWords.namespaceDirectory)
        guard !names.isEmpty else { return "; no namespace has a name: 'ip netns add' gives one" }
        let more = names.count > mostNamespaces ? " and \(names.count - mostNamespaces) more" : ""
        return "; there are " + names.prefix(mostNamespaces).joined(separator: ", ") + more
    }

    /// How many namespaces are named at most.
    private static let mostNamespaces = 12
}

/// Runs something, and turns its failure into words on standard error and an exit status.
func explainingFailures<Success: ~Copyable>(
    _ terminal: Terminal,
    _ body: () throws(KernelStateError) -> Success
) throws -> Success {
    do throws(KernelStateError) {
        return try body()
    } catch {
        terminal.complain("weir: \(error)")
        throw FailureReporter.status(error)
    }
}

/// Runs something, and turns its failure into words on standard error and an exit status.
func explainingFailures<Success>(
    _ terminal: Terminal,
    _ body: () throws(StoreError) -> Success
) throws -> Success {
    do throws(StoreError) {
        return try body()
    } catch {
        for line in FailureReporter.lines(error) { terminal.complain(line) }
        throw FailureReporter.status(error)
    }
}

/// Runs something, and turns its failure into words on standard error and an exit status.
func explainingFailures<Success>(
    _ terminal: Terminal,
    _ reporter: FailureReporter,
    _ body: () throws(TransactionError) -> Success
) throws -> Success {
    do throws(TransactionError) {
        return try body()
    } catch {
        let (lines, status) = reporter.explain(error)
        for line in lines { terminal.complain(line) }
        throw status
    }
}
