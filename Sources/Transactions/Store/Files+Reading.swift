import Glibc
import SystemPackage

extension Files {
    /// Reads a file of at most `limit` bytes; nil if there is none.
    static func read(_ path: HeldPath, limit: Int) throws(StoreError) -> [UInt8]? {
        try read(path) { descriptor in try read(descriptor, path.path, limit: limit) }
    }

    /// Reads all of an open file of at most `limit` bytes.
    static func read(_ descriptor: FileDescriptor, _ path: FilePath, limit: Int) throws -> [UInt8] {
        let size = Int(try descriptor.seek(offset: 0, from: .end))
        guard size <= limit else { throw StoreError.malformed(path: path, reason: "it is too large") }
        return try bytes(of: descriptor, at: 0, count: size)
    }

    /// Reads a part of a file, all of which must be there; nil if there is no file.
    static func read(_ path: HeldPath, at offset: Int, count: Int) throws(StoreError) -> [UInt8]? {
        try read(path) { descriptor in
            guard try descriptor.seek(offset: 0, from: .end) >= offset + count else {
                throw StoreError.malformed(path: path.path, reason: "it ends too soon")
            }
            return try bytes(of: descriptor, at: offset, count: count)
        }
    }

    private static func read(
        _ path: HeldPath,
        _ body: (FileDescriptor) throws -> [UInt8]
    ) throws(StoreError) -> [UInt8]? {
        guard let name = path.name, let directory = try path.parent?.directory() else { return nil }
        do {
            // Whoever opens a pipe would wait for a writer.
            let descriptor = try directory.open(name, O_RDONLY | O_NONBLOCK)
            return try descriptor.closeAfter { try body(descriptor) }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch let error as StoreError {
            throw error
        } catch {
            throw .system(operation: "read", path: path.path, errno: error as? Errno ?? .ioError)
        }
    }

    private static func bytes(of descriptor: FileDescriptor, at offset: Int, count size: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<size]
                )
                let length = try descriptor.read(fromAbsoluteOffset: Int64(offset + count), into: rest)
                if length == 0 { break }
                count += length
            }
        }
    }
}
