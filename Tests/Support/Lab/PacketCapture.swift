import CLinux
import Glibc

/// Sees every IP packet of a host, or of one of its interfaces, from the moment it is made.
public final class PacketCapture: Sendable {
    private let socket: TestSocket

    init(_ socket: TestSocket) {
        self.socket = socket
    }

    /// The packets that came since the last call.
    public func packets() -> [CapturedPacket] {
        var packets: [CapturedPacket] = []
        while let packet = next() {
            if let packet { packets.append(packet) }
        }
        return packets
    }

    /// Waits for a packet that the closure accepts and returns it; nil if the time is over. Packets before it are dropped.
    public func packet(
        timeout seconds: Double = 2,
        where isWanted: (CapturedPacket) -> Bool
    ) -> CapturedPacket? {
        let deadline = Deadline(after: seconds)
        while true {
            while let packet = next() {
                if let packet, isWanted(packet) { return packet }
            }
            guard socket.wait(for: POLLIN, until: deadline) != 0 else { return nil }
        }
    }

    /// The next packet in the queue: nil at its end, a nil packet for what is no IP packet.
    private func next() -> CapturedPacket?? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        var address = sockaddr_ll()
        var length = socklen_t(MemoryLayout<sockaddr_ll>.size)
        let count = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(socket.descriptor, &buffer, buffer.count, 0, $0, &length)
            }
        }
        guard count >= 0 else { return nil }
        return .some(CapturedPacket(Array(buffer[..<count]), isOutgoing: address.sll_pkttype == 4))  // PACKET_OUTGOING
    }
}

extension Host {
    /// Starts to capture the packets of all interfaces of the host, or of one.
    ///
    /// The packets of `lo` are seen twice, outgoing and incoming.
    public func capture(_ interface: String? = nil) throws -> PacketCapture {
        // With protocol 0 nothing arrives before the socket is bound.
        let socket = try socket(AF_PACKET, SOCK_DGRAM)
        try socket.set(SOL_SOCKET, SO_RCVBUF, 4 * 1024 * 1024)
        var address = sockaddr_ll()
        address.sll_family = sa_family_t(AF_PACKET)
        address.sll_protocol = UInt16(0x0003).bigEndian  // ETH_P_ALL
        if let interface {
            address.sll_ifindex = Int32(perform { if_nametoindex(interface) })
            guard address.sll_ifindex > 0 else {
                throw NetworkFailure("there is no \(interface) on \(name)", errno: ENODEV)
            }
        }
        let size = socklen_t(MemoryLayout<sockaddr_ll>.size)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket.descriptor, $0, size) }
        }
        guard status == 0 else { throw NetworkFailure("capture on \(name)", errno: errno) }
        return PacketCapture(socket)
    }
}
