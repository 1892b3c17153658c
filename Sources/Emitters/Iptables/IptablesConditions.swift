import NetworkTypes
import RulesetModel

/// The conditions of a rule in the words of iptables(8), for one family.
///
/// All of `groups` must hold, and of each group any one of its alternatives; none of `exclusions` may hold.
struct IptablesConditions {
    let family: AddressFamily
    let place: IptablesPlace
    let sets: [String: NamedSet.Contents]

    private var groups: [[[String]]] = []
    /// What is shut out and has no negation that could be repeated: interfaces and protocols.
    private(set) var exclusions: [[String]] = []
    /// The protocols that packets can have; nothing where the rule does not say.
    private(set) var protocols: [IPProtocol]?
    /// Options that a rule can have once and that this one has.
    private var used: Set<String> = []

    init(family: AddressFamily, place: IptablesPlace, sets: [String: NamedSet.Contents]) {
        self.family = family
        self.place = place
        self.sets = sets
    }

    /// The ways in which all groups can hold, as arguments; nothing of them repeats `-m MODULE` needlessly.
    func combinations(atMost limit: Int) throws(Inexpressible) -> [[String]] {
        var result: [[String]] = [[]]
        for group in groups {
            guard result.count * group.count <= limit else {
                throw Inexpressible("its lists would become more than \(limit) rules")
            }
            result = result.flatMap { start in group.map { start + $0 } }
        }
        guard result.allSatisfy({ $0.count { $0 == "-m" } <= Self.mostModules }) else {
            throw Inexpressible("its conditions are more than one rule of iptables can have")
        }
        return result.map(Self.withoutRepetitions)
    }

    /// The kernel takes rules of 4096 bytes, of which each of these conditions needs up to 200.
    private static let mostModules = 18

    /// Leaves out `-m tcp` where the options before are of the same module: `-m tcp --sport 1 --dport 2`.
    private static func withoutRepetitions(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var module: String?
        var index = 0
        while index < arguments.count {
            if arguments[index] == "-m", index + 1 < arguments.count {
                let name = arguments[index + 1]
                if name != module || !mergeable.contains(name) { result += ["-m", name] }
                module = name
                index += 2
                continue
            }
            if !arguments[index].hasPrefix("--"), arguments[index].hasPrefix("-") { module = nil }
            result.append(arguments[index])
            index += 1
        }
        return result
    }

    private static let mergeable: Set<String> = ["tcp", "udp", "sctp", "dccp"]

    mutating func add(_ matches: [Match]) throws(Inexpressible) {
        for match in matches where match.rank < Match.protocolRank { try add(match) }
        try addProtocols(matches)
        for match in matches where match.rank > Match.protocolRank { try add(match) }
    }

    // MARK: - Building

    /// Adds a group of alternatives.
    mutating func anyOf(_ alternatives: [[String]]) {
        groups.append(alternatives)
    }

    /// Adds arguments that must all hold.
    mutating func allOf(_ arguments: [String]) {
        groups.append([arguments])
    }

    /// Takes note of the protocols that packets can have.
    mutating func setProtocols(_ protocols: [IPProtocol]) {
        self.protocols = protocols
    }

    mutating func exclude(_ arguments: [String]) {
        exclusions.append(arguments)
    }

    /// Whether an option that can stand once is still free; it is taken then.
    mutating func take(_ option: String) -> Bool {
        used.insert(option).inserted
    }

    private mutating func add(_ match: Match) throws(Inexpressible) {
        switch match {
        case .inputInterface(let interfaces): try add(interfaces, "-i")
        case .outputInterface(let interfaces): try add(interfaces, "-o")
        case .sourceAddress(let addresses): try add(addresses, "-s", "src")
        case .destinationAddress(let addresses): try add(addresses, "-d", "dst")
        case .sourcePort, .destinationPort, .tcpFlags, .icmp, .transportProtocol, .family, .limit: break
        case .connectionState(let states, let isNegated):
            let names = ConntrackStates.nameTable.entries.filter { states.contains($0.value) }.map(\.name)
            let list = names.map { $0.description.uppercased() }.joined(separator: ",")
            allOf(["-m", "conntrack"] + negation(isNegated) + ["--ctstate", list])
        case .connectionStatus(let status, let isNegated): try add(status, isNegated)
        case .connectionMark(let match): try add(match, "connmark")
        case .originalDestinationAddress(let addresses): try addOriginal(addresses)
        case .originalDestinationPort(let ports): try addOriginal(ports)
        case .mark(let match): try add(match, "mark")
        case .socketUser(let users): try addOwner(users, "--uid-owner")
        case .socketGroup(let groups): try addOwner(groups, "--gid-owner")
        case .field(let match): try add(match)
        }
    }

