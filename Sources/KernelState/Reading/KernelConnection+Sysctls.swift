import Faults
public import KernelObjects
import Netlink
import SystemPackage

extension KernelConnection {
    /// Reads settings of the network by dotted name, as the namespace has them. What the kernel has no file for has no value.
    public func readSysctls(_ names: [String]) throws(KernelStateError) -> [SysctlObject] {
        guard !names.isEmpty else { return [] }
        var paths: [SysctlPath] = []
        for name in names {
            guard let path = SysctlPath(name) else {
                throw KernelStateError(.readSysctl, .system, errno: .invalidArgument, message: name)
            }
            paths.append(path)
        }
        let outcomes = try inside(.readSysctl) { [paths] in
            paths.map { path in Result { () throws(Errno) in try path.read() } }
        }
        var settings: [SysctlObject] = []
        for (name, outcome) in zip(names, outcomes) {
            do throws(Errno) {
                settings.append(SysctlObject(name: name, value: try outcome.get()))
            } catch {
                throw KernelStateError(.readSysctl, setting: name, error)
            }
        }
        return settings
    }

    /// Writes a setting of the network in the namespace.
    public func writeSysctl(_ name: String, value: String) throws(KernelStateError) {
        guard let path = SysctlPath(name) else {
            throw KernelStateError(.writeSysctl, .system, errno: .invalidArgument, message: name)
        }
        FaultPoint.pass("before \(name)")
        let outcome = try inside(.writeSysctl) { Result { () throws(Errno) in try path.write(value) } }
        FaultPoint.pass("behind \(name)")
        do throws(Errno) {
            try outcome.get()
        } catch {
            throw KernelStateError(.writeSysctl, setting: name, error)
        }
    }

    /// Does something on a thread in the namespace: `/proc/sys/net` shows each thread the namespace that it is in.
    private func inside<Success: Sendable>(
        _ operation: KernelStateError.Operation,
        _ body: @escaping @Sendable () -> Success
    ) throws(KernelStateError) -> Success {
        do throws(NetlinkError) {
            return try namespace.perform(body)
        } catch {
            throw KernelStateError(operation, error)
        }
    }
}

extension KernelStateError {
    fileprivate init(_ operation: Operation, setting: String, _ error: Errno) {
        let isPermission = error == .notPermitted || error == .permissionDenied
        self.init(operation, isPermission ? .notPermitted : .system, errno: error, message: setting)
    }
}
