import TestSupport

/// Rule files that are about one connection: most of their rules hold for it, or nearly.
struct RandomRules {
    private var generator: SeededGenerator
    private let isIPv6: Bool

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

    /// A rule file; not every one is legal.
    mutating func text() -> String {
        var lines: [String] = []
        if chance(0.5) { lines.append("policy in drop") }
        if chance(0.15) { lines.append("policy out drop") }
        lines.append("set friends: prefix { \(pick([peers, others])) }")
        lines.append("set doors: port { \(pick(["22", "20-25", "80, 443", "2222"])) }")
        if chance(0.5) {
            let rules = (0..<Int.random(in: 1...3, using: &generator)).map { _ in "    \(rule(nil))" }
            lines.append("chain sub {\n\(rules.joined(separator: "\n"))\n}")
        }
        if chance(0.15) {
            let place = pick([
                "filter hook prerouting priority -310", "filter hook input priority -5",
                "filter hook input priority 10",
                "filter hook output priority 10", "filter hook postrouting priority 0",
                "route hook output priority -10",
                "nat hook prerouting priority -90", "filter hook prerouting priority -50",
            ])
            let policy = place.hasPrefix("filter") && chance(0.2) ? " policy drop" : ""
            lines.append("chain early: \(place)\(policy) {\n    \(rule(nil))\n    \(rule(nil))\n}")
        }
        for _ in 0..<Int.random(in: 1...6, using: &generator) { lines.append(rule(pick(["in", "in", "in", "out"]))) }
        if chance(0.2) { lines += routing() }
        return lines.joined(separator: "\n") + "\n"
    }

    private var peers: String { isIPv6 ? "2001:db8::/64" : "192.0.2.0/24" }
    private var others: String { isIPv6 ? "2001:db8:9::/48" : "203.0.113.0/24" }
    private var peer: String { isIPv6 ? "2001:db8::2" : "192.0.2.2" }
    private var host: String { isIPv6 ? "2001:db8::1" : "192.0.2.1" }

    private mutating func rule(_ direction: String?) -> String {
        let isIn = direction != "out"
        let way = direction.map { " \($0)" } ?? ""
        switch Int.random(in: 0..<20, using: &generator) {
        case 0: return "set mark \(pick(["1", "2", "0x10/0xf0"]))\(way) \(conditions(isIn))"
        case 1: return "set ct mark \(pick(["1", "2"]))\(way) \(conditions(isIn))"
        case 2: return "notrack\(way) \(conditions(isIn))"
        case 3:
            return
                "redirect\(way) tcp dport \(pick(["22", "80"])) to :\(pick(["22", "2222"]))\(pick(["", " and accept"]))"
        case 4:
            let target = pick([host, peer]) + pick(["", isIPv6 ? "" : ":22", isIPv6 ? "" : ":23"])
            return "dnat\(way) tcp dport \(pick(["22", "80"])) to \(target)"
        case 5: return "\(pick(["jump", "goto"])) sub\(way) \(conditions(isIn))"
        case 6: return "\(pick(["count", "log"]))\(way) \(conditions(isIn))"
        case 7: return "reject\(way) \(conditions(isIn))"
        case 8 where direction == nil: return "return \(conditions(isIn))"
        case 9...12: return "drop\(way) \(conditions(isIn))"
        default: return "accept\(way) \(conditions(isIn))"
        }
    }

    private mutating func conditions(_ isIn: Bool) -> String {
        var words: [String] = []
        if chance(0.2) { words.append("on \(pick(["eth0", "eth1", "! lo", "eth*", "{ eth1, lo }", "! eth0"]))") }
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
            words.append(pick(["udp", "icmp", "proto { tcp, udp }"]))
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
