import Faults
import Glibc
public import KernelObjects

extension KernelConnection {
    /// How the running kernel commits changes of a set's members.
    public var setCommit: SetCommit {
        if let isAtomic = FaultPoint.commitsSetsAtOnce { return isAtomic ? .atomic : .interleaved }
        return SetCommit(kernelRelease: Self.kernelRelease)
    }

    /// The kernel's release, as `uname -r` says it; empty if it does not say.
    public static var kernelRelease: String {
        if let release = FaultPoint.kernelRelease { return release }
        var names = utsname()
        guard uname(&names) == 0 else { return "" }
        return withUnsafeBytes(of: &names.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
