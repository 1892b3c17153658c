import NetworkTypes
import RulesetModel

extension TextBuffer {
    /// Appends a match; `family` and `transport` are the one family and the one protocol that the rule is about.
    mutating func write(
        nftMatch match: Match,
        behind previous: Match?,
        family: AddressFamily?,
        transport: IPProtocol?
    ) throws(Inexpressible) {
        switch match {
        case .inputInterface(let interfaces): try write(nftInterfaces: interfaces, "iifname ")
        case .outputInterface(let interfaces): try write(nftInterfaces: interfaces, "oifname ")
        case .family(let family): write(family == .ipv4 ? "meta nfproto ipv4" : "meta nfproto ipv6")
        case .sourceAddress(let addresses): try write(nftAddresses: addresses, family, "saddr ")
        case .destinationAddress(let addresses): try write(nftAddresses: addresses, family, "daddr ")
        case .transportProtocol(let protocols):
            write("meta l4proto ")
            try write(nft: protocols) { values, text throws(Inexpressible) in
                text.write(nftElements: values) { $1.write(nftProtocol: $0) }
            }
        case .sourcePort(let ports): try write(nftPorts: ports, transport, " sport ")
        case .destinationPort(let ports):
            try write(nftPorts: ports, transport, " dport ")
            // Of two single ports that are shut out nft 1.0.6 makes one comparison, which says something else; of a range it does not.
            if case .sourcePort(let sources)? = previous, sources.shutOutPort != nil, let port = ports.shutOutPort {
                write(UInt8(ascii: "-"))
                write(decimal: port)
            }
        case .tcpFlags(let flags): write(nftFlags: flags)
        case .icmp(let match): write(nftICMP: match)
        case .connectionState(let states, let isNegated):
            write(isNegated ? "ct state ! " : "ct state ")
            states.writeNames(to: &self)
        case .connectionStatus(let status, let isNegated):
            write(isNegated ? "ct status ! " : "ct status ")
            status.writeNames(to: &self)
        case .connectionMark(let match): try write(nftMark: match, "ct mark ")
        case .originalDestinationAddress(let addresses):
            try write(nftAddresses: addresses, family, "daddr ", of: "ct original ")
        case .originalDestinationPort(let ports): try write(nftOriginalPorts: ports)
        case .mark(let match): try write(nftMark: match, "meta mark ")
        case .socketUser(let users):
            write("meta skuid ")
            try write(nftIntervals: users)
        case .socketGroup(let groups):
            write("meta skgid ")
            try write(nftIntervals: groups)
        case .field(let match): try write(nftField: match, family)
        case .limit(let limit): write(nftLimit: limit)
        }
    }

    /// Appends the values, or the set's name; a set of addresses has one for each family.
    private mutating func write<Values>(
        nft membership: Membership<Values>,
        setOf family: AddressFamily? = nil,
        values write: (Values, inout TextBuffer) throws(Inexpressible) -> Void
    ) throws(Inexpressible) {
        if membership.isNegated { self.write("!= ") }
        switch membership.operand {
        case .values(let values):
            try write(values, &self)
        case .namedSet(let name):
            let name = family.map { NamedSet.kernelName(name, $0) } ?? name
            guard !NftWords.reservesSet(name) else { throw Inexpressible("nft cannot read the name '\(name)'") }
            self.write(UInt8(ascii: "@"))
            try self.write(nftName: name)
        }
    }

    /// Appends one element bare, several in braces.
    private mutating func write<Element>(
        nftElements elements: [Element],
        _ write: (Element, inout TextBuffer) -> Void
    ) {
        if elements.count == 1 {
            write(elements[0], &self)
        } else {
            self.write("{ ")
            self.write(elements, separator: ", ", write: write)
            self.write(" }")
        }
    }

    private mutating func write(
        nftInterfaces interfaces: Membership<[InterfacePattern]>,
        _ key: StaticString
    ) throws(Inexpressible) {
        write(key)
        try write(nft: interfaces) { patterns, text throws(Inexpressible) in
            if patterns.count > 1 { text.write("{ ") }
            for (index, pattern) in patterns.enumerated() {
                if index > 0 { text.write(", ") }
                try text.write(nftInterface: pattern)
            }
            if patterns.count > 1 { text.write(" }") }
        }
    }

