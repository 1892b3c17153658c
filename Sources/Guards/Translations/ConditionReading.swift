import KernelObjects
import NetworkTypes

/// What a rule of another program asks of packets, and what it does with them.
struct ConditionReading {
    /// What becomes of packets that meet all conditions.
    enum End {
        case next
        /// No later rule of the chain sees them.
        case leaves
        case leads(to: String)
        case leadsAnywhere
        case translates(ForeignTranslation.Target)
    }

    /// What a register holds.
    private enum Content {
        case family
        case transport
        case port
        case source(AddressFamily, mask: UInt128)
        case destination(AddressFamily, mask: UInt128)
        case input
        /// What kind of address the destination is.
        case destinationKind
        case value(RegisterData)
        case other
    }

    private(set) var region: PacketRegion
    private(set) var end = End.next
    private var registers: [UInt32: Content] = [:]

    init(_ region: PacketRegion) {
        self.region = region
    }

    mutating func read(_ rule: RuleObject) {
        guard let expressions = Expression.decode(rule.expressions) else {
            region.isExact = false
            end = .leadsAnywhere
            return
        }
        for expression in expressions {
            read(expression)
            if case .next = end { continue }
            return
        }
    }

    private mutating func read(_ expression: Expression) {
        switch expression {
        case .payload(let payload): self[payload.destination] = content(payload)
        case .meta(let meta):
            guard !meta.isSet else { return }
            self[meta.register] =
                switch meta.key {
                case .nfproto: .family
                case .l4proto: .transport
                case .iifname: .input
                default: .other
                }
        case .conntrack(let conntrack):
            if !conntrack.isSet { self[conntrack.register] = .other }
        case .bitwise(let bitwise): mask(bitwise)
        case .byteorder(let byteorder): self[byteorder.destination] = .other
        case .compare(let compare): self.compare(compare)
        case .range(let range):
            guard case .port = self[range.source], let ports = Interval(range.lower.port, range.upper.port) else {
                return condition(isKnown: false)
            }
            restrictPorts(IntervalSet(ports), isNegated: range.operator == .notEqual)
        case .lookup, .limit: condition(isKnown: false)
        case .immediate(.data(let value, let register)): self[register] = .value(value)
        case .immediate(.verdict(let verdict)):
            switch verdict {
            case .jump(let chain): end = .leads(to: chain)
            case .goto(let chain): end = .leads(to: chain)
            case .accept, .drop, .return: end = .leaves
            case .continue: break
            }
        case .nat(let nat): end = nat.kind == .destination ? .translates(target(nat)) : .leaves
        case .redirect(let redirect): end = .translates(target(redirect))
        case .masquerade, .reject: end = .leaves
        case .counter, .log, .notrack: break
        case .fib(let fib):
            self[fib.destination] = fib.result == .addressType && fib.flags == .destination ? .destinationKind : .other
        case .map(let map):
            condition(isKnown: false)
            if map.destination == .verdict { end = .leadsAnywhere } else { self[map.destination] = .other }
        case .dynamicSet, .last, .object: break
        case .connectionLimit, .duplicate, .extensionHeader, .flowOffload, .forward, .hash, .inner, .ipsec, .logic,
            .numberGenerator, .osf, .payloadWrite, .queue, .quota, .route, .shift, .socket, .synproxy, .tcpOption,
            .transparentProxy, .tunnel:
            // They may end the rule, and fill registers with what is not followed.
            condition(isKnown: false)
            registers = [:]
        case .unknown(let unknown): read(unknown)
        }
    }

    private mutating func condition(isKnown: Bool) {
        if !isKnown { region.isExact = false }
    }

    // MARK: Registers

    /// The registers of 16 bytes by the number of their first one of 4.
    private subscript(register: Register) -> Content {
        get { registers[Self.word(register)] ?? .other }
        set { registers[Self.word(register)] = newValue }
    }

