public import SystemPackage

/// All of a text that the kernel makes while it is read, such as `/proc/locks`: it has no size, and a read may end anywhere.
public func textOfKernel(_ path: FilePath) throws(Errno) -> String {
    String(decoding: try bytesOfKernel(path), as: UTF8.self)
}

/// The same as bytes: names in it may be anything.
func bytesOfKernel(_ path: FilePath) throws(Errno) -> [UInt8] {
    do {
        let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        return try descriptor.closeAfter {
            var text: [UInt8] = []
            while true {
                let part = try [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                    count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if part.isEmpty { return text }
                text += part
                guard text.count < 16 << 20 else { throw Errno.fileTooLarge }
            }
        }
    } catch {
        throw error as? Errno ?? .ioError
    }
}
