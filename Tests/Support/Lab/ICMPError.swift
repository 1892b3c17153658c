import Glibc

/// An ICMP or ICMPv6 message that refused a packet, as its sender got it.
public struct ICMPError: Hashable, Sendable, CustomStringConvertible {
    /// Type of the message: 3 destination unreachable (ICMP), 1 destination unreachable (ICMPv6), ...
    public var type: UInt8
    /// Code of the message, such as 3 (ICMP) and 4 (ICMPv6) for port unreachable.
    public var code: UInt8

    /// Creates an error from its parts.
    public init(type: UInt8, code: UInt8) {
        self.type = type
        self.code = code
    }

    /// Type and code.
    public var description: String { "ICMP type \(type) code \(code)" }
}

/// What the kernel keeps for a socket in its error queue (`MSG_ERRQUEUE`).
enum QueuedError {
    case icmp(ICMPError)
    /// An error that this host itself found, such as `EHOSTUNREACH` when nobody answers ARP.
    case local(errno: Int32)
}

extension TestSocket {
    /// Asks the kernel to keep ICMP errors for this socket (`IP_RECVERR`).
    func keepErrors(_ family: Int32) throws(NetworkFailure) {
        if family == AF_INET {
            try set(Int32(IPPROTO_IP), IP_RECVERR)
        } else {
            try set(Int32(IPPROTO_IPV6), IPV6_RECVERR)
        }
    }

    /// The oldest error in the queue.
    func takeQueuedError() -> QueuedError? {
        var payload = [UInt8](repeating: 0, count: 2048)
        var control = [UInt8](repeating: 0, count: 512)
        let controlLength = payload.withUnsafeMutableBytes { payload in
            control.withUnsafeMutableBytes { control in
                var vector = iovec(iov_base: payload.baseAddress, iov_len: payload.count)
                return withUnsafeMutablePointer(to: &vector) { vector -> Int? in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    let flags = Int32(MSG_ERRQUEUE | MSG_DONTWAIT)
                    return recvmsg(descriptor, &message, flags) < 0 ? nil : message.msg_controllen
                }
            }
        }
        guard let controlLength else { return nil }
        return control.withUnsafeBytes { parse(UnsafeRawBufferPointer(rebasing: $0.prefix(controlLength))) }
    }

    /// Finds the `struct sock_extended_err` among the control messages: each is a `struct cmsghdr` (length, level, type; 16
    /// bytes) with its data, aligned to 8 bytes.
    private func parse(_ control: UnsafeRawBufferPointer) -> QueuedError? {
        var offset = 0
        while control.count - offset >= 16 {
            let length = control.loadUnaligned(fromByteOffset: offset, as: Int.self)
            let level = control.loadUnaligned(fromByteOffset: offset + 8, as: Int32.self)
            let type = control.loadUnaligned(fromByteOffset: offset + 12, as: Int32.self)
            guard length >= 16, length <= control.count - offset else { return nil }
            let data = UnsafeRawBufferPointer(rebasing: control[offset + 16..<offset + length])
            offset += (length + 7) & ~7
            let isError =
                (level == Int32(IPPROTO_IP) && type == IP_RECVERR)
                || (level == Int32(IPPROTO_IPV6) && type == IPV6_RECVERR)
            guard isError, data.count >= 16 else { continue }
            // SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6
            guard data[4] == 2 || data[4] == 3 else { return .local(errno: data.loadUnaligned(as: Int32.self)) }
            return .icmp(ICMPError(type: data[5], code: data[6]))
        }
        return nil
    }
}
