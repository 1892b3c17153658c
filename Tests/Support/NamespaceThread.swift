import CLinux
import Glibc
import Synchronization

/// A thread inside a network namespace of its own, and everything a test wants to do there.
///
/// The kernel frees the namespace when the thread, the processes started by it and the sockets opened on it are gone, so
/// nothing is left behind even if the tests crash.
public final class NamespaceThread: TaskExecutor {
    private let mailbox: Mailbox
    /// The kernel's number of the thread.
    public let threadID: Int32

    /// Where the thread lives.
    public enum Place: Sendable {
        /// A new namespace in which only `lo` exists, and is up.
        case fresh
        /// The namespace that the calling thread is in.
        case sameAsCaller
    }

    /// Starts the thread and waits until it is in its namespace.
    public init(_ place: Place = .fresh) throws(NamespaceFailure) {
        mailbox = Mailbox()
        threadID = try mailbox.start(place)
    }

    deinit {
        mailbox.close()
    }

    fileprivate static let threads = Mutex<Set<Int32>>([])

    /// Whether the calling thread is one of these. The namespace alone does not say so: the threads that run other tests may have been
    /// started by such a thread, and are in its namespace then.
    static var isCurrent: Bool {
        threads.withLock { $0.contains(linux_gettid()) }
    }

    /// Path of the namespace file, for `nsenter --net=` and `ip link set ... netns`.
    public var path: String {
        "/proc/\(getpid())/task/\(threadID)/ns/net"
    }

    /// Runs a closure on the thread and waits for it; on the thread itself it simply runs.
    public func perform<Success: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Success
    ) throws(Failure) -> Success {
        if linux_gettid() == threadID { return try body() }
        let outcome = mailbox.performAndWait { () -> Result<Success, Failure> in
            do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// Takes a job of a task that prefers this thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        mailbox.post {
            job.runSynchronously(on: executor)
            withExtendedLifetime(self) {}
        }
    }
}

/// Why there is no namespace to test in.
public struct NamespaceFailure: Error, CustomStringConvertible {
    /// What failed.
    public let operation: String
    /// The error number.
    public let errno: Int32

    /// What failed, why, and what to do about it.
    public var description: String {
        let reason = "\(operation): \(String(cString: strerror(errno)))"
        guard errno == EPERM else { return reason }
        return reason
            + "; these tests make network namespaces: run them as root, or under 'unshare --map-root-user --net'"
    }
}

/// The work of one thread, in order; safe to use from every thread because a mutex guards all of it.
private final class Mailbox: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var work: [() -> Void] = []
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    func post(_ body: @escaping () -> Void) {
        locked {
            guard !isClosed else { fatalError("a task outlived its network namespace") }
            work.append(body)
            pthread_cond_broadcast(condition)
        }
    }

    func performAndWait<Value>(_ body: @escaping () -> Value) -> Value {
        var value: Value?
        post { [self] in
            let result = body()
            locked {
                value = result
                pthread_cond_broadcast(condition)
            }
        }
        return locked {
            while true {
                if let value { return value }
                pthread_cond_wait(condition, mutex)
            }
        }
    }

    /// Ends the thread after the work that is already there.
    func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(condition)
        }
    }

    /// The work of a thread that has all capabilities and starts the others.
    private static let starter: Mailbox = {
        let starter = Mailbox()
        guard starter.startThread() == 0 else { fatalError("no thread can be started") }
        return starter
    }()

    /// - Returns: An error number, or 0.
    private func startThread() -> Int32 {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let status = pthread_create(&thread, nil, runMailbox, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            return status
        }
        pthread_detach(thread)
        return 0
    }

    func start(_ place: NamespaceThread.Place) throws(NamespaceFailure) -> Int32 {
        var descriptor: Int32 = -1
        if case .sameAsCaller = place {
            descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw NamespaceFailure(operation: "open the caller's namespace", errno: errno)
            }
        }
        // A thread inherits what the one that starts it has lost.
        let status = Mailbox.starter.performAndWait { self.startThread() }
        guard status == 0 else { throw NamespaceFailure(operation: "start a thread", errno: status) }
        let entered = performAndWait { () -> Result<Int32, NamespaceFailure> in
            defer { if descriptor >= 0 { Glibc.close(descriptor) } }
            do throws(NamespaceFailure) {
                try enterNamespace(descriptor)
                let threadID = linux_gettid()
                _ = NamespaceThread.threads.withLock { $0.insert(threadID) }
                return .success(threadID)
            } catch {
                return .failure(error)
            }
        }
        do throws(NamespaceFailure) {
            return try entered.get()
        } catch {
            close()
            throw error
        }
    }

    func loop() {
        while true {
            let next: (() -> Void)? = locked {
                while work.isEmpty {
                    if isClosed { return nil }
                    pthread_cond_wait(condition, mutex)
                }
                return work.removeFirst()
            }
            guard let next else {
                _ = NamespaceThread.threads.withLock { $0.remove(linux_gettid()) }
                return
            }
            next()
        }
    }
}

private func runMailbox(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Mailbox>.fromOpaque(argument).takeRetainedValue().loop()
    return nil
}

/// Moves the calling thread into a new namespace, or into the one that the descriptor refers to.
private func enterNamespace(_ descriptor: Int32) throws(NamespaceFailure) {
    if descriptor >= 0 {
        guard linux_setns(descriptor, Int32(LINUX_NETWORK_NAMESPACE)) == 0 else {
            throw NamespaceFailure(operation: "enter a network namespace", errno: errno)
        }
        return
    }
    guard linux_unshare(Int32(LINUX_NETWORK_NAMESPACE)) == 0 else {
        throw NamespaceFailure(operation: "make a network namespace", errno: errno)
    }
    try bringUpLoopback()
}

/// `ip link set lo up`.
private func bringUpLoopback() throws(NamespaceFailure) {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw NamespaceFailure(operation: "open a socket", errno: errno) }
    defer { close(descriptor) }
    var request = ifreq()
    withUnsafeMutableBytes(of: &request.ifr_ifrn) { $0.copyBytes(from: "lo".utf8) }
    request.ifr_ifru.ifru_flags = Int16(IFF_UP)
    guard ioctl(descriptor, UInt(SIOCSIFFLAGS), &request) == 0 else {
        throw NamespaceFailure(operation: "bring lo up", errno: errno)
    }
}
