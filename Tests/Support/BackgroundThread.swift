import Glibc
import Synchronization

/// Work that goes on beside the test until it is asked to stop. The thread is in the process's own namespace; sockets that were opened
/// elsewhere stay where they are.
public final class BackgroundThread: Sendable {
    private let errand: Errand
    private let thread: pthread_t

    /// Starts a thread.
    /// - Parameter step: Is called again and again, until it returns false or the thread is asked to stop.
    public init(repeating step: @escaping @Sendable () -> Bool) throws(NetworkFailure) {
        errand = Errand(step)
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(errand)
        let status = pthread_create(&thread, nil, runErrand, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            throw NetworkFailure("start a thread", errno: status)
        }
        self.thread = thread
    }

    deinit {
        stop()
    }

    /// Lets the thread end after the step that it is at, and waits for that.
    public func stop() {
        errand.isStopped.withLock { $0 = true }
        finish()
    }

    /// Waits until the thread has ended by itself.
    public func finish() {
        errand.isJoined.withLock { isJoined in
            if !isJoined { pthread_join(thread, nil) }
            isJoined = true
        }
    }
}

private final class Errand: Sendable {
    let isStopped = Mutex(false)
    let isJoined = Mutex(false)
    private let step: @Sendable () -> Bool

    init(_ step: @escaping @Sendable () -> Bool) {
        self.step = step
    }

    func run() {
        while !isStopped.withLock({ $0 }), step() {}
    }
}

private func runErrand(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
