import Synchronization

/// Whether this process has changed something that stands. Its exit status says so even where its output could not be written.
enum Deed {
    private static let done = Mutex(false)

    static var isDone: Bool { done.withLock { $0 } }

    static func note() {
        done.withLock { $0 = true }
    }
}
