import TestSupport

/// Rule files that are about one connection: most of their rules hold for it, or nearly.
struct RandomRules {
    private var generator: SeededGenerator
    private let isIPv6: Bool
    private var hasChainIn = false
    private var hasChainOut = false

    init(seed: UInt64, isIPv6: Bool) {
        generator = SeededGenerator(seed: seed)
        self.isIPv6 = isIPv6
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }

    /// The verbs that a place in the kernel takes.
    private enum Verbs: CaseIterable {
        case filter, mark, raw, nat
        /// As `filter`, where nothing can be rejected.
        case early
    }

    /// A rule file; hardly one is not legal.
    mutating func text() -> String {
        var lines: [String] = []
        if chance(0.5) { lines.append("policy in drop") }
        if chance(0.15) { lines.append("policy out drop") }
        lines.append("set friends: prefix { \(pick([peers, others])) }")
        lines.append("set doors: port { \(pick(["22", "20-25", "80, 443", "2222"])) }")
        if chance(0.5) { lines += chain("chain sub-in", pick(Verbs.allCases), isIn: true, interface: "from") }
        hasChainIn = lines.last == "}"
        let count = lines.count
        if chance(0.2) { lines += chain("chain sub-out", pick(Verbs.allCases), isIn: false, interface: "to") }
        hasChainOut = lines.count > count
        if chance(0.15) { lines += baseChain() }
        for _ in 0..<Int.random(in: 1...6, using: &generator) { lines.append(rule(pick(["in", "in", "in", "out"]))) }
        if chance(0.2) { lines += routing() }
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func chain(_ head: String, _ verbs: Verbs, isIn: Bool, interface: String) -> [String] {
        let rules = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            "    \(verb(verbs, "", isIn))" + (verbs == .nat ? "" : " \(conditions(isIn, interface))")
        }
        return ["\(head) {"] + rules + ["}"]
    }

    /// A chain that the kernel calls by itself.
    private mutating func baseChain() -> [String] {
        let (place, verbs): (String, Verbs) = pick([
            ("filter hook prerouting priority -310", .raw), ("filter hook input priority -5", .filter),
            ("filter hook input priority 10", .filter), ("filter hook output priority 10", .filter),
            ("filter hook output priority -310", .raw), ("filter hook postrouting priority 0", .early),
            ("route hook output priority -10", .mark), ("filter hook output priority -20", .mark),
            ("nat hook prerouting priority -90", .nat), ("filter hook prerouting priority -50", .early),
            ("filter hook prerouting priority -120", .mark),
        ])
        let policy = place.hasPrefix("filter") && chance(0.2) ? " policy drop" : ""
        let isIn = !place.contains("output") && !place.contains("postrouting")
        return chain("chain early type \(place)\(policy)", verbs, isIn: isIn, interface: "on")
    }

    private var peers: String { isIPv6 ? "2001:db8::/64" : "192.0.2.0/24" }
    private var others: String { isIPv6 ? "2001:db8:9::/48" : "203.0.113.0/24" }
    private var peer: String { isIPv6 ? "2001:db8::2" : "192.0.2.2" }
    private var host: String { isIPv6 ? "2001:db8::1" : "192.0.2.1" }

    private mutating func rule(_ direction: String) -> String {
        let isIn = direction == "in"
        let way = " \(direction)"
        switch Int.random(in: 0..<20, using: &generator) {
        case 0, 1: return "\(verb(.mark, way, isIn)) \(conditions(isIn))"
        case 2: return "\(verb(.raw, way, isIn)) \(conditions(isIn))"
        case 3, 4: return verb(.nat, way, isIn)
        case 5 where isIn ? hasChainIn : hasChainOut:
            return "\(pick(["jump", "goto"])) sub-\(direction)\(way) \(conditions(isIn))"
        default: return "\(verb(.filter, way, isIn)) \(conditions(isIn))"
        }
    }