    private mutating func write(
        nftAddresses addresses: Membership<AddressSet>,
        _ family: AddressFamily?,
        _ field: StaticString,
        of owner: StaticString = ""
    ) throws(Inexpressible) {
        guard let family else { throw Inexpressible("the rule has addresses of two families") }
        write(owner)
        write(family == .ipv4 ? "ip " : "ip6 ")
        write(field)
        try write(nft: addresses, setOf: family) { values, text throws(Inexpressible) in
            text.write(nftElements: Array(values.ranges)) { $1.write($0) }
        }
    }

    private mutating func write(
        nftPorts ports: Membership<IntervalSet<UInt16>>,
        _ transport: IPProtocol?,
        _ field: StaticString
    ) throws(Inexpressible) {
        if let transport { write(nftProtocol: transport) } else { write("th") }
        write(field)
        try write(nftIntervals: ports)
    }

    private mutating func write<Bound: FixedWidthInteger & UnsignedInteger>(
        nftIntervals intervals: Membership<IntervalSet<Bound>>
    ) throws(Inexpressible) {
        try write(nft: intervals) { values, text throws(Inexpressible) in
            text.write(nftElements: values.intervals) { $1.write($0) }
        }
    }

    /// nft lists no set of these ports: each range that is shut out is a condition of its own.
    private mutating func write(
        nftOriginalPorts ports: Membership<IntervalSet<UInt16>>
    ) throws(Inexpressible) {
        guard case .values(let values) = ports.operand, values.intervals.count > 1, ports.isNegated else {
            write("ct original proto-dst ")
            return try write(nftIntervals: ports)
        }
        write(values.intervals, separator: " ") { interval, text in
            text.write("ct original proto-dst != ")
            text.write(interval)
        }
    }

    private mutating func write(nftFlags match: TCPFlagsMatch) {
        write("tcp flags ")
        if match.mask.rawValue.nonzeroBitCount == 1 {
            if match.flags.isEmpty { write("! ") }
            match.mask.writeNames(to: &self)
        } else if match.mask == .allNamed {
            write(match.isNegated ? "!= " : "== ")
            if match.flags.isEmpty { write("0x0") } else { match.flags.writeNames(to: &self) }
        } else if match.flags.isEmpty {
            if !match.isNegated { write("! ") }
            match.mask.writeNames(to: &self)
        } else {
            if match.isNegated { write("!= ") }
            match.flags.writeNames(to: &self)
            write(" / ")
            match.mask.writeNames(to: &self)
        }
    }

    private mutating func write(nftICMP match: ICMPMatch) {
        let isVersion4 = match.family == .ipv4
        write(isVersion4 ? "icmp type " : "icmpv6 type ")
        if match.isNegated { write("!= ") }
        write(nftElements: match.types) { type, text in
            if isVersion4 { text.write(ICMPType(rawValue: type)) } else { text.write(ICMPv6Type(rawValue: type)) }
        }
        guard let code = match.code else { return }
        write(isVersion4 ? " icmp code " : " icmpv6 code ")
        if isVersion4 { write(ICMPCode(rawValue: code)) } else { write(ICMPv6Code(rawValue: code)) }
    }

    private mutating func write(nftMark match: Membership<Mark>, _ key: StaticString) throws(Inexpressible) {
        write(key)
        guard case .values(let mark) = match.operand else {
            return try write(nft: match) { _, _ throws(Inexpressible) in }
        }
        if mark.mask != .max {
            write("& ")
            write(nftMark: mark.mask)
            write(match.isNegated ? " != " : " == ")
        } else if match.isNegated {
            write("!= ")
        }
        write(nftMark: mark.value)
    }

    private mutating func write(nftLimit limit: Limit) {
        write(limit.isOver ? "limit rate over " : "limit rate ")
        limit.writeRate(to: &self)
        guard limit.burst != Limit.defaultBurst(limit.unit) else { return }
        write(" burst ")
        limit.writeBurst(to: &self)
        if limit.unit == .packets { write(" packets") }
    }
}
