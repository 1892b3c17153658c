import KernelObjects
import NetworkTypes
import RulesetModel

/// Counter, log and verdict.
extension RuleEncoder {
    mutating func appendAction(_ rule: Rule) throws(LoweringError.Reason) {
        if counts || rule.action == .count { writer.append(CounterExpression()) }
        if let log = rule.log { append(log) }
        switch rule.action {
        case .accept: writer.append(Verdict.accept)
        case .drop: writer.append(Verdict.drop)
        case .return: writer.append(Verdict.return)
        case .jump(let chain): writer.append(Verdict.jump(chain))
        case .goto(let chain): writer.append(Verdict.goto(chain))
        case .count: break
        case .log(let log): append(log)
        case .notrack: writer.appendNotrack()
        case .reject(let reason): try append(reason, rule)
        case .setMark(let mark): append(mark, load: MetaExpression(.mark), set: MetaExpression(set: .mark))
        case .setConnectionMark(let mark):
            append(mark, load: ConntrackExpression(.mark), set: ConntrackExpression(set: .mark))
        case .redirect(let redirect):
            var registers = RegisterRow()
            let ports = append(redirect.ports, &registers)
            writer.append(RedirectExpression(ports: ports, flags: redirect.flags.rawValue))
        case .masquerade(let masquerade):
            var registers = RegisterRow()
            let ports = append(masquerade.ports, &registers)
            writer.append(MasqueradeExpression(ports: ports, flags: masquerade.flags.rawValue))
        case .destinationNAT(let translation): append(translation, .destination)
        case .sourceNAT(let translation): append(translation, .source)
        }
    }

    private mutating func append(_ log: LogStatement) {
        let target: LogExpression.Target =
            switch log.target {
            case .kernel(let level): .kernel(level: level.rawValue, flags: 0)
            case .group(let group): .group(group, snapLength: nil, queueThreshold: nil)
            }
        writer.append(LogExpression(prefix: log.prefix.isEmpty ? nil : log.prefix, target: target))
    }

    private mutating func append(_ reason: RejectReason, _ rule: Rule) throws(LoweringError.Reason) {
        if case .tcpReset = reason, !rule.matches.allowTCP { throw .resetWithoutTCP }
        writer.append(RejectExpression(reason, family: part.family))
    }

    private mutating func append(_ mark: Mark, load: MetaExpression, set: MetaExpression) {
        if mark.mask == .max {
            writer.append(RegisterData(hostOrder: mark.value), into: .r1)
        } else {
            writer.append(load)
            writer.append(BitwiseExpression(settingMark: mark))
        }
        writer.append(set)
    }

    private mutating func append(_ mark: Mark, load: ConntrackExpression, set: ConntrackExpression) {
        if mark.mask == .max {
            writer.append(RegisterData(hostOrder: mark.value), into: .r1)
        } else {
            writer.append(load)
            writer.append(BitwiseExpression(settingMark: mark))
        }
        writer.append(set)
    }

    private mutating func append(_ translation: AddressTranslation, _ kind: NATExpression.Kind) {
        var registers = RegisterRow()
        var addresses: RegisterPair?
        switch translation.addresses?.range {
        case .ipv4(let range)?:
            addresses = append(RegisterData(range.lower), RegisterData(range.upper), &registers)
        case .ipv6(let range)?:
            addresses = append(RegisterData(range.lower), RegisterData(range.upper), &registers)
        case nil: break
        }
        let ports = append(translation.ports, &registers)
        let isPrefix = if case .prefix? = translation.addresses { true } else { false }
        writer.append(
            NATExpression(
                kind,
                family: translation.addresses?.family,
                addresses: addresses,
                ports: ports,
                flags: translation.flags.rawValue | (isPrefix ? NATRange.keepsHostPart : 0)
            )
        )
    }

    private mutating func append(_ ports: Interval<UInt16>?, _ registers: inout RegisterRow) -> RegisterPair? {
        guard let ports else { return nil }
        return append(
            RegisterData(port: ports.lower),
            RegisterData(port: ports.upper),
            &registers
        )
    }

    /// Puts the bounds of a range into registers; one register does for a single value.
    private mutating func append(
        _ lower: RegisterData,
        _ upper: RegisterData,
        _ registers: inout RegisterRow
    ) -> RegisterPair {
        let first = registers.next()
        writer.append(lower, into: first)
        if lower == upper { return RegisterPair(first) }
        let last = registers.next()
        writer.append(upper, into: last)
        return RegisterPair(first, last)
    }
}

/// The registers that nft puts addresses and ports into, one after the other; there are never more than four values.
private struct RegisterRow {
    private var number: UInt32 = 0

    mutating func next() -> Register {
        number += 1
        return Register(rawValue: number)
    }
}

extension BitwiseExpression {
    /// Clears the bits of the mask and sets those of the value.
    fileprivate init(settingMark mark: Mark) {
        self.init(mask: RegisterData(hostOrder: ~mark.mask), xor: RegisterData(hostOrder: mark.value))
    }
}

extension [Match] {
    /// Whether TCP packets can meet the conditions on the protocol.
    fileprivate var allowTCP: Bool {
        allSatisfy { match in
            guard case .transportProtocol(let protocols) = match, case .values(let values) = protocols.operand else {
                return true
            }
            return values == [.tcp] && !protocols.isNegated
        }
    }
}
