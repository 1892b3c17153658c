import CLinux
import Glibc
public import SystemPackage

/// A network namespace, held open by a descriptor.
///
/// A socket belongs for ever to the namespace of the thread that opened it. To reach another namespace a thread of its own
/// enters it, does its work and ends, so that the process never moves.
public struct NetworkNamespace: ~Copyable {
    private let descriptor: FileDescriptor

    /// What tells namespaces apart while they live: device and inode of the namespace file.
    public struct Identity: Hashable, Sendable {
        /// Device of the `nsfs` file system.
        public let device: UInt64
        /// Inode number, as in `readlink /proc/self/ns/net`.
        public let inode: UInt64
    }

    /// Opens the namespace that `ip netns add NAME` made, or, if the name has a slash, the namespace file at that path.
    public init(named name: String) throws(NetlinkError) {
        let path = name.utf8.contains(UInt8(ascii: "/")) ? FilePath(name) : FilePath("/run/netns").appending(name)
        try self.init(path: path)
    }

    /// Opens the namespace of the calling thread.
    public init() throws(NetlinkError) {
        try self.init(path: "/proc/thread-self/ns/net")
    }

    /// Opens the namespace that a file refers to, such as `/proc/1/ns/net`.
    public init(path: FilePath) throws(NetlinkError) {
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch {
            throw NetlinkError(.openNamespace, error as? Errno ?? .ioError, message: path.string)
        }
    }

    deinit {
        try? descriptor.close()
    }

    /// Its descriptor, for a program to be started in it; it is closed with this value.
    public var rawDescriptor: Int32 { descriptor.rawValue }

    /// What tells this namespace from others while it lives.
    public func identity() throws(NetlinkError) -> Identity {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw NetlinkError(.openNamespace, .last) }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Whether the calling thread is inside.
    private var isOwn: Bool {
        guard let own = try? NetworkNamespace().identity(), let identity = try? identity() else { return false }
        return own == identity
    }

    /// Runs a closure inside the namespace and waits for it: on a thread of its own, unless the calling thread is inside already.
    ///
    /// Sockets it opens and `/proc/sys/net` are the namespace's; the working directory and everything else stay shared. Only to enter
    /// another namespace takes CAP_SYS_ADMIN (setns(2)).
    public func perform<Success: Sendable>(
        _ body: @escaping @Sendable () -> Success
    ) throws(NetlinkError) -> Success {
        if isOwn { return body() }
        let errand = Errand(descriptor: descriptor.rawValue, body: body)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(errand as Runnable)
        let status = pthread_create(&thread, nil, runErrand, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            throw NetlinkError(.enterNamespace, Errno(rawValue: status))
        }
        pthread_join(thread, nil)
        guard let outcome = errand.outcome else { throw NetlinkError(.enterNamespace, .canceled) }
        return try outcome.get()
    }
}

/// Work for a thread, without its type.
private class Runnable {
    func run() {}
}

/// Work for a thread and its outcome, which is read after the thread has ended.
private final class Errand<Success: Sendable>: Runnable {
    let descriptor: Int32
    let body: @Sendable () -> Success
    var outcome: Result<Success, NetlinkError>?

    init(descriptor: Int32, body: @escaping @Sendable () -> Success) {
        self.descriptor = descriptor
        self.body = body
    }

    override func run() {
        guard linux_setns(descriptor, Int32(LINUX_NETWORK_NAMESPACE)) == 0 else {
            outcome = .failure(NetlinkError(.enterNamespace, .last))
            return
        }
        outcome = .success(body())
    }
}

private func runErrand(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Runnable>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