    // MARK: - Interfaces and addresses

    private mutating func add(
        _ interfaces: Membership<[InterfacePattern]>,
        _ option: String
    ) throws(Inexpressible) {
        if option == "-i", place.hook == .postrouting {
            throw Inexpressible("after routing it does not know the interface that packets came in by; say `out`")
        }
        var patterns: [InterfacePattern] = []
        switch interfaces.operand {
        case .values(let values): patterns = values
        case .namedSet(let name):
            guard case .interfaces(let members)? = sets[name] else { throw Inexpressible("there is no set '\(name)'") }
            patterns = members
        }
        let names = try patterns.map { pattern throws(Inexpressible) in try pattern.iptables }
        // A second condition on the same interface has no place in the rule.
        guard !interfaces.isNegated || names.count == 1, take(option) else {
            guard interfaces.isNegated else { throw Inexpressible("it asks twice for one interface") }
            for name in names { exclude([option, name]) }
            return
        }
        anyOf(names.map { negation(interfaces.isNegated) + [option, $0] })
    }

    private mutating func add(
        _ addresses: Membership<AddressSet>,
        _ option: String,
        _ side: String
    ) throws(Inexpressible) {
        switch addresses.operand {
        case .namedSet(let name):
            let match = ["--match-set", NamedSet.kernelName(name, family), side]
            allOf(["-m", "set"] + negation(addresses.isNegated) + match)
        case .values(let values):
            let ranges = Array(values.only(family).ranges)
            let prefixes = ranges.compactMap(\.prefix)
            let isPlain = prefixes.count == ranges.count && (!addresses.isNegated || ranges.count == 1)
            // The nf_tables variant refuses what is not one of all addresses.
            let isNothing = addresses.isNegated && prefixes.contains { $0.length == 0 }
            if isPlain, !isNothing, take(option) {
                anyOf(prefixes.map { negation(addresses.isNegated) + [option, $0.description] })
                return
            }
            let alternatives = ranges.map { range in
                ["-m", "iprange"] + negation(addresses.isNegated) + ["--\(side)-range", "\(range.first)-\(range.last)"]
            }
            if addresses.isNegated { for range in alternatives { allOf(range) } } else { anyOf(alternatives) }
        }
    }

    // MARK: - Connections and owners

    private mutating func add(_ status: ConntrackStatus, _ isNegated: Bool) throws(Inexpressible) {
        guard !status.contains(.dying) else { throw Inexpressible("it has no word for the status 'dying'") }
        func names(_ status: ConntrackStatus) -> String {
            status.named.map { $0.replacingHyphens.uppercased() }.joined(separator: ",")
        }
        // Whether an address is translated is one of its states, the rest its status.
        let translated = status.intersection([.snat, .dnat])
        let other = status.subtracting([.snat, .dnat])
        var alternatives: [[String]] = []
        if !translated.isEmpty {
            alternatives.append(["-m", "conntrack"] + negation(isNegated) + ["--ctstate", names(translated)])
        }
        if !other.isEmpty {
            alternatives.append(["-m", "conntrack"] + negation(isNegated) + ["--ctstatus", names(other)])
        }
        if isNegated { for condition in alternatives { allOf(condition) } } else { anyOf(alternatives) }
    }

    private mutating func addOriginal(_ addresses: Membership<AddressSet>) throws(Inexpressible) {
        guard case .values(let values) = addresses.operand else {
            throw Inexpressible("its sets do not know where a connection's first packet went")
        }
        let alternatives = values.only(family).ranges.flatMap(\.prefixes).map { prefix in
            ["-m", "conntrack"] + negation(addresses.isNegated) + ["--ctorigdst", prefix.description]
        }
        if addresses.isNegated { for condition in alternatives { allOf(condition) } } else { anyOf(alternatives) }
    }

