import Glibc

/// Sees every packet that the namespace's own host takes as its own, after the input chain, and sends packets as the host.
final class LocalSockets {
    private static let protocols: [Int32] = [1, 6, 17, 47, 50, 58, 132]
    private let receivers4: [Int32]
    private let receivers6: [(descriptor: Int32, protocolNumber: UInt8)]
    private let sender4: Int32
    private let sender6: Int32

    init() throws {
        func open(_ family: Int32, _ number: Int32) throws -> Int32 {
            let type = Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(family, type, number)
            guard descriptor >= 0 else { throw SocketFailure("open a raw socket") }
            return descriptor
        }
        receivers4 = try Self.protocols.filter { $0 != 58 }.map { try open(AF_INET, $0) }
        receivers6 = try Self.protocols.filter { $0 != 1 }.map { number in
            let descriptor = try open(AF_INET6, number)
            var on: Int32 = 1
            // IPV6_RECVPKTINFO: the kernel hands out no IPv6 header, so it has to say where the packet went to.
            guard setsockopt(descriptor, Int32(IPPROTO_IPV6), 49, &on, 4) == 0 else {
                throw SocketFailure("ask for packet information")
            }
            return (descriptor, UInt8(number))
        }
        sender4 = try open(AF_INET, 255)
        sender6 = try open(AF_INET6, 255)
        var on: Int32 = 1
        // IPV6_HDRINCL.
        guard setsockopt(sender6, Int32(IPPROTO_IPV6), 36, &on, 4) == 0 else {
            throw SocketFailure("send whole packets")
        }
    }

    deinit {
        for descriptor in receivers4 + receivers6.map(\.descriptor) + [sender4, sender6] { close(descriptor) }
    }

    /// Sends a packet as a program of this host would; what the firewall or a route refuses is no error.
    func send(_ packet: Packet) throws {
        guard let destination = packet.destination else { preconditionFailure("a packet to nobody") }
        let bytes = packet.bytes
        let status: Int
        if packet.isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            withUnsafeMutableBytes(of: &address.sin6_addr) { $0.copyBytes(from: destination.bytes) }
            status = send(bytes, to: &address, by: sender6)
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            withUnsafeMutableBytes(of: &address.sin_addr) { $0.copyBytes(from: destination.bytes) }
            status = send(bytes, to: &address, by: sender4)
        }
        let refusals = [EPERM, EHOSTUNREACH, ENETUNREACH, EACCES, EINVAL]
        guard status == bytes.count || refusals.contains(errno) else { throw SocketFailure("send \(packet)") }
    }

    private func send<SocketAddress>(
        _ bytes: [UInt8],
        to address: inout SocketAddress,
        by descriptor: Int32
    ) -> Int {
        withUnsafeBytes(of: &address) {
            sendto(
                descriptor,
                bytes,
                bytes.count,
                0,
                $0.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t($0.count)
            )
        }
    }

    /// The packets that have arrived since the last call.
    func receive() -> [Packet] {
        var packets: [Packet] = []
        for descriptor in receivers4 {
            while let bytes = descriptor.receive() {
                if let packet = Packet(bytes) { packets.append(packet) }
            }
        }
        for (descriptor, protocolNumber) in receivers6 {
            while let message = receiveIPv6(descriptor, protocolNumber) { packets.append(message) }
        }
        return packets.filter { !$0.isLinkUpkeep }
    }

    private func receiveIPv6(_ descriptor: Int32, _ protocolNumber: UInt8) -> Packet? {
        var body = [UInt8](repeating: 0, count: 4096)
        var control = [UInt8](repeating: 0, count: 256)
        var source = sockaddr_in6()
        let (count, controlCount) = body.withUnsafeMutableBytes { body in
            control.withUnsafeMutableBytes { control in
                withUnsafeMutableBytes(of: &source) { source in
                    var vector = iovec(iov_base: body.baseAddress, iov_len: body.count)
                    return withUnsafeMutablePointer(to: &vector) { vector in
                        var message = msghdr()
                        message.msg_name = source.baseAddress
                        message.msg_namelen = socklen_t(source.count)
                        message.msg_iov = vector
                        message.msg_iovlen = 1
                        message.msg_control = control.baseAddress
                        message.msg_controllen = control.count
                        return (recvmsg(descriptor, &message, 0), Int(message.msg_controllen))
                    }
                }
            }
        }
        // struct cmsghdr has 16 bytes; struct in6_pktinfo after it starts with the destination.
        guard count > 0, controlCount >= 32 else { return nil }
        return Packet(
            protocolNumber: protocolNumber,
            source: Address(bytes: withUnsafeBytes(of: &source.sin6_addr) { Array($0) }),
            destination: Address(bytes: Array(control[16..<32])),
            body: Array(body[..<count])
        )
    }
}