    private static func word(_ register: Register) -> UInt32 {
        (1...4).contains(register.rawValue) ? 4 + 4 * register.rawValue : register.rawValue
    }

    private func content(_ payload: PayloadExpression) -> Content {
        guard payload.base == .network else {
            return payload.base == .transport && payload.offset == 2 && payload.length == 2 ? .port : .other
        }
        // A prefix of whole bytes is compared without the others.
        let length = min(payload.length, 16)
        let mask = ~(UInt128.max >> UInt128(8 * length))
        switch (region.families, payload.offset, length) {
        case (.ipv4, 12, 1...4): return .source(.ipv4, mask: mask)
        case (.ipv4, 16, 1...4): return .destination(.ipv4, mask: mask)
        case (.ipv4, 9, 1): return .transport
        case (.ipv6, 8, 1...16): return .source(.ipv6, mask: mask)
        case (.ipv6, 24, 1...16): return .destination(.ipv6, mask: mask)
        default: return .other
        }
    }

    private mutating func mask(_ bitwise: BitwiseExpression) {
        let mask = bitwise.mask.bits
        switch self[bitwise.source] {
        case .source(let family, let earlier) where bitwise.xor.bits == 0:
            self[bitwise.destination] = .source(family, mask: earlier & mask)
        case .destination(let family, let earlier) where bitwise.xor.bits == 0:
            self[bitwise.destination] = .destination(family, mask: earlier & mask)
        default: self[bitwise.destination] = .other
        }
    }

    // MARK: Conditions

    private mutating func compare(_ compare: CompareExpression) {
        let isNegated = compare.operator == .notEqual
        let isEquality = isNegated || compare.operator == .equal
        let value = compare.value
        switch self[compare.source] {
        case .port where !isEquality: restrictPorts(compare.operator, value.port)
        case _ where !isEquality: condition(isKnown: false)
        case .port: restrictPorts(IntervalSet(Interval(value.port)), isNegated: isNegated)
        case .transport:
            region.restrict(protocols: isNegated ? Set(0...255).subtracting([value.firstByte]) : [value.firstByte])
        case .family:
            let family = AddressFamily(rawValue: value.firstByte).map { AddressFamilies($0) } ?? []
            region.families = isNegated ? region.families.subtracting(family) : region.families.intersection(family)
        case .input:
            guard let pattern = InterfacePattern(registerData: value) else { return condition(isKnown: false) }
            if isNegated { region.otherInputs.append(pattern) } else { region.restrict(input: pattern) }
        case .source(let family, let mask):
            guard !isNegated, let range = AddressRange(family, value, mask) else { return condition(isKnown: false) }
            region.restrict(sources: AddressSet(range))
        case .destination(let family, let mask):
            guard !isNegated, let range = AddressRange(family, value, mask) else { return condition(isKnown: false) }
            region.restrict(destinations: AddressSet(range))
        // `RTN_LOCAL`: an address of this host, as all packets have that rules of `in` are about.
        case .destinationKind: condition(isKnown: !isNegated && value.hostOrder32 == 2)
        case .value, .other: condition(isKnown: false)
        }
    }

    private mutating func restrictPorts(_ ports: IntervalSet<UInt16>, isNegated: Bool) {
        guard isNegated else { return region.restrict(ports: ports) }
        var rest: [Interval<UInt16>?] = []
        var next: UInt16? = 0
        for interval in ports.intervals {
            if let next, next < interval.lower { rest.append(Interval(next, interval.lower - 1)) }
            next = interval.upper == .max ? nil : interval.upper + 1
        }
        if let next { rest.append(Interval(next, .max)) }
        region.restrict(ports: IntervalSet(rest.compactMap(\.self)))
    }

    private mutating func restrictPorts(_ operation: CompareExpression.Operator, _ port: UInt16) {
        let interval: Interval<UInt16>? =
            switch operation {
            case .less: port == 0 ? nil : Interval(0, port - 1)
            case .lessOrEqual: Interval(0, port)
            case .greater: port == .max ? nil : Interval(port + 1, .max)
            case .greaterOrEqual: Interval(port, .max)
            case .equal, .notEqual: nil
            }
        region.restrict(ports: IntervalSet([interval].compactMap(\.self)))
    }