    private mutating func addOriginal(_ ports: Membership<IntervalSet<UInt16>>) throws(Inexpressible) {
        let intervals = try intervals(of: ports)
        let alternatives = intervals.map { interval in
            ["-m", "conntrack"] + negation(ports.isNegated) + ["--ctorigdstport", interval.iptables]
        }
        if ports.isNegated { for condition in alternatives { allOf(condition) } } else { anyOf(alternatives) }
    }

    /// A mark, or each mark of a set, since ipset(8) has no sets that these modules look into.
    private mutating func add(_ match: Membership<Mark>, _ module: String) throws(Inexpressible) {
        var marks: [Mark] = []
        switch match.operand {
        case .values(let mark): marks = [mark]
        case .namedSet(let name):
            guard case .marks(let members)? = sets[name] else { throw Inexpressible("there is no set '\(name)'") }
            marks = members.intervals.flatMap(\.maskedMarks)
        }
        let alternatives = marks.map { ["-m", module] + negation(match.isNegated) + ["--mark", $0.description] }
        if match.isNegated { for condition in alternatives { allOf(condition) } } else { anyOf(alternatives) }
    }

    private mutating func addOwner(
        _ owners: Membership<IntervalSet<UInt32>>,
        _ option: String
    ) throws(Inexpressible) {
        guard place.hook == nil || place.hook == .output || place.hook == .postrouting else {
            throw Inexpressible("it knows the owner of packets on their way out alone")
        }
        guard case .values(let values) = owners.operand else { throw Inexpressible("it has no sets of owners") }
        let alternatives = values.intervals.map { interval in
            ["-m", "owner"] + negation(owners.isNegated) + [option, interval.description]
        }
        if owners.isNegated { for condition in alternatives { allOf(condition) } } else { anyOf(alternatives) }
    }

    /// The ports of a list, or of a set that the rule cannot look into.
    func intervals(of ports: Membership<IntervalSet<UInt16>>) throws(Inexpressible) -> [Interval<UInt16>] {
        switch ports.operand {
        case .values(let values): return values.intervals
        case .namedSet(let name):
            guard case .ports(let members)? = sets[name] else { throw Inexpressible("there is no set '\(name)'") }
            return members.intervals
        }
    }
}

/// What stands before an option that is negated.
func negation(_ isNegated: Bool) -> [String] {
    isNegated ? ["!"] : []
}

extension Match {
    /// The rank of conditions on the transport protocol.
    fileprivate static let protocolRank = Match.transportProtocol(Membership([])).rank
}

extension ConntrackStatus {
    /// The bits' names in the language.
    fileprivate var named: [StaticString] {
        Self.nameTable.entries.filter { contains($0.value) }.map(\.name)
    }
}

extension StaticString {
    fileprivate var replacingHyphens: String {
        String(decoding: description.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}

extension Interval<UInt32> {
    /// Marks under masks that together are exactly these numbers, at most 62: blocks whose size is a power of two.
    fileprivate var maskedMarks: [Mark] {
        var marks: [Mark] = []
        var next = UInt64(lower)
        while next <= UInt64(upper) {
            var bits = min(next.trailingZeroBitCount, 32)
            while next + (1 << UInt64(bits)) - 1 > UInt64(upper) { bits -= 1 }
            let mask = UInt32(truncatingIfNeeded: UInt64(UInt32.max) << UInt64(bits))
            marks.append(Mark(masking: UInt32(truncatingIfNeeded: next), with: mask))
            next += 1 << UInt64(bits)
        }
        return marks
    }
}

extension Interval<UInt16> {
    /// `22` or `1024:65535`.
    var iptables: String {
        isSingle ? "\(lower)" : "\(lower):\(upper)"
    }
}

extension InterfacePattern {
    /// `eth0` or `wl+`.
    fileprivate var iptables: String {
        get throws(Inexpressible) {
            if isPrefix { return "\(name.rawValue)+" }
            guard name.rawValue.utf8.last != UInt8(ascii: "+") else {
                throw Inexpressible("it takes '\(name.rawValue)' for all interfaces that start like this")
            }
            return name.rawValue
        }
    }
}
