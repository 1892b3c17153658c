import CLinux
import Glibc
import SystemPackage

extension StateStore {
    /// Ends the process that holds the lock on the directory, if there is one. That is for the case that it holds it without end: what it has
    /// begun is then finished by whoever gets the lock.
    /// - Parameter isPatient: Whether one that is not stopped may go on.
    func endHolderOfLock(isPatient: Bool) {
        guard let holder = holderOfLock(), holder != getpid() else { return }
        guard !isPatient || Self.isStopped(holder) else { return }
        let descriptor = linux_process_descriptor(holder)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // The process that the descriptor means holds the lock still: its number was not given away meanwhile.
        guard holderOfLock() == holder else { return }
        _ = linux_signal_process(descriptor, SIGKILL)
    }

    /// Whether a signal has stopped a process (state T of proc_pid_stat(5)).
    private static func isStopped(_ process: Int32) -> Bool {
        let path = FilePath("/proc/\(process)/stat")
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return false }
        let bytes = try? descriptor.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        // The name in parentheses may have spaces and parentheses.
        guard let bytes, let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return false }
        return bytes[end...].dropFirst(2).first == UInt8(ascii: "T")
    }

    /// The process that the kernel says holds the lock (proc_locks(5)).
    private func holderOfLock() -> Int32? {
        var status = stat()
        guard stat(directory.appending("lock").string, &status) == 0 else { return nil }
        guard let descriptor = try? FileDescriptor.open("/proc/locks", .readOnly, options: .closeOnExec) else {
            return nil
        }
        defer { try? descriptor.close() }
        var text: [UInt8] = []
        while text.count < 16 << 20 {
            let count = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
                let count = (try? descriptor.read(into: buffer)) ?? 0
                text += buffer[..<count]
                return count
            }
            if count == 0 { break }
        }
        // "1: FLOCK  ADVISORY  WRITE 123 08:01:4711 0 EOF"
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let words = String(decoding: line, as: UTF8.self).split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[3] == "WRITE",
                words[5].split(separator: ":").last == Substring("\(status.st_ino)")
            else { continue }
            return Int32(words[4])
        }
        return nil
    }
}
