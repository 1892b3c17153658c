import SystemPackage

/// The identity of the running kernel's boot: numbers of namespaces and generations mean nothing after the next one.
public struct BootIdentity: Hashable, Sendable {
    /// The kernel's random UUID in text form, from `/proc/sys/kernel/random/boot_id`.
    public let text: String

    /// Asks the kernel.
    public static func current() throws(NetlinkError) -> BootIdentity {
        let path: FilePath = "/proc/sys/kernel/random/boot_id"
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            let bytes = try descriptor.closeAfter {
                var bytes = [UInt8](repeating: 0, count: 64)
                let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                return bytes.prefix(count)
            }
            return BootIdentity(text: String(decoding: bytes.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self))
        } catch {
            throw NetlinkError(.readSystemFile, error as? Errno ?? .ioError, message: path.string)
        }
    }
}
