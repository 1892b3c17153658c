import CLinux
import Glibc
import SystemPackage

/// Sees the packets of IP that come in by the interfaces of a namespace (packet(7)); takes CAP_NET_RAW, and changes nothing.
public struct PacketTap: ~Copyable {
    private let sockets: [Int32]

    /// One packet: the number of the interface that it came in by, and its first bytes, from the header of IP on.
    public struct Packet: Sendable {
        /// The interface.
        public let interface: UInt32
        /// The bytes.
        public let bytes: [UInt8]
    }

    /// `ETH_P_IP`, `ETH_P_IPV6`
    private static let protocols: [UInt16] = [0x0800, 0x86dd]
    /// `PACKET_OUTGOING`
    private static let outgoing: UInt8 = 4
    /// How many bytes of a packet are kept: headers.
    private static let length = 128

    /// Opens it.
    public init(in namespace: borrowing NetworkNamespace) throws(NetlinkError) {
        let outcome: Result<[Int32], NetlinkError> = try namespace.perform {
            var sockets: [Int32] = []
            for number in Self.protocols {
                let descriptor = linux_packet_socket(number)
                guard descriptor >= 0 else {
                    let error = NetlinkError(.openSocket, .last)
                    for socket in sockets { close(socket) }
                    return .failure(error)
                }
                sockets.append(descriptor)
            }
            return .success(sockets)
        }
        sockets = try outcome.get()
    }

    deinit {
        for socket in sockets { close(socket) }
    }

    /// Waits for packets and hands each to a closure until it wants no more, or the time is over.
    /// - Parameters:
    ///   - milliseconds: How long.
    ///   - body: Says whether it wants more.
    public func watch(milliseconds: Int, _ body: (Packet) -> Bool) {
        let end = Self.now + milliseconds
        var buffer = [UInt8](repeating: 0, count: Self.length)
        while true {
            let rest = end - Self.now
            guard rest > 0 else { return }
            var waiting = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&waiting, nfds_t(waiting.count), Int32(rest)) > 0 else { continue }
            for entry in waiting where entry.revents != 0 {
                while let packet = Self.receive(entry.fd, &buffer) {
                    if let packet, !body(packet) { return }
                    guard Self.now < end else { return }
                }
            }
        }
    }

    /// The next packet; nil inside if it is one that leaves, nil if there is none.
    private static func receive(_ socket: Int32, _ buffer: inout [UInt8]) -> Packet?? {
        var source = sockaddr_ll()
        var size = socklen_t(MemoryLayout<sockaddr_ll>.size)
        let count = withUnsafeMutablePointer(to: &source) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                recvfrom(socket, &buffer, buffer.count, 0, address, &size)
            }
        }
        guard count >= 0 else { return nil }
        guard source.sll_pkttype != outgoing else { return .some(nil) }
        return Packet(interface: UInt32(bitPattern: source.sll_ifindex), bytes: Array(buffer[..<count]))
    }

    /// Milliseconds of a clock that nobody sets.
    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
