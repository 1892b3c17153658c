public import KernelObjects
public import Netlink
import NetworkTypes
import SystemPackage

extension KernelConnection {
    /// Sees the packets that come in; it changes nothing.
    public func tapPackets() throws(KernelStateError) -> PacketTap {
        do throws(NetlinkError) {
            return try PacketTap(in: namespace)
        } catch {
            throw KernelStateError(.readConnections, error)
        }
    }
}

extension PacketTap.Packet {
    /// How many routers it has passed, by what is left of the number that it set out with: programs take 32, 64, 128 or 255. Whoever takes
    /// another number is thought to be further away than he is. nil for what is not IP.
    public var routersPassed: Int? {
        guard let version = bytes.first.map({ $0 >> 4 }), version == 4 || version == 6, bytes.count >= 20 else {
            return nil
        }
        let left = bytes[version == 4 ? 8 : 7]
        return [32, 64, 128, 255].first { $0 >= left }.map { Int($0 - left) }
    }

    /// Where a TCP segment comes from and where it goes; nil for other packets, and for one with headers between those of IPv6 and TCP.
    public var ends: (source: TCPEndpoint, destination: TCPEndpoint)? {
        guard let version = bytes.first.map({ $0 >> 4 }) else { return nil }
        let isIPv4 = version == 4
        let header = isIPv4 ? Int(bytes[0] & 0xf) * 4 : 40
        guard isIPv4 || version == 6, bytes.count >= header + 4, header >= 20,
            bytes[isIPv4 ? 9 : 6] == IPProtocol.tcp.rawValue
        else { return nil }
        func port(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) }
        func address(_ offset: Int) -> IPAddress {
            let bits = bytes[offset..<offset + (isIPv4 ? 4 : 16)].reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
            return isIPv4
                ? .ipv4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits))) : .ipv6(IPv6Address(rawValue: bits))
        }
        let (source, destination) = isIPv4 ? (12, 16) : (8, 24)
        return (
            TCPEndpoint(address: address(source), port: port(header)),
            TCPEndpoint(address: address(destination), port: port(header + 2))
        )
    }
}
