public import SystemPackage

/// Why the state directory, or a plan, cannot be used.
public enum StoreError: Error, Hashable, Sendable {
    /// The operating system refused something.
    case system(operation: String, path: FilePath, errno: Errno)
    /// Another program could have written what is there.
    case untrusted(path: FilePath, reason: String)
    /// A file is damaged, or not what this program writes: nothing in it is believed.
    case malformed(path: FilePath, reason: String)
    /// The directory was written by a newer program.
    case newerFormat(path: FilePath)
    /// Another process is changing things; its number, where it is known.
    case locked(process: Int32?)
    /// There is no generation of this number.
    case noSuchGeneration(Int)
    /// There is no generation before the present one.
    case noEarlierGeneration
}

extension StoreError: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        switch self {
        case .system(let operation, let path, let errno): "cannot \(operation) \(path): \(errno)"
        case .untrusted(let path, let reason): "\(path) cannot be trusted: \(reason)"
        case .malformed(let path, let reason): "\(path) is damaged: \(reason)"
        case .newerFormat(let path): "\(path) was written by a newer version of this program"
        case .locked(let process?): "process \(process) is making a change"
        case .locked(nil): "another process is making a change"
        case .noSuchGeneration(let number): "there is no generation \(number)"
        case .noEarlierGeneration: "there is no earlier generation"
        }
    }
}
