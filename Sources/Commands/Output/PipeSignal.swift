import Glibc
import Synchronization
import SystemPackage

/// SIGPIPE, which ends most programs when the reader of their output has gone away. Weir ignores it until it has done all that it was
/// asked for, so that nothing is left half done, and then ends by it.
enum PipeSignal {
    /// Whether whoever started the program wants it to see the error instead, as systemd does.
    private static let wasIgnored = Mutex(false)

    static func ignore() {
        var former = sigaction()
        sigaction(SIGPIPE, nil, &former)
        let isIgnored = former.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
        wasIgnored.withLock { $0 = isIgnored }
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether the program ends by the signal, in silence, because of this error.
    static func meansTheEnd(_ error: Errno) -> Bool {
        error == .brokenPipe && !wasIgnored.withLock { $0 }
    }

    /// Ends the program as if the signal had not been ignored.
    static func endProcess() -> Never {
        signal(SIGPIPE, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(SIGPIPE)
        // A debugger may have taken it.
        exit(128 + SIGPIPE)
    }
}
