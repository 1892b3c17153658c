import CLinux
import Glibc
import SystemPackage

/// A program in a session of its own: it has no terminal, and no descriptor but those that it is given.
struct DetachedProcess: ~Copyable {
    /// The kernel's number of it.
    let number: Int32
    private let output: Int32

    /// Starts a program without any environment.
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments, with its name.
    ///   - outputDescriptor: Which of its descriptors this process reads; 0, 1 and 2 lead to /dev/null unless it is one of them.
    ///   - further: What it has from the next descriptor on.
    init(
        _ path: String,
        _ arguments: [String],
        outputDescriptor: Int,
        further: [Int32] = []
    ) throws(WatchdogError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(operation: "make a pipe", errno: Errno(rawValue: errno)) }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else {
            let error = Errno(rawValue: errno)
            close(ends[0])
            throw .system(operation: "open /dev/null", errno: error)
        }
        defer { close(null) }
        var descriptors = [null, null, null]
        if outputDescriptor < descriptors.count {
            descriptors[outputDescriptor] = ends[1]
        } else {
            descriptors.append(ends[1])
        }
        descriptors += further
        let words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var number: Int32 = 0
        let status = linux_spawn_detached(&number, path, words, [nil], descriptors, Int32(descriptors.count))
        guard status == 0 else {
            close(ends[0])
            throw .system(operation: "start \(arguments.first ?? path)", errno: Errno(rawValue: status))
        }
        self.number = number
        output = ends[0]
    }

    /// What the program writes until it closes its end, or has written a line, where that is enough. Nil if it takes too long.
    func answer(isLine: Bool, patience milliseconds: UInt64) -> String? {
        var bytes: [UInt8] = []
        let deadline = BootInstant.now.advanced(byNanoseconds: milliseconds * 1_000_000)
        while bytes.count < 4096, !isLine || bytes.last != UInt8(ascii: "\n") {
            var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let count = poll(&entry, 1, Int32(clamping: deadline.remainingNanoseconds / 1_000_000))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            let length = withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
                let length = read(output, buffer.baseAddress, buffer.count)
                if length > 0 { bytes += buffer[..<length] }
                return length
            }
            guard length > 0 else { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lets the program go on alone.
    consuming func release() {
        close(output)
    }

    /// Ends the program, if it has not ended, and waits for that.
    consuming func end() {
        close(output)
        kill(number, SIGKILL)
        waitpid(number, nil, 0)
    }

    /// Waits for the program to end, which has closed its output.
    /// - Returns: Whether it succeeded.
    consuming func finish() -> Bool {
        close(output)
        var status: Int32 = 0
        while waitpid(number, &status, 0) < 0 {
            guard errno == EINTR else { return false }
        }
        return status == 0
    }
}
