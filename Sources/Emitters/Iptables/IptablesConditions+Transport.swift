import NetworkTypes
import RulesetModel

/// Protocols, and what is asked for of their headers.
extension IptablesConditions {
    /// Adds the protocol with all matches on its header: the words for them depend on it.
    mutating func addProtocols(_ matches: [Match]) throws(Inexpressible) {
        var wanted: Set<IPProtocol>?
        var unwanted: Set<IPProtocol> = []
        func require(_ protocols: [IPProtocol]) {
            wanted = wanted.map { $0.intersection(protocols) } ?? Set(protocols)
        }
        for match in matches {
            switch match {
            case .transportProtocol(let membership):
                let values = try protocols(of: membership)
                if membership.isNegated { unwanted.formUnion(values) } else { require(values) }
            case .icmp(let match): require([match.family == .ipv4 ? .icmp : .icmpv6])
            case .tcpFlags: require([.tcp])
            default: break
            }
        }
        guard !unwanted.union(wanted ?? []).contains(IPProtocol(rawValue: 0)) else {
            throw Inexpressible("it takes protocol 0 for all protocols")
        }
        guard let wanted else {
            if unwanted.count == 1, let name = unwanted.first?.iptables {
                allOf(["!", "-p", name])
            } else {
                for name in unwanted.sorted() { exclude(["-p", name.iptables]) }
            }
            return
        }
        let numbers = wanted.subtracting(unwanted).sorted()
        setProtocols(numbers)
        var alternatives: [[String]] = []
        for number in numbers {
            var header = IptablesHeader(number)
            for match in matches { try header.add(match, sets: sets) }
            alternatives += header.alternatives
        }
        anyOf(alternatives)
    }

    private func protocols(of membership: Membership<[IPProtocol]>) throws(Inexpressible) -> [IPProtocol] {
        switch membership.operand {
        case .values(let values): return values
        case .namedSet(let name):
            guard case .protocols(let members)? = sets[name] else { throw Inexpressible("there is no set '\(name)'") }
            return members
        }
    }
}

/// The conditions on one protocol's header.
private struct IptablesHeader {
    /// `multiport` takes as many ports; a range counts twice.
    private static let mostPorts = 15

    private let number: IPProtocol
    private(set) var alternatives: [[String]]
    private var used: Set<String> = []
    /// Whether one port is shut out already.
    private var hasShutOutPort = false

    init(_ number: IPProtocol) {
        self.number = number
        alternatives = [["-p", number.iptables]]
    }

    mutating func add(_ match: Match, sets: [String: NamedSet.Contents]) throws(Inexpressible) {
        switch match {
        case .sourcePort(let ports): try add(ports, "sport", "src", sets: sets)
        case .destinationPort(let ports): try add(ports, "dport", "dst", sets: sets)
        case .tcpFlags(let flags): try add(flags)
        case .icmp(let match): try add(match)
        default: break
        }
    }

    private mutating func anyOf(_ conditions: [[String]]) {
        alternatives = alternatives.flatMap { start in conditions.map { start + $0 } }
    }

    private mutating func add(
        _ ports: Membership<IntervalSet<UInt16>>,
        _ option: String,
        _ side: String,
        sets: [String: NamedSet.Contents]
    ) throws(Inexpressible) {
        guard case .values(let values) = ports.operand else {
            guard case .namedSet(let name) = ports.operand, number != .dccp else {
                throw Inexpressible("its sets do not know the ports of \(number)")
            }
            anyOf([["-m", "set"] + negation(ports.isNegated) + ["--match-set", name, side]])
            return
        }
        // Of `! --sport N ! --dport M` iptables 1.8.9 makes one comparison, which says something else.
        let isSecondShutOut = hasShutOutPort && ports.shutOutPort != nil
        hasShutOutPort = hasShutOutPort || ports.shutOutPort != nil
        let hasModule = [.tcp, .udp, .sctp, .dccp].contains(number)
        if hasModule, !isSecondShutOut, let only = values.intervals.first, values.intervals.count == 1,
            used.insert(option).inserted
        {
            anyOf([["-m", number.iptables] + negation(ports.isNegated) + ["--\(option)", only.iptables]])
            return
        }
        let lists = Self.portions(of: values.intervals).map { portion in
            let list = portion.map(\.iptables).joined(separator: ",")
            return ["-m", "multiport"] + negation(ports.isNegated) + ["--\(option)s", list]
        }
        // None of several lists: each has to be ruled out; one of several: any.
        if ports.isNegated { anyOf([lists.flatMap(\.self)]) } else { anyOf(lists) }
    }

    /// Cuts a list of ports into portions that `multiport` takes.
    private static func portions(of intervals: [Interval<UInt16>]) -> [[Interval<UInt16>]] {
        var portions: [[Interval<UInt16>]] = []
        var room = 0
        for interval in intervals {
            let need = interval.isSingle ? 1 : 2
            if room < need {
                portions.append([])
                room = mostPorts
            }
            portions[portions.count - 1].append(interval)
            room -= need
        }
        return portions
    }

    private mutating func add(_ match: TCPFlagsMatch) throws(Inexpressible) {
        guard match.mask.isDisjoint(with: [.ecn, .cwr]) else {
            throw Inexpressible("it has no words for the flags 'ecn' and 'cwr'")
        }
        func list(_ flags: TCPFlags) -> String {
            let names = TCPFlags.nameTable.entries.filter { flags.contains($0.value) }.map(\.name)
            return names.isEmpty ? "NONE" : names.map { $0.description.uppercased() }.joined(separator: ",")
        }
        let isFirst = used.insert("tcp-flags").inserted
        guard isFirst else { throw Inexpressible("it asks for TCP flags once in a rule") }
        anyOf([["-m", "tcp"] + negation(match.isNegated) + ["--tcp-flags", list(match.mask), list(match.flags)]])
    }

    private mutating func add(_ match: ICMPMatch) throws(Inexpressible) {
        guard match.code == nil || !match.isNegated else {
            throw Inexpressible("it cannot ask for a code without its type")
        }
        let isVersion4 = match.family == .ipv4
        guard !isVersion4 || !match.types.contains(255) else {
            throw Inexpressible("it takes ICMP type 255 for all types")
        }
        let conditions = match.types.map { type in
            let name = match.code.map { "\(type)/\($0)" } ?? Self.name(ofType: type, match.family)
            return ["-m", isVersion4 ? "icmp" : "icmp6"] + negation(match.isNegated)
                + [isVersion4 ? "--icmp-type" : "--icmpv6-type", name]
        }
        if match.isNegated { anyOf([conditions.flatMap(\.self)]) } else { anyOf(conditions) }
    }

    /// The name of a type where iptables(8) calls it as nft does, else its number.
    private static func name(ofType type: UInt8, _ family: AddressFamily) -> String {
        switch family {
        case .ipv4: return [15, 16].contains(type) ? "\(type)" : ICMPType(rawValue: type).description
        case .ipv6:
            return (1...4).contains(type) || (128...129).contains(type)
                ? ICMPv6Type(rawValue: type).description : "\(type)"
        }
    }
}

extension IPProtocol {
    /// The name that iptables(8) lists the protocol with, others by number.
    var iptables: String {
        switch self {
        case .icmpv6: "ipv6-icmp"
        case .tcp, .udp, .icmp, .sctp, .dccp, .udplite: description
        default: "\(rawValue)"
        }
    }
}
