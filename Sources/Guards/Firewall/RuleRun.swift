import KernelObjects
import NetworkTypes

/// Where a rule sends the connection's packets instead.
enum Translation {
    /// To an address and a port; what is nothing stays as it is.
    case destination(IPAddress?, UInt16?)
    /// To this host, to a port; nothing keeps it.
    case redirect(UInt16?)
    /// It is not known where to.
    case unknownDestination
    /// They come from elsewhere.
    case source
}

/// What a rule does with a packet that it holds for.
enum RuleEnd {
    /// The next rule is tried.
    case next
    case verdict(Verdict)
    case reject
    case translate(Translation)
    /// It cannot be known.
    case anything
}

extension RuleEnd {
    /// Whether packets that keep to a rate get on, and only those that exceed it do not.
    func sparesPackets(under rate: LimitExpression) -> Bool {
        switch self {
        case .verdict(.accept): !rate.isOver
        case .verdict(.drop), .reject: rate.isOver
        default: false
        }
    }
}

/// One rule at work on a packet.
struct RuleRun {
    private let program: FirewallProgram
    private var registers = RegisterBank()
    private var anonymousSets: ArraySlice<SetObject> = []
    private var truth = Truth.yes
    /// The rate that is all that is not known about whether the rule holds.
    private var rate: LimitExpression?
    /// The packet with what the rule has done to it.
    private var packet: Packet

    init(_ program: FirewallProgram, _ packet: Packet) {
        self.program = program
        self.packet = packet
    }

    /// Runs a rule.
    /// - Returns: Whether the rule holds for the packet, what becomes of it then, the packet with all that may have been changed, and the
    ///   rate that is all that is not known.
    mutating func run(
        _ rule: FirewallProgram.Rule,
        on packet: Packet
    ) -> (truth: Truth, end: RuleEnd, packet: Packet, rate: LimitExpression?) {
        self.packet = packet
        truth = .yes
        rate = nil
        registers.forget()
        anonymousSets = rule.anonymousSets[...]
        guard let expressions = rule.expressions else { return (.maybe, .anything, packet, nil) }
        for expression in expressions {
            let end = step(expression)
            if truth == .no { break }
            if let end { return (truth, end, self.packet, rate) }
        }
        return (truth, .next, self.packet, rate)
    }

    /// Runs an expression; says what becomes of the packet where it decides.
    private mutating func step(_ expression: Expression) -> RuleEnd? {
        switch expression {
        case .bitwise(let expression): compute(expression)
        case .byteorder(let expression): swap(expression)
        case .compare(let expression): demand(compare(expression))
        case .range(let expression): demand(compare(expression))
        case .lookup(let expression): demand(lookUp(expression))
        case .payload(let expression):
            // There may be no such header, and then the rule does not hold.
            if expression.base == .inner || expression.base == .tunnel { demand(.maybe) }
            // Longer ones reach into the next registers.
            if expression.length > 16 { registers.forget() }
            registers.load(packet.payload(expression), into: expression.destination)
        case .meta(let expression): meta(expression)
        case .conntrack(let expression): conntrack(expression)
        case .counter, .log: break
        case .limit(let limit):
            let wasCertain = truth == .yes
            demand(.maybe)
            if wasCertain { rate = limit }
        case .notrack: change { $0.takeOutOfTracking() }
        case .immediate(.data(let value, let register)): registers.load(KnownBits(value), into: register)
        case .immediate(.verdict(let verdict)): return .verdict(verdict)
        case .reject: return .reject
        case .masquerade: return .translate(.source)
        case .redirect(let redirect): return .translate(translation(redirect))
        case .nat(let nat): return .translate(translation(nat))
        case .connectionLimit, .duplicate, .dynamicSet, .extensionHeader, .fib, .flowOffload, .forward, .hash, .inner,
            .ipsec, .last, .logic, .map, .numberGenerator, .object, .osf, .payloadWrite, .queue, .quota, .route, .shift,
            .socket, .synproxy, .tcpOption, .transparentProxy, .tunnel, .unknown:
            guard Self.onlyMatches.contains(expression.kindName) else { return .anything }
            // The sets of a rule are looked into in order.
            if case .object(.map(let name, _)) = expression, SetObject.isAnonymousName(name) {
                _ = anonymousSets.popFirst()
            }
            demand(.maybe)
            registers.forget()
        }
        return nil
    }

    /// Expressions that may end the rule, fill registers or count, and do nothing to the packet.
    static let onlyMatches: Set<String> = [
        "bitwise", "byteorder", "cmp", "range", "quota", "connlimit", "last", "numgen", "hash", "fib", "rt", "socket",
        "osf", "exthdr", "xfrm", "tunnel", "inner", "dynset", "match", "objref", "counter", "limit", "log", "dup",
    ]

    private mutating func demand(_ condition: Truth) {
        if condition == .maybe { rate = nil }
        truth = truth.and(condition)
    }

    /// Changes the packet, for certain or perhaps.
    private mutating func change(_ body: (inout Packet) -> Void) {
        var changed = packet
        body(&changed)
        packet = truth == .yes ? changed : packet.joined(with: changed)
    }

    // MARK: Registers

    private mutating func compute(_ expression: BitwiseExpression) {
        let operand = registers.read(expression.source, length: Int(expression.mask.length))
        let mask = expression.mask.bits
        // A bit that the mask clears is known.
        let result = KnownBits(
            bits: operand.value.bits & mask ^ expression.xor.bits,
            known: operand.known.bits | ~mask,
            length: operand.length
        )
        registers.load(result, into: expression.destination)
    }

