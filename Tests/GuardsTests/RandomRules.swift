import TestSupport

/// Rule files that are about one connection: most of their rules hold for it, or nearly.
struct RandomRules {
    private var generator: SeededGenerator
    private let isIPv6: Bool
    /// Whether there is a chain that rules can lead to.
    private var hasChain = false

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

    /// Where a rule stands: what it may do and how it names interfaces depends on that.
    private enum Place {
        /// With a direction, outside of chains.
        case direction(isIn: Bool)
        /// In a chain that others lead to.
        case regular
        /// In a chain with a hook.
        case hook(type: String, name: String)

        var isIn: Bool {
            switch self {
            case .direction(let isIn): isIn
            case .regular: true
            case .hook(_, let name): name == "prerouting" || name == "input"
            }
        }
    }

    /// A rule file; not every one is legal, but most are.
    mutating func text() -> String {
        var lines: [String] = []
        if chance(0.5) { lines.append("policy in drop") }
        if chance(0.15) { lines.append("policy out drop") }
        lines.append("set friends: prefix { \(pick([peers, others])) }")
        lines.append("set doors: port { \(pick(["22", "20-25", "80, 443", "2222"])) }")
        hasChain = chance(0.5)
        if hasChain {
            let rules = (0..<Int.random(in: 1...3, using: &generator)).map { _ in "    \(rule(.regular))" }
            lines.append("chain sub {\n\(rules.joined(separator: "\n"))\n}")
        }
        if chance(0.3) { lines.append(chainWithHook()) }
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            lines.append(rule(.direction(isIn: chance(0.75))))
        }
        if chance(0.2) { lines += routing() }
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func chainWithHook() -> String {
        let (type, hook, priority) = pick([
            ("filter", "prerouting", "-310"), ("filter", "prerouting", "-310"), ("filter", "input", "-5"),
            ("filter", "input", "10"), ("filter", "output", "10"), ("filter", "postrouting", "0"),
            ("route", "output", "-10"), ("nat", "prerouting", "-90"), ("filter", "prerouting", "-50"),
        ])
        let policy = type == "filter" && chance(0.2) ? " policy drop" : ""
        let place = Place.hook(type: type, name: hook)
        return
            "chain early type \(type) hook \(hook) priority \(priority)\(policy) {\n    \(rule(place))\n    \(rule(place))\n}"
    }

    private var peers: String { isIPv6 ? "2001:db8::/64" : "192.0.2.0/24" }
    private var others: String { isIPv6 ? "2001:db8:9::/48" : "203.0.113.0/24" }
    private var peer: String { isIPv6 ? "2001:db8::2" : "192.0.2.2" }
    private var host: String { isIPv6 ? "2001:db8::1" : "192.0.2.1" }

    private mutating func rule(_ place: Place) -> String {
        var way = ""
        var kinds = ["accept", "accept", "accept", "accept", "drop", "drop", "count", "log"]
        switch place {
        case .direction(let isIn):
            way = isIn ? " in" : " out"
            kinds += ["mark", "ct mark", "notrack", "redirect", "dnat", "jump", "reject"]
        case .regular: kinds += ["reject", "return"]
        case .hook("nat", _): kinds += ["redirect", "dnat", "redirect", "dnat"]
        case .hook("route", _): kinds += ["mark", "mark", "mark"]
        case .hook(_, "prerouting"): kinds += ["mark", "mark", "mark", "ct mark", "notrack", "jump"]
        case .hook(_, "postrouting"): kinds += ["mark", "ct mark"]
        case .hook: kinds += ["mark", "ct mark", "reject", "jump"]
        }
        let rest = conditions(place)
        switch pick(kinds) {
        case "mark": return "set mark \(pick(["1", "2", "0x10/0xf0"]))\(way) \(rest)"
        case "ct mark": return "set ct mark \(pick(["1", "2"]))\(way) \(rest)"
        case "notrack": return "notrack\(way) \(rest)"
        case "redirect":
            let accepts = way.isEmpty ? "" : pick(["", " and accept"])
            return "redirect\(way) tcp dport \(pick(["22", "80"])) to :\(pick(["22", "2222"]))\(accepts)"
        case "dnat":
            let target = pick([host, peer]) + pick(["", isIPv6 ? "" : ":22", isIPv6 ? "" : ":23"])
            return "dnat\(way) tcp dport \(pick(["22", "80"])) to \(target)"
        case "jump" where hasChain: return "\(pick(["jump", "goto"])) sub\(way) \(rest)"
        case "count": return "\(pick(["count", "log"]))\(way) \(rest)"
        case "reject": return "reject\(way) \(rest)"
        case "return": return "return \(rest)"
        case "drop": return "drop\(way) \(rest)"
        default: return "accept\(way) \(rest)"
        }
    }

    private mutating func conditions(_ place: Place) -> String {
        let isIn = place.isIn
        var words: [String] = []
        if chance(0.2) {
            var word = "on"
            if case .regular = place { word = "from" }
            words.append("\(word) \(pick(["eth0", "eth1", "! lo", "eth*", "{ eth1, lo }", "! eth0"]))")
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
