import Glibc

/// A socket that is closed at the end of its life. It belongs to the namespace in which it was opened, on whatever thread it is
/// used.
final class TestSocket: Sendable {
    let descriptor: Int32

    /// Opens a socket in the namespace of the calling thread; it never blocks.
    init(_ family: Int32, _ kind: __socket_type, _ number: Int32 = 0) throws(NetworkFailure) {
        descriptor = socket(family, Int32(kind.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), number)
        guard descriptor >= 0 else { throw NetworkFailure("open a socket", errno: errno) }
    }

    /// Takes over a descriptor.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    func set(_ level: Int32, _ option: Int32, _ value: Int32 = 1) throws(NetworkFailure) {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw NetworkFailure("set a socket option", errno: errno)
        }
    }

    func bind(_ address: SocketAddress) throws(NetworkFailure) {
        guard address.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw NetworkFailure("bind to \(address.endpoint)", errno: errno)
        }
    }

    /// The error that the kernel holds for the socket (`SO_ERROR`), zero for none; asking clears it.
    func takeError() -> Int32 {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length) == 0 ? number : errno
    }

    /// The socket's own address.
    var local: Endpoint {
        var address = SocketAddress()
        _ = address.withMutablePointer { getsockname(descriptor, $0, $1) }
        return address.endpoint
    }

    /// The address at the other end.
    var peer: Endpoint {
        var address = SocketAddress()
        _ = address.withMutablePointer { getpeername(descriptor, $0, $1) }
        return address.endpoint
    }

    /// Waits for events; those that happened, none after the deadline.
    func wait(for events: Int32, until deadline: Deadline) -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 ? Int32(entry.revents) : 0 }
        }
    }

    /// Sends what fits; nil if the kernel refused, with the error in `errno`.
    func send(_ bytes: some Collection<UInt8>) -> Int? {
        let bytes = Array(bytes)
        let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        return count < 0 ? nil : count
    }

    func send(_ bytes: [UInt8], to address: SocketAddress) -> Int? {
        let flags = Int32(MSG_NOSIGNAL)
        let count = address.withPointer { sendto(descriptor, bytes, bytes.count, flags, $0, $1) }
        return count < 0 ? nil : count
    }

    /// What is waiting and who sent it; nil if nothing is, with the reason in `errno`.
    func receive() -> (bytes: [UInt8], sender: Endpoint)? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var address = SocketAddress()
        let count = address.withMutablePointer { recvfrom(descriptor, &buffer, buffer.count, 0, $0, $1) }
        return count < 0 ? nil : (Array(buffer[..<count]), address.endpoint)
    }
}