    /// A verb that fits a place, with what it cannot be without.
    private mutating func verb(_ verbs: Verbs, _ way: String, _ isIn: Bool) -> String {
        switch verbs {
        case .mark where chance(0.3): return "set ct mark \(pick(["1", "2"]))\(way)"
        case .mark: return "set mark \(pick(["1", "2", "0x10/0xf0"]))\(way)"
        case .raw: return "notrack\(way)"
        case .nat where chance(0.5):
            let port = pick(["22", "80"])
            // In a chain no other rule can be added to this one.
            let more = way.isEmpty ? "" : pick(["", " and accept"])
            return "redirect\(way) tcp dport \(port) to :\(pick(["22", "2222"]))\(more)"
        case .nat:
            let target = pick([host, peer]) + pick(["", isIPv6 ? "" : ":22", isIPv6 ? "" : ":23"])
            return "dnat\(way) tcp dport \(pick(["22", "80"])) to \(target)"
        case .filter, .early:
            switch Int.random(in: 0..<14, using: &generator) {
            case 0: return "\(pick(["count", "log"]))\(way)"
            case 1 where verbs == .filter: return "reject\(way)"
            case 2 where way.isEmpty: return "return"
            case 3...6: return "drop\(way)"
            default: return "accept\(way)"
            }
        }
    }

    private mutating func conditions(_ isIn: Bool, _ interface: String = "on") -> String {
        var words: [String] = []
        if chance(0.2) {
            words.append("\(interface) \(pick(["eth0", "eth1", "! lo", "eth*", "{ eth1, lo }", "! eth0"]))")
        }
        if chance(0.25) {
            let values = pick([peers, peer, others, "@friends", "! \(peer)", "! @friends", "{ \(peer), \(others) }"])
            words.append("\(isIn ? "saddr" : "daddr") \(values)")
        }
        if chance(0.1) { words.append("\(isIn ? "daddr" : "saddr") \(pick([host, others]))") }
        if chance(0.5) {
            let port = pick(["22", "20-25", "@doors", "{ 22, 80 }", "! 22", "80", "! { 80, 443 }", "2222"])
            words.append("tcp \(isIn ? "dport" : "sport") \(port)")
        } else if chance(0.1) {
            words.append("tcp flags \(pick(["syn / syn,ack", "syn", "ack / ack", "syn,ack", "fin / fin"]))")
        } else if chance(0.1) {
            words.append(pick(["udp", isIPv6 ? "icmpv6" : "icmp", "proto { tcp, udp }"]))
        }
        if chance(0.35) {
            words.append(
                "ct state "
                    + pick([
                        "established,related", "new", "established", "invalid", "! invalid", "! new", "new,established",
                        "untracked",
                    ])
            )
        }
        if chance(0.06) { words.append("ct status \(pick(["dnat", "seen-reply", "! dnat"]))") }
        if chance(0.06) { words.append("ct mark \(pick(["1", "! 1", "2"]))") }
        if chance(0.08) { words.append("mark \(pick(["1", "! 1", "0x10/0xf0", "0"]))") }
        if chance(0.04) { words.append("limit 100/second") }
        return words.joined(separator: " ")
    }

    private mutating func routing() -> [String] {
        var lines = ["table extra = 77"]
        let far = isIPv6 ? "2001:db8:1::2" : "198.51.100.2"
        switch Int.random(in: 0..<5, using: &generator) {
        // In IPv6 nobody answers for an address of another interface.
        case 0: lines.append("route \(peers) \(isIPv6 ? "via \(far)" : "dev eth1") table extra")
        case 1: lines.append("route blackhole \(peers) table extra")
        case 2: lines.append("route default via \(far) table extra")
        case 3: lines.append("route \(peer) via \(far)")
        default: lines.append("route unreachable \(peer)")
        }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: lines.append("rule to \(peers) lookup extra")
        case 1: lines.append("rule from \(host) lookup extra")
        case 2: lines.append("rule fwmark 1 lookup extra")
        case 3: lines.append("rule from \(host) prohibit")
        default: lines.append("rule from \(others) blackhole")
        }
        if chance(0.3) { lines.append("sysctl net.ipv4.conf.eth0.rp_filter = \(pick(["1", "2"]))") }
        return lines
    }
}
