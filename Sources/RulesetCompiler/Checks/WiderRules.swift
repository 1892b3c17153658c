import NetworkTypes
import RulesetModel
import Vocabulary

/// The rules of a chain that decide, found by what a narrower rule must have in common with them.
///
/// Each rule is kept under the values of one of its matches, if they are few: a rule whose packets it holds all has only such values
/// there, so that its first one leads to the wider rule. A rule without such a match is compared with every later one.
struct WiderRules {
    /// A value of a match: the match's rank and, of a prefix, its length; the bits that count.
    private struct Key: Hashable {
        let kind: UInt32
        let bits: UInt128
    }

    /// The rules of one key: the last one, and for each the one before.
    private struct Entry {
        let number: Int
        let before: Int
    }

    /// A rule is kept under this many values at most.
    private static let mostKeys = 16

    private var last: [Key: Int] = [:]
    private var entries: [Entry] = []
    /// The lengths that prefixes are kept under, by rank.
    private var lengths: [Int: Set<UInt8>] = [:]
    private var others: [Int] = []

    /// Takes in a rule by its number.
    mutating func add(_ number: Int, _ rule: Rule) {
        var best: Match?
        var count = Self.mostKeys + 1
        for match in rule.matches {
            guard let keys = Self.keyCount(match), keys < count else { continue }
            (best, count) = (match, keys)
        }
        guard let best else { return others.append(number) }
        Self.forEachKey(best) { key, length in
            entries.append(Entry(number: number, before: last[key] ?? -1))
            last[key] = entries.count - 1
            if let length { lengths[best.rank, default: []].insert(length) }
        }
    }

    /// Calls `body` with the number of each rule that may hold all packets of this one, until it returns true.
    func candidates(for rule: Rule, _ body: (Int) -> Bool) {
        for number in others where body(number) { return }
        for match in rule.matches {
            var isFound = false
            forEachFirstKey(match) { key in
                var index = isFound ? -1 : last[key] ?? -1
                while index >= 0, !isFound {
                    isFound = body(entries[index].number)
                    index = entries[index].before
                }
            }
            if isFound { return }
        }
    }

    // MARK: Keys

    /// Under how many values a rule with this match would be kept, as far as it is chosen by that; nil if they are many.
    private static func keyCount(_ match: Match) -> Int? {
        switch match {
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            guard let set = value.plainValues, set.rangeCount <= mostKeys else { return nil }
            return set.ranges.reduce(0) { $0 + ($1.prefix == nil ? $1.prefixes.count : 1) }
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value):
            return value.plainValues?.intervals.reduce(0) { $0 + Int($1.upper - $1.lower) + 1 }
        case .socketUser(let value), .socketGroup(let value):
            guard let set = value.plainValues, set.isSingles else { return nil }
            return set.intervals.count
        case .inputInterface(let value), .outputInterface(let value):
            guard let patterns = value.plainValues, patterns.count <= mostKeys, !patterns.contains(where: \.isPrefix)
            else { return nil }
            // A host has few interfaces, and many rules for each: any other match tells more of them apart.
            return mostKeys
        case .field(let field):
            guard let values = field.plainValues, values.isSingles else { return nil }
            return values.intervals.count
        case .family, .transportProtocol, .tcpFlags, .icmp, .connectionState, .connectionStatus, .connectionMark, .mark,
            .limit:
            return nil
        }
    }

    /// The keys of a match with few values, and of prefixes their lengths.
    private static func forEachKey(_ match: Match, _ body: (Key, UInt8?) -> Void) {
        switch match {
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            for range in value.plainValues?.ranges ?? AddressSet().ranges {
                for prefix in range.prefixes { body(key(match, prefix.address, prefix.length), prefix.length) }
            }
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value):
            for interval in value.plainValues?.intervals ?? [] {
                for port in interval.lower...interval.upper { body(key(match, UInt128(port)), nil) }
            }
        case .socketUser(let value), .socketGroup(let value):
            for interval in value.plainValues?.intervals ?? [] { body(key(match, UInt128(interval.lower)), nil) }
        case .inputInterface(let value), .outputInterface(let value):
            for pattern in value.plainValues ?? [] { body(key(match, bits(pattern.name)), nil) }
        case .field(let field):
            for interval in field.plainValues?.intervals ?? [] { body(key(match, interval.lower.number), nil) }
        case .family, .transportProtocol, .tcpFlags, .icmp, .connectionState, .connectionStatus, .connectionMark, .mark,
            .limit:
            return
        }
    }

    /// The keys under which a rule is kept that holds the first value of a match.
    private func forEachFirstKey(_ match: Match, _ body: (Key) -> Void) {
        switch match {
        case .sourceAddress(let value), .destinationAddress(let value), .originalDestinationAddress(let value):
            guard let first = value.plainValues?.first else { return }
            for length in lengths[match.rank] ?? [] where length <= first.family.addressBits {
                body(Self.key(match, first, length))
            }
        case .sourcePort(let value), .destinationPort(let value), .originalDestinationPort(let value):
            if let first = value.plainValues?.intervals.first { body(Self.key(match, UInt128(first.lower))) }
        case .socketUser(let value), .socketGroup(let value):
            if let first = value.plainValues?.intervals.first { body(Self.key(match, UInt128(first.lower))) }
        case .inputInterface(let value), .outputInterface(let value):
            if let first = value.plainValues?.first, !first.isPrefix { body(Self.key(match, Self.bits(first.name))) }
        case .field(let field):
            if let first = field.plainValues?.intervals.first { body(Self.key(match, first.lower.number)) }
        case .family, .transportProtocol, .tcpFlags, .icmp, .connectionState, .connectionStatus, .connectionMark, .mark,
            .limit:
            return
        }
    }

    private static func key(_ match: Match, _ address: IPAddress, _ length: UInt8) -> Key {
        let isIPv6: UInt32 = address.family == .ipv6 ? 1 << 31 : 0
        let kind = isIPv6 | UInt32(match.rank) << 8 | UInt32(length)
        return switch address.masked(to: length) {
        case .ipv4(let address): Key(kind: kind, bits: UInt128(address.rawValue))
        case .ipv6(let address): Key(kind: kind, bits: address.rawValue)
        }
    }

    private static func key(_ match: Match, _ bits: UInt128) -> Key {
        Key(kind: UInt32(match.rank) << 8, bits: bits)
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

extension FieldMatch {
    /// The values of a condition that is not negated and asks for whole values.
    fileprivate var plainValues: IntervalSet<FieldValue>? {
        guard !isNegated, case .among(let values) = values else { return nil }
        return values
    }
}

extension Membership {
    /// The values of a condition that is not negated and asks no named set.
    fileprivate var plainValues: Values? {
        guard !isNegated, case .values(let values) = operand else { return nil }
        return values
    }
}
