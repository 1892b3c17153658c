import CLinux
import Glibc

/// A program at a terminal of its own, the leader of a session, in the network namespace of the thread that started it. The terminal can
/// hang up, as that of an ssh session that is cut does.
public struct TerminalProcess: ~Copyable {
    /// The kernel's number of the process, its group and its session.
    public let processID: Int32
    private let command: String
    /// Readable once the process has ended.
    private let descriptor: Int32
    /// The other side of the terminal; -1 after it has hung up.
    private var terminal: Int32
    private var bytes: [UInt8] = []

    /// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2).
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    /// Starts a program; it has no environment.
    public init(_ command: [String]) throws(ProcessFailure) {
        let line = command.joined(separator: " ")
        func failure(_ reason: String) -> ProcessFailure { ProcessFailure(command: line, reason: reason) }
        guard let setpriv = Tool.find("setpriv") else {
            throw failure("setpriv is missing; apt-get install util-linux")
        }
        // As posix_openpt(3) and ptsname(3) do, yet so that programs which other threads start meanwhile do not get it.
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (number, unlocked): (UInt32, Int32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, Self.setLock, &unlocked) == 0,
            ioctl(terminal, Self.getNumber, &number) == 0
        else { throw failure("there is no terminal to be had: \(String(cString: strerror(errno)))") }
        let path = "/dev/pts/\(number)"
        // The leader of a session gets the first terminal that it opens.
        let script = "exec \(setpriv) --pdeathsig KILL -- \"$@\" <\(path) >\(path) 2>&1"
        let words = (["sh", "-c", script, "sh"] + command).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        var process: Int32 = 0
        let status = linux_spawn_detached(&process, "/bin/sh", words, [nil], [null, null, null], 3)
        guard status == 0 else {
            close(terminal)
            throw failure(String(cString: strerror(status)))
        }
        self.command = line
        self.terminal = terminal
        processID = process
        descriptor = linux_process_descriptor(process)
    }

    deinit {
        kill(processID, SIGCONT)
        kill(-processID, SIGKILL)
        kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
        close(descriptor)
        if terminal >= 0 { close(terminal) }
    }

    /// What the program has written to the terminal so far.
    public var output: String { String(decoding: bytes, as: UTF8.self) }

    /// Sends the program a signal.
    public func signal(_ number: Int32) {
        kill(processID, number)
    }

    /// Sends the process group of the program a signal.
    public func signalGroup(_ number: Int32) {
        kill(-processID, number)
    }

    /// Types a text.
    public func type(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(terminal, $0.baseAddress, $0.count) }
    }

    /// Takes the terminal away: the program gets SIGHUP, and can neither read nor write any more.
    public mutating func hangUp() {
        if terminal >= 0 { close(terminal) }
        terminal = -1
    }

    /// Waits until the program has written a text.
    public mutating func waitForOutput(containing text: String, timeout seconds: Double = 60) throws(ProcessFailure) {
        let deadline = Deadline(after: seconds)
        while !output.contains(text) {
            var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, deadline.milliseconds) > 0, readMore() else {
                throw ProcessFailure(command: command, reason: "did not write '\(text)'", output: output)
            }
        }
    }

    /// Reads what has come; whether something had.
    private mutating func readMore() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = read(terminal, &chunk, chunk.count)
        guard count > 0 else { return false }
        bytes += chunk[..<count]
        return true
    }

    /// Waits for the program to end by itself, or by a signal that it was sent.
    /// - Returns: Its exit status; 128 and the number of the signal if one ended it.
    public mutating func waitForEnd(timeout seconds: Double = 120) throws(ProcessFailure) -> Int32 {
        let deadline = Deadline(after: seconds)
        while true {
            var entries = [descriptor, terminal].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let count = poll(&entries, nfds_t(entries.count), deadline.milliseconds)
            if count < 0, errno == EINTR { continue }
            if entries[1].revents & Int16(POLLIN) != 0, readMore() { continue }
            // What it wrote last came before it ended.
            if entries[0].revents != 0 {
                var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
                while poll(&entry, 1, 0) > 0, entry.revents & Int16(POLLIN) != 0, readMore() {}
                break
            }
            guard count > 0, !deadline.hasPassed else {
                throw ProcessFailure(command: command, reason: "still running after \(seconds) s", output: output)
            }
            usleep(1000)
        }
        var information = siginfo_t()
        waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT)
        let code = information._sifields._sigchld.si_status
        return information.si_code == Int32(CLD_EXITED) ? code : 128 + code
    }
}