    // MARK: Targets

    private func port(_ pair: RegisterPair) -> UInt16? {
        guard case .value(let lower) = self[pair.lower], case .value(let upper) = self[pair.upper],
            lower.port == upper.port
        else { return nil }
        return lower.port
    }

    private func target(_ redirect: RedirectExpression) -> ForeignTranslation.Target {
        guard let ports = redirect.ports else { return .thisHost(port: nil) }
        return port(ports).map { .thisHost(port: $0) } ?? .unknown
    }

    private func target(_ nat: NATExpression) -> ForeignTranslation.Target {
        let port = nat.ports.flatMap(port)
        guard nat.ports == nil || port != nil else { return .unknown }
        guard let pair = nat.addresses else { return .other(nil, port: port) }
        guard case .value(let lower) = self[pair.lower], case .value(let upper) = self[pair.upper], lower == upper
        else { return .unknown }
        switch lower.length {
        case 4: return .other(.ipv4(IPv4Address(rawValue: lower.networkOrder32)), port: port)
        case 16: return .other(.ipv6(IPv6Address(rawValue: lower.bits)), port: port)
        default: return .unknown
        }
    }

    // MARK: What Weir's own rules are not made of

    private mutating func read(_ unknown: UnknownExpression) {
        switch unknown.name {
        case "match":
            switch ExtensionMatch(unknown) {
            case .always: break
            case .ports(let ports, let isNegated): restrictPorts(ports, isNegated: isNegated)
            case .unknown: condition(isKnown: false)
            }
        case "target":
            switch ExtensionTarget(unknown) {
            case .goesOn: break
            case .leaves: end = .leaves
            case .translates(let target): end = .translates(target)
            }
        case "lookup":
            // It looks into a map: of verdicts, or of values for a register (`NFTA_LOOKUP_DREG`).
            condition(isKnown: false)
            let register = Register(rawValue: unknown.number(3) ?? 0)
            if register == .verdict { end = .leadsAnywhere } else { self[register] = .other }
        case "immediate":
            condition(isKnown: false)
            end = .leadsAnywhere
        case "nat":
            // `NFTA_NAT_TYPE`: sources are none of this.
            let kind = unknown.number(1)
            condition(isKnown: kind != nil)
            end = kind == NATExpression.Kind.source.rawValue ? .leaves : .translates(.unknown)
        case "redir": end = .translates(.unknown)
        case "counter", "log", "dynset", "last", "objref", "masq": break
        default:
            condition(isKnown: false)
            registers = [:]
        }
    }
}

extension AddressRange {
    /// The addresses that are equal to a value under a mask; nil unless the mask is that of a prefix.
    fileprivate init?(_ family: AddressFamily, _ value: RegisterData, _ mask: UInt128) {
        let length = mask.nonzeroBitCount
        guard mask == (length == 0 ? 0 : UInt128.max << UInt128(128 - length)) else { return nil }
        let bits = value.bits & mask
        let address: IPAddress =
            switch family {
            case .ipv4: .ipv4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits >> 96)))
            case .ipv6: .ipv6(IPv6Address(rawValue: bits))
            }
        self.init(IPPrefix(masking: address, length: UInt8(length)))
    }
}

extension InterfacePattern {
    /// The interface that is compared with: 16 bytes for a name, fewer for the beginning of one.
    fileprivate init?(registerData value: RegisterData) {
        let bytes = (0..<Int(value.length)).map { UInt8(truncatingIfNeeded: value.bits >> UInt128(120 - 8 * $0)) }
        let text = bytes.prefix { $0 != 0 }
        guard let name = InterfaceName(String(decoding: text, as: UTF8.self)) else { return nil }
        self.init(name, isPrefix: text.count == bytes.count)
    }
}
