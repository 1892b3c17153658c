import Glibc

/// Writes texts on a thread of its own, in order. What comes faster than it can be written is lost from a limit on, and that is told.
///
/// Safe to use from every thread because a mutex guards all that changes.
final class BackgroundWriter: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// What waits to be written.
    private var entries: [Entry] = []
    /// How many bytes wait, with those that are being written.
    private var size = 0
    private var isWriting = false
    /// How many texts were lost and are not told of yet.
    private var lost = 0
    private let loss: @Sendable (Int) -> String
    private let write: @Sendable (String) -> Int

    private enum Entry {
        case text(String)
        /// So many texts were lost here.
        case lost(Int)
    }

    /// How many bytes may wait.
    private static let mostBytes = 1 << 20
    /// How long the end of the program waits for a reader, in seconds.
    private static let patience = 1

    /// - Parameters:
    ///   - loss: A text that says how many texts were lost.
    ///   - write: Writes a text and returns how many of its bytes could be written.
    init(loss: @escaping @Sendable (Int) -> String, write: @escaping @Sendable (String) -> Int) {
        self.loss = loss
        self.write = write
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(changed)
        mutex.deallocate()
        changed.deallocate()
    }

    /// Starts the thread, which no signal reaches: those are for others to hear.
    func start() -> Bool {
        var (all, former) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        guard pthread_create(&thread, nil, runWriter, argument.toOpaque()) == 0 else {
            argument.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Hands over a text; never waits.
    func add(_ text: String) {
        locked {
            if size + text.utf8.count <= Self.mostBytes {
                entries.append(.text(text))
                size += text.utf8.count
            } else if case .lost(let count) = entries.last {
                entries[entries.count - 1] = .lost(count + 1)
            } else {
                entries.append(.lost(1))
            }
            pthread_cond_broadcast(changed)
        }
    }

    /// Waits a moment for all to be written.
    /// - Returns: Whether it was.
    func drain() -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_sec += Self.patience
        return locked {
            while isWriting || !entries.isEmpty {
                guard pthread_cond_timedwait(changed, mutex, &deadline) != ETIMEDOUT else { return false }
            }
            return lost == 0
        }
    }

    fileprivate func run() -> Never {
        var isMidLine = false
        var lost = 0
        func put(_ text: String) -> Bool {
            // What comes next must not become part of a line that could not be ended.
            let text = isMidLine ? "\n" + text : text
            let count = write(text)
            isMidLine = count < text.utf8.count && (count > 0 || isMidLine)
            return count == text.utf8.count
        }
        while true {
            let batch = take()
            for entry in batch {
                if lost > 0, put(loss(lost)) { lost = 0 }
                switch entry {
                case .lost(let count): lost += count
                case .text(let text): if lost > 0 || !put(text) { lost += 1 }
                }
            }
            if lost > 0, put(loss(lost)) { lost = 0 }
            finish(batch, lost: lost)
        }
    }

    private func take() -> [Entry] {
        locked {
            while entries.isEmpty { pthread_cond_wait(changed, mutex) }
            isWriting = true
            defer { entries = [] }
            return entries
        }
    }

    private func finish(_ batch: [Entry], lost count: Int) {
        locked {
            for case .text(let text) in batch { size -= text.utf8.count }
            lost = count
            isWriting = false
            pthread_cond_broadcast(changed)
        }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

private func runWriter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<BackgroundWriter>.fromOpaque(argument).takeRetainedValue().run()
}
