import Netlink
import SystemPackage

extension KernelConnection {
    /// Reads which tables of the kernel's older firewall are in use: `iptables-legacy filter`. nf_tables does not list them.
    public func readLegacyTables() throws(KernelStateError) -> [String] {
        let outcome: Result<[String], Errno>
        do throws(NetlinkError) {
            outcome = try namespace.perform {
                var tables: [String] = []
                for (program, path) in [
                    ("iptables-legacy", "/proc/thread-self/net/ip_tables_names"),
                    ("ip6tables-legacy", "/proc/thread-self/net/ip6_tables_names"),
                ] as [(String, FilePath)] {
                    switch lines(of: path) {
                    case .success(let names): tables += names.map { "\(program) \($0)" }
                    case .failure(.noSuchFileOrDirectory): continue
                    case .failure(let error): return .failure(error)
                    }
                }
                return .success(tables)
            }
        } catch {
            throw KernelStateError(.readFirewall, error)
        }
        do throws(Errno) {
            return try outcome.get()
        } catch {
            let cause: KernelStateError.Cause = error == .permissionDenied ? .notPermitted : .system
            throw KernelStateError(.readFirewall, cause, errno: error, message: "tables of iptables-legacy")
        }
    }
}

/// The lines of a small file of the kernel.
private func lines(of path: FilePath) -> Result<[String], Errno> {
    do {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return .success(
            bytes[..<count].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        )
    } catch {
        return .failure(error as? Errno ?? .ioError)
    }
}