    private mutating func swap(_ expression: ByteorderExpression) {
        let length = Int(clamping: expression.length)
        let size = Int(clamping: expression.size)
        guard [2, 4, 8].contains(size), (1...16).contains(length), length % size == 0 else {
            registers.forget()
            return
        }
        let operand = registers.read(expression.source, length: length)
        var bits: UInt128 = 0
        var known: UInt128 = 0
        for index in 0..<length {
            let source = index / size * size + (size - 1 - index % size)
            let from = UInt128(120 - 8 * source)
            let to = UInt128(120 - 8 * index)
            bits |= (operand.value.bits >> from & 0xff) << to
            known |= (operand.known.bits >> from & 0xff) << to
        }
        // Both directions do the same: the machine is little-endian or nothing is to be done.
        let result =
            UInt16(1).bigEndian == 1 ? operand : KnownBits(bits: bits, known: known, length: length)
        registers.load(result, into: expression.destination)
    }

    private func compare(_ expression: CompareExpression) -> Truth {
        let operand = registers.read(expression.source, length: Int(expression.value.length))
        let difference = (operand.value.bits ^ expression.value.bits) & operand.known.bits
        let isEqual: Truth = difference != 0 ? .no : operand.isKnown ? .yes : .maybe
        switch expression.operator {
        case .equal: return isEqual
        case .notEqual: return !isEqual
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard operand.isKnown else { return .maybe }
            let (left, right) = (operand.value.bits, expression.value.bits)
            return switch expression.operator {
            case .less: Truth(left < right)
            case .lessOrEqual: Truth(left <= right)
            case .greater: Truth(left > right)
            default: Truth(left >= right)
            }
        }
    }

    private func compare(_ expression: RangeExpression) -> Truth {
        let operand = registers.read(expression.source, length: Int(expression.lower.length))
        guard operand.isKnown else { return .maybe }
        let isInside = (expression.lower.bits...max(expression.lower.bits, expression.upper.bits)).contains(
            operand.value.bits
        )
        return Truth(isInside == (expression.operator == .equal))
    }

    private mutating func lookUp(_ expression: LookupExpression) -> Truth {
        let set =
            expression.set == SetObject.anonymousName ? anonymousSets.popFirst() : program.set(named: expression.set)
        guard let set else { return .maybe }
        let isThere = set.holds(registers.read(expression.source, length: Int(clamping: set.keyLength)))
        return expression.isInverted ? !isThere : isThere
    }

    // MARK: The packet

    private mutating func meta(_ expression: MetaExpression) {
        guard expression.isSet else {
            registers.load(packet.meta(expression.key), into: expression.register)
            return
        }
        guard expression.key == .mark else { return }
        let mark = registers.read(expression.register, length: 4).hostOrder32
        change { $0.mark = mark }
    }

    private mutating func conntrack(_ expression: ConntrackExpression) {
        // Only the state of a packet without an entry can be asked for (`nft_ct_get_eval`).
        if expression.key != .state { demand(packet.tracking.hasEntry) }
        switch (expression.key, packet.family) {
        case (.destinationIPv4, .ipv6), (.destinationIPv6, .ipv4): demand(.no)
        default: break
        }
        guard expression.isSet else {
            registers.load(packet.conntrack(expression), into: expression.register)
            return
        }
        guard expression.key == .mark else { return }
        let mark = registers.read(expression.register, length: 4).hostOrder32
        change { $0.tracking.mark = mark }
    }

    private func translation(_ redirect: RedirectExpression) -> Translation {
        guard let ports = redirect.ports else { return .redirect(nil) }
        return port(ports).map { .redirect($0) } ?? .unknownDestination
    }

    private func translation(_ nat: NATExpression) -> Translation {
        guard nat.kind == .destination else { return .source }
        var address: IPAddress?
        if let registers = nat.addresses {
            guard let known = self.address(registers, keepsHostPart: nat.keepsHostPart) else {
                return .unknownDestination
            }
            address = known
        }
        var port: UInt16?
        if let registers = nat.ports {
            guard let known = self.port(registers) else { return .unknownDestination }
            port = known
        }
        return .destination(address, port)
    }

    /// The port in two registers; nil if there are several, or where it is not known.
    private func port(_ pair: RegisterPair) -> UInt16? {
        let (lower, upper) = (registers.read(pair.lower, length: 2), registers.read(pair.upper, length: 2))
        guard lower.isKnown, upper.isKnown, lower.value == upper.value else { return nil }
        return lower.value.port
    }

    /// The address in two registers; nil if there are several, or where it is not known.
    private func address(_ pair: RegisterPair, keepsHostPart: Bool) -> IPAddress? {
        let length = packet.family.addressBits / 8
        let (lower, upper) = (registers.read(pair.lower, length: length), registers.read(pair.upper, length: length))
        guard lower.isKnown, upper.isKnown, keepsHostPart || lower.value == upper.value else { return nil }
        // Where the bounds of the prefix differ is the host part of the old address (`nft_nat_setup_netmap`).
        let hostBits = lower.value.bits ^ upper.value.bits
        let old = RegisterData(packet.destination.address).bits
        let bits = lower.value.bits & ~hostBits | old & hostBits
        return packet.family == .ipv4
            ? .ipv4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: bits >> 96))) : .ipv6(IPv6Address(rawValue: bits))
    }
}

extension Packet {
    /// What `notrack` does: nothing to a packet that has an entry (`nft_notrack_eval`).
    fileprivate mutating func takeOutOfTracking() {
        switch tracking.hasEntry {
        case .yes: return
        case .no: tracking.states = .untracked
        case .maybe: tracking.states.insert(.untracked)
        }
    }
}
