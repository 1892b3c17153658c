import TestSupport

/// What other programs have made of routing: policy routing rules of all kinds, a table of their own, and settings. It is made with ip(8), and
/// taken away again.
struct RandomRouting {
    private var generator: SeededGenerator
    private let isIPv6: Bool
    /// The arguments of `ip rule add`.
    private(set) var rules: [String] = []
    /// The arguments of `ip route add`.
    private(set) var routes: [String] = []
    /// Names and values of settings.
    private(set) var settings: [(name: String, value: String)] = []

    init(seed: UInt64, isIPv6: Bool) {
        generator = SeededGenerator(seed: seed ^ 0x5eed)
        self.isIPv6 = isIPv6
        guard chance(0.5) else { return }
        let far = isIPv6 ? "2001:db8:1::2" : "198.51.100.2"
        routes.append(
            pick([
                "default via \(far) dev eth1 table 99", "\(peers) via \(far) dev eth1 table 99",
                "blackhole \(peers) table 99", "unreachable default table 99", "throw \(peer) table 99",
                "\(peer) dev eth0 table 99",
            ])
        )
        for index in 0..<Int.random(in: 1...3, using: &generator) { rules.append(rule(priority: 100 * (index + 1))) }
        if chance(0.3), !isIPv6 {
            settings.append(("net.ipv4.conf.eth0.rp_filter", pick(["1", "2"])))
            if chance(0.5) { settings.append(("net.ipv4.conf.eth0.src_valid_mark", "1")) }
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &generator)]
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < probability
    }

    private var peers: String { isIPv6 ? "2001:db8::/64" : "192.0.2.0/24" }
    private var peer: String { isIPv6 ? "2001:db8::2" : "192.0.2.2" }
    private var host: String { isIPv6 ? "2001:db8::1" : "192.0.2.1" }

    private mutating func rule(priority: Int) -> String {
        var words = ["priority \(priority)"]
        if chance(0.35) { words.append("not") }
        words.append(
            pick([
                "", "fwmark 1", "fwmark 0/0x1", "fwmark 2/0xf", "ipproto tcp", "ipproto udp", "ipproto tcp sport 22",
                "ipproto tcp dport 22", "dport 10000-65535", "sport 1-1000", "uidrange 0-0", "uidrange 1000-2000",
                "from \(host)", "to \(peers)", "from \(peers)", "to \(peer)", "iif eth0", "iif lo", "iif eth1",
                "oif eth0",
            ])
        )
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: words.append("goto \(pick(["350", "32766"]))")
        case 1...3:
            words.append(
                "lookup main suppress_prefixlength \(pick(["0", "24", "63", "64", "128"].filter { isIPv6 || $0.count < 3 && $0 < "33" }))"
            )
        case 4: words.append("lookup 99 suppress_prefixlength 0")
        case 5: words.append(pick(["blackhole", "prohibit", "unreachable", "nop"]))
        case 6: words.append("lookup main")
        default: words.append("lookup 99")
        }
        return words.joined(separator: " ")
    }

    private var family: String { isIPv6 ? "-6" : "-4" }

    /// Makes the host have it.
    func make() throws {
        for (name, value) in settings { try write(value, to: name) }
        try ip(routes.map { "route add \($0)" } + rules.map { "rule add \($0)" } + ["rule add priority 350 nop"])
    }

    /// Takes it away.
    func remove() throws {
        try ip(
            rules.map { "rule del \($0)" } + ["rule del priority 350 nop"]
                + (routes.isEmpty ? [] : ["route flush table 99"])
        )
        for (name, _) in settings { try write("0", to: name) }
    }

    private func ip(_ lines: [String]) throws {
        try outputOf("ip", family, "-batch", "-", input: lines.joined(separator: "\n") + "\n")
    }

    private func write(_ value: String, to name: String) throws {
        try writeFile(Array(value.utf8), to: "/proc/sys/" + name.replacing(".", with: "/"))
    }

    /// For people.
    var text: String {
        (settings.map { "\($0.name) = \($0.value)" } + routes.map { "ip route add \($0)" }
            + rules.map { "ip rule add \($0)" })
            .joined(separator: "\n")
    }
}
