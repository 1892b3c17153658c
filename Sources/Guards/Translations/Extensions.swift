import KernelObjects
import NetworkTypes

/// What an extension of iptables that iptables-nft uses as it is asks for.
enum ExtensionMatch {
    case always
    case ports(IntervalSet<UInt16>, isNegated: Bool)
    case unknown

    init(_ expression: UnknownExpression) {
        let info = expression.data(ExtensionAttribute.info) ?? []
        switch (expression.extensionName, expression.number(ExtensionAttribute.revision)) {
        case ("comment", _): self = .always
        // `struct xt_tcp` and `xt_udp` begin with the ranges of source and destination ports, in the machine's order.
        case ("tcp", 0?) where info.count >= 12:
            self = Self.ports(info, others: [info[8], info[9], info[10]], info[11])
        case ("udp", 0?) where info.count >= 9: self = Self.ports(info, others: [], info[8])
        case ("multiport", 1?) where info.count >= 48: self = Self.multiport(info)
        // `struct xt_addrtype_info_v1`: the destination is local, as with all packets that rules of `in` are about.
        case ("addrtype", 1?) where info.count >= 8:
            let isLocal = info.number16(0) == 0 && info.number16(2) == 1 << 2 && info[4...7].allSatisfy { $0 == 0 }
            self = isLocal ? .always : .unknown
        default: self = .unknown
        }
    }

    private static func ports(_ info: [UInt8], others: [UInt8], _ inversion: UInt8) -> ExtensionMatch {
        let sources = (info.number16(0), info.number16(2))
        guard sources == (0, .max), others.allSatisfy({ $0 == 0 }), inversion & ~2 == 0,
            let ports = Interval(info.number16(4), info.number16(6))
        else { return .unknown }
        return .ports(IntervalSet(ports), isNegated: inversion & 2 != 0)
    }

    /// `struct xt_multiport_v1`: whose ports, how many, the ports, whether each begins a range, the inversion.
    private static func multiport(_ info: [UInt8]) -> ExtensionMatch {
        let count = Int(info[1])
        guard info[0] == 1, count <= 15 else { return .unknown }
        var intervals: [Interval<UInt16>] = []
        var index = 0
        while index < count {
            let first = info.number16(2 + 2 * index)
            let isRange = info[32 + index] != 0 && index + 1 < count
            let last = isRange ? info.number16(4 + 2 * index) : first
            guard let interval = Interval(first, last) else { return .unknown }
            intervals.append(interval)
            index += isRange ? 2 : 1
        }
        return .ports(IntervalSet(intervals), isNegated: info[47] != 0)
    }
}

/// What a target of iptables that iptables-nft uses as it is does.
enum ExtensionTarget {
    case goesOn
    case leaves
    case translates(ForeignTranslation.Target)

    init(_ expression: UnknownExpression) {
        let info = expression.data(ExtensionAttribute.info) ?? []
        switch expression.extensionName {
        case "DNAT": self = .translates(Self.target(info))
        case "REDIRECT":
            let target = Self.target(info)
            if case .other(_, let port) = target {
                self = .translates(.thisHost(port: port))
            } else {
                self = .translates(target)
            }
        case "NETMAP", "DNPT", "CLUSTERIP": self = .translates(.unknown)
        case "SNAT", "MASQUERADE", "SNPT", "REJECT", "QUEUE", "NFQUEUE": self = .leaves
        default: self = .goesOn
        }
    }

    /// `struct nf_nat_range2`, its shorter forerunner, or the one of IPv4 alone (`nf_nat_ipv4_multi_range_compat`).
    private static func target(_ info: [UInt8]) -> ForeignTranslation.Target {
        let isOld = info.count < 40
        guard info.count >= 20 else { return .unknown }
        let flags = UInt32(info.number16(isOld ? 4 : 0))
        let (first, last) = isOld ? (8, 12) : (4, 20)
        let ports = isOld ? (16, 18) : (36, 38)
        var port: UInt16?
        if flags & 2 != 0 {
            guard info[ports.0...ports.0 + 1] == info[ports.1...ports.1 + 1] else { return .unknown }
            port = UInt16(info[ports.0]) << 8 | UInt16(info[ports.0 + 1])
        }
        guard flags & 1 != 0 else { return .other(nil, port: port) }
        let length = isOld ? 4 : 16
        let bytes = info[first..<first + length]
        guard bytes.elementsEqual(info[last..<last + length]) else { return .unknown }
        // An address of IPv4 leaves the rest of the room empty.
        if isOld || bytes.dropFirst(4).allSatisfy({ $0 == 0 }) {
            return .other(.ipv4(IPv4Address(rawValue: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })), port: port)
        }
        return .other(.ipv6(IPv6Address(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) })), port: port)
    }
}

/// Attributes of `match` and `target` (`NFTA_MATCH_REV`, `NFTA_MATCH_INFO`).
private enum ExtensionAttribute {
    static let revision: UInt16 = 2
    static let info: UInt16 = 3
}

extension [UInt8] {
    /// Two bytes in the machine's order.
    fileprivate func number16(_ offset: Int) -> UInt16 {
        let (first, second) = (UInt16(self[offset]), UInt16(self[offset + 1]))
        return UInt16(1).littleEndian == 1 ? second << 8 | first : first << 8 | second
    }
}
