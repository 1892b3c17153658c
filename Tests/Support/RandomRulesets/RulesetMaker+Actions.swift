import NetworkTypes
import RulesetModel

extension RulesetMaker {
    mutating func makeAction(
        _ direction: Direction?,
        in purpose: ChainPurpose,
        _ families: AddressFamilies,
        _ transport: Transport
    ) -> Action {
        if direction != nil {
            if chance(0.3), let action = makeTranslation(direction, families, transport) { return action }
            if chance(0.1) { return direction != .forward && chance(0.5) ? .notrack : .setMark(makeMark()) }
            if chance(0.05) { return .setConnectionMark(makeMark()) }
            if chance(0.15), let action = makeJump(direction) { return action }
        }
        switch purpose {
        case .nat where chance(0.6):
            if let action = makeTranslation(.input, families, transport, inChain: true) { return action }
        case .filter, .any:
            if direction != nil || purpose == .filter, chance(0.2) {
                return .reject(makeReason(transport).canonical(for: families))
            }
        case .nat:
            break
        }
        switch number(0...5) {
        case 0: return .drop
        case 1: return .log(makeLog())
        case 2: return .count
        case 3 where direction == nil: return .return
        default: return .accept
        }
    }

    private mutating func makeReason(_ transport: Transport) -> RejectReason {
        switch number(0...3) {
        case 0: transport.isTCP ? .tcpReset : .icmpx(.portUnreachable)
        case 1: .icmpv6(pick(ICMPv6UnreachableCode.allCases))
        case 2: .icmpx(pick(ICMPXCode.allCases))
        default: .icmp(pick(ICMPUnreachableCode.allCases))
        }
    }

    private mutating func makeJump(_ direction: Direction?) -> Action? {
        let names = ruleset.chains.filter { $0.kind == .regular && ($0.name == "slow" || direction == .input) }.map(
            \.name
        )
        guard !names.isEmpty else { return nil }
        return chance(0.7) ? .jump(pick(names)) : .goto(pick(names))
    }

    /// A translation that the direction allows; ports only where the rule says a protocol that has them.
    private mutating func makeTranslation(
        _ direction: Direction?,
        _ families: AddressFamilies,
        _ transport: Transport,
        inChain: Bool = false
    ) -> Action? {
        let family: AddressFamily = families == .ipv6 ? .ipv6 : families == .ipv4 ? .ipv4 : chance(0.7) ? .ipv4 : .ipv6
        let flags = makeFlags()
        switch (direction, chance(0.5)) {
        case (.input, true), (.output, true):
            guard transport.hasPorts else { return nil }
            let isAccepted = direction == .input && !inChain && chance(0.3)
            return .redirect(Redirect(ports: makePortRange(), flags: flags, isAccepted: isAccepted))
        case (.input, false), (.output, false):
            let ports = transport.hasPorts && chance(0.5) ? makePortRange() : nil
            let addresses = ports != nil && chance(0.1) ? nil : TargetAddresses(makeTargetAddresses(family))
            return .destinationNAT(AddressTranslation(addresses: addresses, ports: ports, flags: flags))
        case (.forward, true):
            return .masquerade(
                Masquerade(ports: transport.hasPorts && chance(0.3) ? makePortRange() : nil, flags: flags)
            )
        default:
            let ports = transport.hasPorts && chance(0.3) ? makePortRange() : nil
            return .sourceNAT(
                AddressTranslation(addresses: TargetAddresses(makeTargetAddresses(family)), ports: ports, flags: flags)
            )
        }
    }

    /// A translation of the one prefix that a rule asks for to another; nothing where there is none, or one of a single address.
    mutating func makePrefixTranslation(_ rule: Rule) -> Action? {
        guard rule.action.translation != nil, case .values(let values)? = rule.translatedAddresses?.operand,
            rule.translatedAddresses?.isNegated == false, values.rangeCount == 1,
            let old = values.ranges.first(where: { _ in true })?.prefix,
            old.length < old.family.addressBits
        else { return nil }
        let new = TargetAddresses(IPPrefix(masking: makeAddress(old.family), length: old.length))
        let changed = AddressTranslation(addresses: new)
        return if case .destinationNAT = rule.action { .destinationNAT(changed) } else { .sourceNAT(changed) }
    }

    private mutating func makeTargetAddresses(_ family: AddressFamily) -> AddressRange {
        let first = makeAddress(family)
        guard chance(0.3) else { return AddressRange(first) }
        let bounds = [first, makeAddress(family)].sorted()
        return AddressRange(bounds[0], bounds[1]) ?? AddressRange(first)
    }

    private mutating func makePortRange() -> Interval<UInt16> {
        let lower = number(UInt16(1)...60000)
        return Interval(lower, lower + (chance(0.3) ? number(0...5000) : 0)) ?? Interval(lower)
    }

    private mutating func makeFlags() -> NATFlags {
        guard chance(0.2) else { return [] }
        return pick([.random, .fullyRandom, .persistent, [.random, .persistent]] as [NATFlags])
    }

    mutating func makeMark() -> Mark {
        chance(0.5) ? Mark(number(0...UInt32.max)) : Mark(masking: number(0...255), with: number(1...255))
    }

    mutating func makeLog() -> LogStatement {
        let prefix = chance(0.7) ? pick(["", "dropped: ", "a \\ b", String(repeating: "p", count: 127)]) : ""
        return switch number(0...2) {
        case 0: LogStatement(prefix: prefix)
        case 1: LogStatement(prefix: prefix, target: .kernel(pick(LogLevel.allCases)))
        default: LogStatement(prefix: prefix, target: .group(number(0...65535)))
        }
    }
}
