import NetworkTypes
import RuleLanguage
import RulesetModel
import TestSupport
import Testing

struct RulesetTextTests {
    @Test func aRulesetIsWrittenAsARuleFile() throws {
        var ruleset = Ruleset()
        ruleset.options.counters = false
        ruleset.policies = [.forward: .drop, .input: .drop]
        ruleset.sets = [
            NamedSet(
                name: "bogons",
                contents: .prefixes(try set("192.0.2.0/24", "2001:db8:dead::/48")),
                comment: "not \"ours\""
            ),
            NamedSet(name: "knock", contents: .addresses(AddressSet()), timeout: 60_000, size: 1000),
            NamedSet(name: "ports", contents: .ports(IntervalSet([1, 3, 5, 7, 9] as [UInt16]))),
            NamedSet(name: "marks", contents: .marks(IntervalSet([Interval(1), try #require(Interval(16, 31))]))),
        ]
        ruleset.chains = [
            Chain(name: "slow", rules: [Rule(action: .return), Rule(action: .drop)]),
            Chain(
                name: "early",
                kind: .base(type: .nat, hook: .prerouting, priority: -110, policy: .accept)
            ),
        ]
        ruleset.rules = [Rule(direction: .input, action: .jump("slow"))]
        ruleset.routingTables = [RoutingTable(name: "vpn", number: 100)]
        ruleset.routes = [
            Route(destination: .all(.ipv4), target: .nextHops([hop(dev: "vpn0")]), table: 100),
            Route(destination: try IPPrefix("8.8.8.8"), target: .nextHops([hop(dev: "vpn0")])),
            Route(
                destination: .all(.ipv4),
                target: .nextHops([hop("192.0.2.1", dev: "in", onlink: true)]),
                metric: 100,
                source: IPAddress("192.0.2.7"),
                metrics: [.mtu: 1400]
            ),
            Route(
                destination: try IPPrefix("2001:db8::/32"),
                target: .nextHops([hop("fe80::1", dev: "eth0"), hop("fe80::2", dev: "eth1", weight: 2)]),
                table: 7
            ),
            Route(destination: try IPPrefix("203.0.113.0/24"), target: .blackhole),
        ]
        ruleset.routingRules = [
            RoutingRule(family: .ipv4, priority: 1000, source: try IPPrefix("10.0.0.128/25"), action: .lookup(100)),
            RoutingRule(
                family: .ipv6,
                priority: 1001,
                inputInterface: InterfaceName("lo"),
                mark: Mark(1),
                action: .prohibit
            ),
        ]
        ruleset.sysctls = [
            Sysctl(name: "net.ipv4.ip_forward", value: "1"),
            Sysctl(name: "net.ipv4.conf.eth0/100.x", value: "a; $b"),
        ]
        #expect(
            ruleset.normalized().description == """
                option counters off

                table vpn = 100

                set bogons: prefix { 192.0.2.0/24, 2001:db8:dead::/48 } "not \\"ours\\""
                set knock: address timeout 1m size 1000
                set marks: mark { 0x1, 0x10-0x1f }
                set ports: port {
                    1,
                    3,
                    5,
                    7,
                    9,
                }

                policy in drop
                policy forward drop

                chain early type nat hook prerouting priority dstnat - 10 {
                }

                chain slow {
                    return
                    drop
                }

                jump slow in

                route 2001:db8::/32 table 7 { via fe80::1 dev eth0 ; via fe80::2 dev eth1 weight 2 }
                route 0.0.0.0/0 dev vpn0 table vpn
                route default via 192.0.2.1 dev "in" onlink metric 100 src 192.0.2.7 mtu 1400
                route 8.8.8.8/32 dev vpn0
                route blackhole 203.0.113.0/24

                rule from 10.0.0.128/25 lookup vpn priority 1000
                rule ip6 iif lo fwmark 0x1 prohibit priority 1001

                sysctl net.ipv4.conf.eth0/100.x = "a; $b"
                sysctl net.ipv4.ip_forward = 1

                """
        )
    }

    @Test func nothingIsWrittenForARulesetThatSaysNothing() {
        #expect(Ruleset().description.isEmpty)
    }

    @Test(arguments: Keyword.allCases)
    func everyKeywordIsQuotedWhereItIsAName(keyword: Keyword) throws {
        var text = TextBuffer()
        text.write(name: keyword.spelling)
        #expect(text.text == "\"\(keyword.spelling)\"")
        #expect(!keyword.spelling.isBareWord)
    }

    @Test(arguments: ["eth0", "br-lan.100", "_x", "a1", "x_y-z"])
    func anOrdinaryNameIsABareWord(name: String) {
        #expect(name.isBareWord)
    }

    @Test(arguments: ["", "0x", "6in4", "a-", "a--b", "-a", ".a", "a b", "a;b", "a#", "a\"", "ü", "a+b", "a:b", "a/b"])
    func anUnusualNameIsNoBareWord(name: String) {
        #expect(!name.isBareWord)
    }

    @Test(arguments: 0..<200)
    func randomRulesetsAreInCanonicalForm(seed: UInt64) {
        let ruleset = Ruleset.random(seed: seed)
        #expect(ruleset.normalized() == ruleset)
        #expect(Ruleset.random(seed: seed) == ruleset)
    }

    private func set(_ ranges: String...) throws -> AddressSet {
        AddressSet(try ranges.map { try AddressRange($0) })
    }

    private func hop(_ gateway: String? = nil, dev: String, weight: UInt16 = 1, onlink: Bool = false) -> NextHop {
        NextHop(
            gateway: gateway.flatMap { IPAddress($0) },
            interface: InterfaceName(dev),
            weight: weight,
            isOnLink: onlink
        )
    }
}
