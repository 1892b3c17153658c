import Glibc

/// Something that has to work before a change may be confirmed: a TCP connection that this host opens.
public struct ConfirmationProbe: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address.
    public let host: String
    /// The port.
    public let port: UInt16

    private static let scheme = "tcp:"

    /// Reads `tcp:HOST:PORT`; an IPv6 address is in brackets.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.scheme), let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        let start = text.index(text.startIndex, offsetBy: Self.scheme.count)
        guard start < colon else { return nil }
        var host = text[start..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.count < 256, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        self.host = String(host)
        self.port = port
    }

    /// `tcp:HOST:PORT`.
    public var description: String {
        host.contains(":") ? "\(Self.scheme)[\(host)]:\(port)" : "\(Self.scheme)\(host):\(port)"
    }

    /// Opens the connection, from the network namespace of the calling thread, and closes it again.
    /// - Parameter milliseconds: How long each address of the host may take to answer.
    /// - Returns: Why it cannot be opened; nil if it can.
    public func complaint(patience milliseconds: Int32 = 5000) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var addresses: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &hints, &addresses)
        guard status == 0 else { return "\(self): \(String(cString: gai_strerror(status)))" }
        defer { freeaddrinfo(addresses) }
        var reason = "no address"
        var next = addresses
        while let address = next?.pointee {
            let error = Self.connect(to: address, patience: milliseconds)
            if error == 0 { return nil }
            reason = String(cString: strerror(error))
            next = address.ai_next
        }
        return "\(self): \(reason)"
    }

    /// Connects and closes; returns the error number, 0 for success.
    private static func connect(to address: addrinfo, patience: Int32) -> Int32 {
        let type = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let socket = socket(address.ai_family, type, address.ai_protocol)
        guard socket >= 0 else { return errno }
        defer { close(socket) }
        if Glibc.connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return 0 }
        guard errno == EINPROGRESS else { return errno }
        let deadline = BootInstant.now.advanced(byNanoseconds: UInt64(max(patience, 0)) * 1_000_000)
        while true {
            var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            let count = poll(&entry, 1, Int32(clamping: deadline.remainingNanoseconds / 1_000_000))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return ETIMEDOUT }
            var error: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 else { return errno }
            return error
        }
    }
}
