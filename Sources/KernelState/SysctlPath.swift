import SystemPackage

/// Where a kernel setting of the network is in `/proc/sys`.
struct SysctlPath: Sendable {
    let path: FilePath

    /// Makes the path from a dotted name: dots become slashes and slashes dots, so that `net.ipv4.conf.eth0/5.rp_filter` is that of the
    /// interface `eth0.5`. Nil for names that lead out of `/proc/sys/net`.
    init?(_ name: String) {
        let components = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
            component in
            component.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ".") : $0 }
        }
        guard components.count >= 2, components[0].elementsEqual("net".utf8) else { return nil }
        var path = "/proc/sys"
        for bytes in components {
            // No NUL, no control characters, and not `.` or `..`.
            guard !bytes.isEmpty, bytes.count <= 255, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f }),
                bytes.count > 2 || bytes.contains(where: { $0 != UInt8(ascii: ".") })
            else { return nil }
            path += "/" + String(decoding: bytes, as: UTF8.self)
        }
        self.path = FilePath(path)
    }

    /// The value, with a single space between numbers; nil if the kernel has no such setting.
    func read() throws(Errno) -> String? {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            defer { try? file.close() }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4096)
            while bytes.count < Self.longest {
                let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
                guard count > 0 else { break }
                bytes += chunk[..<count]
            }
            let words = bytes.split { $0 <= 0x20 }
            return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        } catch let error as Errno {
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw error
        } catch {
            throw .ioError
        }
    }

    /// No setting is nearly as long.
    private static let longest = 1 << 20

    /// Writes a value in one write(2), as these files want it.
    func write(_ value: String) throws(Errno) {
        do {
            let file = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
            defer { try? file.close() }
            let bytes = Array((value + "\n").utf8)
            let count = try bytes.withUnsafeBytes { try file.write($0) }
            guard count == bytes.count else { throw Errno.ioError }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
