import Glibc

/// Sends and receives whole Ethernet frames on one interface of the namespace that it is opened in (packet(7)).
final class LinkSocket: Sendable {
    private let descriptor: Int32

    init(interface: String) throws {
        let index = if_nametoindex(interface)
        guard index != 0 else { throw SocketFailure("find interface \(interface)") }
        let allProtocols = UInt16(3).bigEndian
        descriptor = socket(17, Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure("open a packet socket") }
        // struct sockaddr_ll, which the Glibc module lacks: family, protocol, index, hardware type, packet type, address.
        var address = [UInt8](repeating: 0, count: 20)
        address.withUnsafeMutableBytes {
            $0.storeBytes(of: 17, toByteOffset: 0, as: UInt16.self)
            $0.storeBytes(of: allProtocols, toByteOffset: 2, as: UInt16.self)
            $0.storeBytes(of: index, toByteOffset: 4, as: UInt32.self)
        }
        // PACKET_IGNORE_OUTGOING: what is sent here is no news.
        var on: Int32 = 1
        setsockopt(descriptor, 263, 23, &on, 4)
        let status = address.withUnsafeBytes {
            bind(descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
        }
        guard status == 0 else { throw SocketFailure("bind a packet socket to \(interface)") }
    }

    deinit {
        close(descriptor)
    }

    func send(_ frame: [UInt8]) throws {
        guard Glibc.send(descriptor, frame, frame.count, 0) == frame.count else { throw SocketFailure("send a frame") }
    }

    /// The next frame that has come in; nothing if none has.
    func receive() -> [UInt8]? {
        descriptor.receive()
    }

    /// Waits for a frame to come in.
    func wait(milliseconds: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, milliseconds)
    }
}

/// A system call that failed in the tests' own sockets.
struct SocketFailure: Error, CustomStringConvertible {
    let description: String

    init(_ operation: String) {
        description = "\(operation): \(String(cString: strerror(errno)))"
    }
}

extension Int32 {
    /// Reads one datagram from the socket of this descriptor; nothing if none is there.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(self, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
