import CLinux
import Glibc
import Netlink
public import SystemPackage

/// A process that rehearses a change: this program, started as `weir rehearse`. It has a single thread, which making a user namespace asks
/// for, and takes its namespaces with it when it ends. It ends with the process that waits for it.
public enum RehearsalProcess {
    /// The descriptor on which it says that its report is written.
    private static let doneDescriptor: Int32 = 3
    /// The descriptor of the file that holds the request.
    private static let requestDescriptor: Int32 = 4
    /// The descriptor of the file that takes the report.
    private static let reportDescriptor: Int32 = 5
    private static let done = "done\n"

    /// How long a rehearsal may take, in seconds.
    private static let patience: UInt32 = 300
    /// The largest request or report, in bytes.
    private static let largest = 1 << 30

    /// Has a change rehearsed and waits for the report.
    static func rehearse(_ request: RehearsalRequest) throws(RehearsalReport.Failure) -> RehearsalReport {
        let files: (request: FileDescriptor, report: FileDescriptor)
        do throws(Errno) {
            files.request = try memoryFile()
            files.report = try memoryFile()
            try write(request.encoded(), to: files.request)
        } catch {
            throw .impossible(.system, "cannot make a file in memory: \(error)")
        }
        defer {
            try? files.request.close()
            try? files.report.close()
        }
        let answer: String?
        do throws(WatchdogError) {
            let process = try DetachedProcess(
                "/proc/self/exe",
                ["weir", "rehearse"],
                outputDescriptor: Int(doneDescriptor),
                further: [files.request.rawValue, files.report.rawValue]
            )
            answer = process.answer(isLine: true, patience: UInt64(patience) * 1000)
            process.end()
        } catch {
            throw .impossible(.system, "\(error)")
        }
        guard answer == done else {
            let end = answer == nil ? "took too long" : "ended without a report"
            throw .impossible(.system, "the rehearsal \(end)")
        }
        do {
            return try RehearsalReport(encoded: try read(files.report))
        } catch {
            throw .impossible(.system, "the report of the rehearsal cannot be read: \(error)")
        }
    }

    /// Does the work of such a process.
    /// - Throws: If this process was not started for that.
    public static func work() throws(Errno) {
        guard linux_end_with_parent() == 0 else { throw Errno(rawValue: errno) }
        // Who was to wait may have ended before that was said.
        var entry = pollfd(fd: doneDescriptor, events: 0, revents: 0)
        guard poll(&entry, 1, 0) == 0 else { throw .brokenPipe }
        alarm(patience)
        let request: RehearsalRequest
        do throws(MalformedBytes) {
            request = try RehearsalRequest(encoded: try read(FileDescriptor(rawValue: requestDescriptor)))
        } catch {
            throw .invalidArgument
        }
        let report = Rehearsal.perform(request)
        try write(report.encoded(), to: FileDescriptor(rawValue: reportDescriptor))
        var line = done
        _ = line.withUTF8 { Glibc.write(doneDescriptor, $0.baseAddress, $0.count) }
    }

    private static func memoryFile() throws(Errno) -> FileDescriptor {
        let descriptor = linux_memory_file("weir-rehearsal")
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }

    private static func write(_ bytes: [UInt8], to file: FileDescriptor) throws(Errno) {
        do {
            _ = try file.writeAll(toAbsoluteOffset: 0, bytes)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    private static func read(_ file: FileDescriptor) throws(MalformedBytes) -> [UInt8] {
        do {
            let size = try file.seek(offset: 0, from: .end)
            guard size <= largest else { throw Errno.fileTooLarge }
            return try [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
                let whole = UnsafeMutableRawBufferPointer(buffer)
                while count < size {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: whole[count...])
                    let length = try file.read(fromAbsoluteOffset: Int64(count), into: rest)
                    if length == 0 { break }
                    count += length
                }
            }
        } catch {
            throw MalformedBytes(reason: "\(error)")
        }
    }
}
