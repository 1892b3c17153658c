/// Why an object cannot become a message, or a message an object.
public enum KernelObjectsError: Error, Hashable, Sendable {
    /// The object does not fit into a netlink message: an attribute holds 65,535 bytes at most.
    case tooLarge(object: String)
    /// The kernel's message is not what this program knows; nothing may be concluded from it.
    case malformed(message: String)
    /// There is no interface of this name, so no message can name it by its number.
    case noSuchInterface(String)
}

extension KernelObjectsError: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        switch self {
        case .tooLarge(let object): "\(object) is too large for a netlink message"
        case .malformed(let message): "a \(message) message of the kernel is malformed"
        case .noSuchInterface(let name): "there is no interface '\(name)'"
        }
    }
}
