import Glibc

/// Lets time pass, where only time helps.
func pause(milliseconds: UInt32) {
    usleep(milliseconds * 1000)
}
