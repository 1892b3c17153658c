import KernelObjects
import NetworkTypes

extension Packet {
    /// What `nft_meta` loads for a key.
    func meta(_ key: MetaExpression.Key) -> KnownBits {
        switch key {
        case .nfproto: KnownBits(RegisterData(family.rawValue))
        case .l4proto: KnownBits(RegisterData(transport.number))
        case .mark: KnownBits(hostOrder: mark)
        case .skuid where input == .none && user != nil: KnownBits(hostOrder: KnownNumber(user ?? 0))
        case .iifname: Self.name(input)
        case .oifname: Self.name(output)
        case .iif: Self.index(input)
        case .oif: Self.index(output)
        // Not set yet for what this host sends.
        case .protocol where input != .none: KnownBits(RegisterData(port: family == .ipv4 ? 0x0800 : 0x86dd))
        default: .unknown(length: 16)
        }
    }

    private static func name(_ interface: Interface) -> KnownBits {
        switch interface {
        case .none: KnownBits(RegisterData(leadingBytes: 0, length: 16))
        case .link(let link):
            InterfaceName(link.name).map { KnownBits(RegisterData(InterfacePattern($0))) } ?? .unknown(length: 16)
        case .unknown: .unknown(length: 16)
        }
    }

    private static func index(_ interface: Interface) -> KnownBits {
        switch interface {
        case .none: KnownBits(RegisterData(hostOrder: 0))
        case .link(let link): KnownBits(RegisterData(hostOrder: link.index))
        case .unknown: .unknown(length: 4)
        }
    }

    /// What `nft_payload` loads.
    func payload(_ payload: PayloadExpression) -> KnownBits {
        let length = Int(clamping: payload.length)
        guard (1...16).contains(length), payload.offset < 64 else { return .unknown(length: 16) }
        var bits: UInt128 = 0
        var known: UInt128 = 0
        for index in 0..<length {
            let shift = UInt128(120 - 8 * index)
            let (byte, mask) = byte(payload.base, Int(payload.offset) + index)
            bits |= UInt128(byte & mask) << shift
            known |= UInt128(mask) << shift
        }
        return KnownBits(bits: bits, known: known, length: length)
    }

    /// A byte of a header, and which of its bits are known.
    private func byte(_ base: PayloadExpression.Base, _ offset: Int) -> (value: UInt8, known: UInt8) {
        switch base {
        case .link, .inner, .tunnel: return (0, 0)
        case .network:
            let (protocolOffset, sourceOffset) = family == .ipv4 ? (9, 12) : (6, 8)
            let size = family.addressBits / 8
            switch offset {
            case protocolOffset: return (transport.number, 0xff)
            case sourceOffset..<sourceOffset + size:
                return (source.address.byte(offset - sourceOffset), 0xff)
            case sourceOffset + size..<sourceOffset + 2 * size:
                return (destination.address.byte(offset - sourceOffset - size), 0xff)
            default: return (0, 0)
            }
        case .transport:
            switch transport {
            case .neighbourDiscovery(let type):
                // Type and code.
                return offset == 0 ? (type, 0xff) : (0, offset == 1 ? 0xff : 0)
            case .tcp(let flags): return byte(ofSegmentWith: flags, offset)
            case .carrier(_, let port):
                guard let port, offset == 2 || offset == 3 else { return (0, 0) }
                return (UInt8(truncatingIfNeeded: offset == 2 ? port >> 8 : port), 0xff)
            }
        }
    }

    private func byte(ofSegmentWith flags: Flags, _ offset: Int) -> (value: UInt8, known: UInt8) {
        switch offset {
        case 0: (UInt8(source.port >> 8), 0xff)
        case 1: (UInt8(source.port & 0xff), 0xff)
        case 2: (UInt8(destination.port >> 8), 0xff)
        case 3: (UInt8(destination.port & 0xff), 0xff)
        case 13: (flags.value, flags.known)
        default: (0, 0)
        }
    }

    /// What `nft_ct` loads for a key; nil if there is no entry to ask, so that the rule does not hold.
    func conntrack(_ expression: ConntrackExpression) -> KnownBits {
        switch expression.key {
        case .state: return state
        case .status: return KnownBits(hostOrder: tracking.status)
        case .mark: return KnownBits(hostOrder: tracking.mark)
        case .destinationIPv4 where expression.direction == .original,
            .destinationIPv6 where expression.direction == .original:
            return tracking.originalDestination.map { KnownBits(RegisterData($0.address)) } ?? .unknown(length: 16)
        case .destinationPort where expression.direction == .original:
            return tracking.originalDestination.map { KnownBits(RegisterData(port: $0.port)) } ?? .unknown(length: 2)
        case .sourcePort where expression.direction == .original:
            return tracking.originalSource.map { KnownBits(RegisterData(port: $0.port)) } ?? .unknown(length: 2)
        default: return .unknown(length: 16)
        }
    }

    /// The state bits: known where all states that there may be agree about them.
    private var state: KnownBits {
        let bits = tracking.states.rawValue
        let known = bits.nonzeroBitCount == 1 ? UInt32.max : ~bits
        return KnownBits(hostOrder: KnownNumber(bits, known: known))
    }
}

extension Packet.Transport {
    /// The protocol's number.
    fileprivate var number: UInt8 {
        switch self {
        case .tcp: IPProtocol.tcp.rawValue
        case .neighbourDiscovery: IPProtocol.icmpv6.rawValue
        case .carrier(let number, _): number
        }
    }
}

extension IPAddress {
    /// A byte of the address, the first one being 0; the caller keeps to its length.
    fileprivate func byte(_ index: Int) -> UInt8 {
        switch self {
        case .ipv4(let address): UInt8(truncatingIfNeeded: address.rawValue >> UInt32(24 - 8 * index))
        case .ipv6(let address): UInt8(truncatingIfNeeded: address.rawValue >> UInt128(120 - 8 * index))
        }
    }
}
