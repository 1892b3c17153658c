public import SystemPackage

/// All of a text that the kernel makes while it is read, such as `/proc/locks`: it has no size, and a read may end anywhere.
public func textOfKernel(_ path: FilePath) throws(Errno) -> String {
    do {
        let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try descriptor.closeAfter {
            var text: [UInt8] = []
            while true {
                let part = try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                    count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { return String(decoding: text, as: UTF8.self) }
                text += part
                guard text.count < 16 << 20 else { throw Errno.fileTooLarge }
            }
        }
    } catch {
        throw error as? Errno ?? .ioError
    }
}
