import Glibc
import Synchronization

/// Tells a person at a terminal what takes so long, once it has taken longer than a second.
///
/// It is one line of standard error that is written over each second and taken away before anything else is written. Programs and files
/// get nothing of it.
final class Progress: Sendable {
    static let shared = Progress()

    /// What a command is busy with.
    enum Stage: String {
        case rules = "reading the rules"
        case comparison = "comparing with the kernel"
        case change = "making the change and reading it back"
    }

    private struct State {
        var stage: Stage?
        /// When the stage began, in seconds of the monotonic clock.
        var start = 0
        /// When something was written last.
        var lastOutput = 0
        /// How many seconds the line says; nil if there is no line.
        var shown: Int?
        var hasThread = false
    }

    private let state = Mutex(State())

    /// How long a command may take before it says something, in seconds.
    private static let patience = 1
    /// How often the thread looks at the clock, in microseconds.
    private static let interval: UInt32 = 100_000

    /// Whether a person sees standard error, on a terminal that can take a line away. Standard output that is a pipe may lead to a pager, which
    /// has the terminal for itself.
    private static let isSeen =
        isatty(STDERR_FILENO) == 1 && !isPipe(STDOUT_FILENO) && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Begins a stage, which ends the one before.
    func begin(_ stage: Stage) {
        guard Self.isSeen else { return }
        state.withLock { state in
            takeAway(&state)
            (state.stage, state.start) = (stage, Self.now)
            state.hasThread = state.hasThread || startThread()
        }
    }

    /// Ends the stage: a person is asked now, or all is done.
    func end() {
        state.withLock { state in
            takeAway(&state)
            state.stage = nil
        }
    }

    /// Makes room for something that is about to be written.
    func giveWay() {
        state.withLock { state in
            guard state.stage != nil else { return }
            takeAway(&state)
            state.lastOutput = Self.now
        }
    }

    private func takeAway(_ state: inout State) {
        if state.shown != nil { Self.write("\r\u{1b}[K") }
        state.shown = nil
    }

    private func tick() {
        state.withLock { state in
            guard let stage = state.stage else { return }
            let now = Self.now
            let seconds = now - state.start
            guard seconds > Self.patience, now - state.lastOutput > Self.patience, seconds != state.shown else {
                return
            }
            takeAway(&state)
            Self.write("weir: \(stage.rawValue), \(seconds) s")
            state.shown = seconds
        }
    }

    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    /// What cannot be written is not missed.
    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Starts the thread that looks at the clock. No signal reaches it: those are for others to hear.
    private func startThread() -> Bool {
        var (all, former) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { _ in Progress.run() }, nil) == 0 else { return false }
        pthread_detach(thread)
        return true
    }

    private static func run() -> Never {
        while true {
            usleep(interval)
            shared.tick()
        }
    }
}
