import Glibc

/// The system's log (syslog(3)), for what nobody is there to read.
enum SystemLog {
    /// Writes a line.
    static func write(_ line: String) {
        openlog("weir", LOG_PID, LOG_DAEMON)
        line.withCString { text in
            withVaList([text]) { vsyslog(LOG_WARNING, "%s", $0) }
        }
    }
}
