import NetworkTypes
import RulesetModel

/// The rules of a chain that decide, found by what a narrower rule must have in common with them.
///
/// Each rule is kept under the values of one of its matches, if they are few: a rule whose packets it holds all has only such values
/// there, so that its first one leads to the wider rule. A rule without such a match is compared with every later one.
struct WiderRules {
    /// A value of a match: the match's rank, the bits of the value that count, and for addresses how many.
    private struct Key: Hashable {
        let rank: Int
        let bits: UInt128
        let length: Int
    }

    /// A rule is kept under this many values at most.
    private static let mostKeys = 16

    private var byKey: [Key: [Int]] = [:]
    /// The lengths that prefixes are kept under, by rank.
    private var lengths: [Int: Set<Int>] = [:]
    private var others: [Int] = []

    /// Takes in a rule by its number.
    mutating func add(_ number: Int, _ rule: Rule) {
        guard let keys = rule.matches.lazy.compactMap({ Self.keys($0) }).min(by: { $0.count < $1.count }) else {
            others.append(number)
            return
        }
        for key in keys {
            byKey[key, default: []].append(number)
            if key.length >= 0 { lengths[key.rank, default: []].insert(key.length) }
        }
    }

    /// Calls `body` with the number of each rule that may hold all packets of this one, until it returns true.
    func candidates(for rule: Rule, _ body: (Int) -> Bool) {
        for number in others where body(number) { return }
        for match in rule.matches {
            for key in firstKeys(match) {
                for number in byKey[key] ?? [] where body(number) { return }
            }
        }
    }

    /// What is added to the lengths of prefixes of IPv6.
    private static let ipv6Lengths = 64

    /// The keys of a match with few values; nothing for others.
    private static func keys(_ match: Match) -> [Key]? {
        switch match {
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            guard let set = value.plainValues, set.rangeCount <= mostKeys else { return nil }
            let prefixes = set.ranges.flatMap(\.prefixes)
            guard prefixes.count <= mostKeys else { return nil }
            return prefixes.map { key(match.rank, $0.address, Int($0.length)) }
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value):
            guard let set = value.plainValues else { return nil }
            guard set.intervals.reduce(0, { $0 + Int($1.upper - $1.lower) + 1 }) <= mostKeys else { return nil }
            return set.intervals.flatMap { ($0.lower...$0.upper).map { number(match.rank, UInt128($0)) } }
        case .socketUser(let value), .socketGroup(let value):
            guard let set = value.plainValues, set.isSingles, set.intervals.count <= mostKeys else { return nil }
            return set.intervals.map { number(match.rank, UInt128($0.lower)) }
        case .inputInterface(let value), .outputInterface(let value):
            guard let patterns = value.plainValues, patterns.count <= mostKeys, !patterns.contains(where: \.isPrefix)
            else { return nil }
            return patterns.map { number(match.rank, bits($0.name)) }
        case .family, .transportProtocol, .tcpFlags, .icmp, .connectionState, .connectionStatus, .connectionMark, .mark,
            .limit:
            return nil
        }
    }

    /// The keys under which a rule is kept that holds the first value of a match.
    private func firstKeys(_ match: Match) -> [Key] {
        switch match {
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            guard let first = value.plainValues?.first, let known = lengths[match.rank] else { return [] }
            return known.compactMap { length in
                let own = first.family == .ipv4 ? length : length - Self.ipv6Lengths
                return (0...first.family.addressBits).contains(own) ? Self.key(match.rank, first, own) : nil
            }
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value):
            return (value.plainValues?.intervals.first).map { [Self.number(match.rank, UInt128($0.lower))] } ?? []
        case .socketUser(let value), .socketGroup(let value):
            return (value.plainValues?.intervals.first).map { [Self.number(match.rank, UInt128($0.lower))] } ?? []
        case .inputInterface(let value), .outputInterface(let value):
            guard let first = value.plainValues?.first, !first.isPrefix else { return [] }
            return [Self.number(match.rank, Self.bits(first.name))]
        case .family, .transportProtocol, .tcpFlags, .icmp, .connectionState, .connectionStatus, .connectionMark, .mark,
            .limit:
            return []
        }
    }

    private static func key(_ rank: Int, _ address: IPAddress, _ length: Int) -> Key {
        switch address.masked(to: UInt8(length)) {
        case .ipv4(let address): Key(rank: rank, bits: UInt128(address.rawValue), length: length)
        case .ipv6(let address): Key(rank: rank, bits: address.rawValue, length: length + ipv6Lengths)
        }
    }

    private static func number(_ rank: Int, _ bits: UInt128) -> Key {
        Key(rank: rank, bits: bits, length: -1)
    }

    /// A name of at most 15 bytes as a number.
    private static func bits(_ name: InterfaceName) -> UInt128 {
        name.rawValue.utf8.reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension AddressSet {
    /// The smallest address, of IPv4 if there is one.
    fileprivate var first: IPAddress? {
        ipv4.intervals.first.map { .ipv4($0.lower) } ?? ipv6.intervals.first.map { .ipv6($0.lower) }
    }
}

extension Membership {
    /// The values of a condition that is not negated and asks no named set.
    fileprivate var plainValues: Values? {
        guard !isNegated, case .values(let values) = operand else { return nil }
        return values
    }
}
