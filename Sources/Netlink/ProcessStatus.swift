import SystemPackage

/// What `/proc/PID/stat` says of a process (proc_pid_stat(5)).
public struct ProcessStatus: Hashable, Sendable {
    /// What it does, as a letter: `T` is stopped by a signal, `Z` has ended and was not waited for.
    public let state: Character
    /// The process that started it.
    public let parent: Int32
    /// When it started: clock ticks since the boot.
    public let start: UInt64

    /// Whether the status of processes can be read at all: `/proc` is there.
    public static var areReadable: Bool {
        ProcessStatus(of: "self") != nil
    }

    /// Reads it.
    /// - Parameter process: Its number, or `self`; nothing where there is no such process.
    public init?(of process: String) {
        let path = FilePath("/proc").appending(process).appending("stat")
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        let bytes = try? descriptor.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        // The name in parentheses may have spaces and parentheses.
        guard let bytes, let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let state = fields[0].first,
            let parent = Int32(String(decoding: fields[1], as: UTF8.self)),
            let start = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.state = Character(UnicodeScalar(state))
        self.parent = parent
        self.start = start
    }
}
