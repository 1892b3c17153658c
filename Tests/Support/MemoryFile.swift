import CLinux
import Glibc

/// A file in memory that stands for a standard stream: it takes any amount, can be read at any time and never makes anybody
/// wait.
final class MemoryFile {
    let descriptor: Int32

    init(_ name: String, contents: [UInt8] = []) throws(FileFailure) {
        descriptor = linux_memory_file(name)
        guard descriptor >= 0 else { throw FileFailure(operation: "memfd_create", errno: errno) }
        var offset = 0
        while offset < contents.count {
            let count = contents[offset...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            guard count > 0 else { throw FileFailure(operation: "write to a memory file", errno: errno) }
            offset += count
        }
    }

    deinit {
        close(descriptor)
    }

    /// Everything written so far.
    func contents() -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return [] }
        let size = Int(status.st_size)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = pread(descriptor, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
                guard read > 0 else { return }
                count += read
            }
        }
    }
}

/// A system call of the test support that failed.
struct FileFailure: Error, CustomStringConvertible {
    let operation: String
    let errno: Int32

    var description: String { "\(operation): \(String(cString: strerror(errno)))" }
}
