import Glibc

/// The thread's `errno`; in a file of its own because the name is also that of properties here.
func lastErrorNumber() -> Int32 {
    errno
}
