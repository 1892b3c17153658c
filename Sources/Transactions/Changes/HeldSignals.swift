import Glibc

/// Keeps the signals that ask the program to end waiting while the kernel is being changed.
struct HeldSignals: ~Copyable {
    private var former = sigset_t()

    init() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP] { sigaddset(&signals, signal) }
        pthread_sigmask(SIG_BLOCK, &signals, &former)
    }

    /// Lets them come.
    func release() {
        var former = former
        pthread_sigmask(SIG_SETMASK, &former, nil)
    }
}
