import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// Whether a prefix after `to` has one that it takes the place of; warns of ranges that look as if the kernel sent each member of one to
    /// its counterpart in the other.
    func checkRanges(of rule: Rule, newPorts: Interval<UInt16>?, _ located: LocatedRule) -> Bool {
        let target = arguments(located.node).target
        if let fault = rule.prefixFault, case .prefix(let prefix)? = rule.action.translation?.addresses {
            let place = rule.translatedAddresses == nil ? nil : range(of: rule.addressRank, located)
            let end = target?.address?.range ?? located.node.range
            report(.prefixTranslation(fault, of: prefix, match: rule.addressWord, at: end, old: place))
            return false
        }
        let known = withKnownMembers(rule)
        if let new = rule.newPool, let old = known.oldAddresses, old.isCounterpart(of: new) {
            let place = target?.address?.range ?? located.node.range
            let prefix = old.only?.prefix == nil ? nil : new.prefix
            report(.addressesAreAPool(prefix, at: place, old: range(of: rule.addressRank, located)))
        }
        if let newPorts, rule.natFlags.isEmpty, let old = known.oldPorts {
            let place = target?.port?.range ?? located.node.range
            // New source ports are a pool; of new destination ports the kernel takes the first one.
            let isMeant = rule.changesDestination ? old.isNoPart(of: newPorts) : old.isCounterpart(of: newPorts)
            let first = rule.changesDestination ? newPorts.lower : nil
            if isMeant {
                let old = (range: range(of: rule.portRank, located), areAsMany: old.isCounterpart(of: newPorts))
                report(.portsAreAPool(first: first, at: place, old: old.range, areAsMany: old.areAsMany))
            }
        }
        return true
    }
}

extension Rule {
    fileprivate var changesDestination: Bool {
        switch action {
        case .redirect, .destinationNAT: true
        default: false
        }
    }

    /// The rank of the match on the address that the rule changes.
    fileprivate var addressRank: Int {
        let match = changesDestination ? Match.destinationAddress : Match.sourceAddress
        return match(Membership(AddressSet())).rank
    }

    /// The word for that match.
    fileprivate var addressWord: String { changesDestination ? "daddr" : "saddr" }

    /// The rank of the match on the port that the rule changes.
    fileprivate var portRank: Int {
        let match = changesDestination ? Match.destinationPort : Match.sourcePort
        return match(Membership(IntervalSet([]))).rank
    }

    fileprivate var natFlags: NATFlags {
        switch action {
        case .redirect(let redirect): redirect.flags
        case .masquerade(let masquerade): masquerade.flags
        case .destinationNAT(let translation), .sourceNAT(let translation): translation.flags
        default: []
        }
    }

    /// Several new addresses of which nothing says that any will do: flags say how they are chosen.
    fileprivate var newPool: AddressRange? {
        guard let translation = action.translation, translation.flags.isEmpty,
            case .pool(let range)? = translation.addresses,
            !range.isSingle
        else { return nil }
        return range
    }

    /// The addresses of which the rule changes each.
    fileprivate var oldAddresses: [AddressRange]? {
        guard let addresses = translatedAddresses, !addresses.isNegated, case .values(let values) = addresses.operand
        else { return nil }
        return values.ranges.filter { $0.family == action.translation?.addresses?.family }
    }

    /// The ports of which the rule changes each.
    fileprivate var oldPorts: IntervalSet<UInt16>? {
        for match in matches {
            switch match {
            case .destinationPort(let ports) where changesDestination, .sourcePort(let ports) where !changesDestination:
                guard !ports.isNegated, case .values(let values) = ports.operand else { return nil }
                return values
            default: continue
            }
        }
        return nil
    }
}

extension [AddressRange] {
    /// The one range, if there are no others.
    fileprivate var only: AddressRange? { count == 1 ? self[0] : nil }

    /// Whether another range has as many addresses, and not the same ones.
    fileprivate func isCounterpart(of other: AddressRange) -> Bool {
        var rest = other.lastOffset
        for (index, range) in enumerated() {
            // Each range has one address more than its last offset says.
            let offset = index == 0 ? range.lastOffset : range.lastOffset &+ 1
            guard range.family == other.family, offset <= rest else { return false }
            rest -= offset
        }
        return !isEmpty && rest == 0 && self != [other]
    }
}

extension AddressRange {
    /// The distance of its last address from its first.
    fileprivate var lastOffset: UInt128 {
        switch self {
        case .ipv4(let range): UInt128(range.upper.rawValue - range.lower.rawValue)
        case .ipv6(let range): range.upper.rawValue - range.lower.rawValue
        }
    }
}

extension IntervalSet<UInt16> {
    /// Whether an interval has as many ports, several, and not the same ones.
    fileprivate func isCounterpart(of other: Interval<UInt16>) -> Bool {
        let count = intervals.reduce(0) { $0 + Int($1.upper) - Int($1.lower) + 1 }
        return !other.isSingle && count == Int(other.upper) - Int(other.lower) + 1 && self != IntervalSet(other)
    }

    /// Whether the interval has several ports, and some of these are not among them: the kernel keeps those that are.
    fileprivate func isNoPart(of other: Interval<UInt16>) -> Bool {
        !other.isSingle && !IntervalSet(other).isSuperset(of: self)
    }
}
