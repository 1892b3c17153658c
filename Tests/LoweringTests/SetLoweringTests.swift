import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct SetLoweringTests {
    static let sets = [
        NamedSet(
            name: "bogons",
            contents: .prefixes(addresses(["10.0.0.0/8", "192.0.2.1", "192.0.2.7-192.0.2.9", "2001:db8::/32"])),
            comment: "not from here"
        ),
        NamedSet(name: "admins", contents: .addresses(addresses(["192.0.2.1", "192.0.2.2", "2001:db8::1"]))),
        NamedSet(name: "four", contents: .addresses(addresses(["192.0.2.1"])), size: 100),
        NamedSet(name: "ends", contents: .prefixes(addresses(["0.0.0.0/8", "255.0.0.0/8", "::/8", "ff00::/8"]))),
        NamedSet(name: "neighbours", contents: .prefixes(addresses(["10.0.0.1-10.0.0.3", "10.0.0.5"]))),
        NamedSet(name: "knock", contents: .addresses(AddressSet()), timeout: 60_000),
        NamedSet(name: "ban", contents: .prefixes(AddressSet()), timeout: 3_600_000),
        NamedSet(name: "empty", contents: .prefixes(AddressSet())),
        NamedSet(name: "web", contents: .ports(ports([.port(80), .port(443)]))),
        NamedSet(name: "high", contents: .ports(ports([.port(80), 1024...65535]))),
        NamedSet(name: "lans", contents: .interfaces([pattern("eth0"), pattern("eth1")])),
        NamedSet(name: "tunnels", contents: .interfaces([pattern("eth0"), pattern("wg*"), pattern("wh*")])),
        NamedSet(name: "marks", contents: .marks(IntervalSet([Interval(1), Interval(0x1000)]))),
        NamedSet(name: "bands", contents: .marks(IntervalSet([valid(Interval(1, 5)), Interval(0x1000)]))),
        NamedSet(name: "protocols", contents: .protocols([.tcp, .udp])),
    ]

    /// How a member is written must not depend on what else the set has: a prefix more would change all that have neighbours.
    @Test func neighboursAreJoinedInSetsOfPrefixes() throws {
        func elements(_ members: [String]) throws -> [SetElement] {
            var ruleset = Ruleset()
            ruleset.sets = [NamedSet(name: "a", contents: .prefixes(addresses(members)))]
            return try #require(try lower(ruleset).state.firewall?.sets.first).elements
        }
        let singles = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.5"]
        let alone = try elements(singles)
        #expect(alone.count == 2)
        #expect(try elements(singles + ["192.0.2.0/24"]).dropLast() == alone[...])
    }

    @Test func setsAreReadAsTheyWereWrittenAndListAsAPersonWouldWriteThem() throws {
        var ruleset = Ruleset()
        ruleset.sets = Self.sets.sorted { $0.name < $1.name }
        let lowered = try lower(ruleset)
        let desired = try #require(lowered.state.firewall)
        #expect(lowered.setOrigins["bogons-v6"] == .set(ruleset.sets.firstIndex { $0.name == "bogons" } ?? -1))
        var kernel = try KernelConnection()
        try kernel.apply(lowered.state)
        let observed = try kernel.table()
        expectSame(observed, desired)
        #expect(LiftedState(firewall: observed).ruleset == ruleset)
        #expect(LiftedState(firewall: desired).leftovers.isEmpty)

        let listing = try outputOf("nft", "-s", "list", "ruleset")
        let words = listing.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for text in [
            "set bogons-v4 { type ipv4_addr flags interval comment \"not from here\" elements = { 10.0.0.0/8, 192.0.2.1,",
            "set bogons-v6 { type ipv6_addr flags interval comment \"not from here\" elements = { 2001:db8::/32 } }",
            "set admins-v4 { type ipv4_addr elements = { 192.0.2.1, 192.0.2.2 } }",
            "set four-v4 { type ipv4_addr size 100 elements = { 192.0.2.1 } }",
            "set ends-v4 { type ipv4_addr flags interval elements = { 0.0.0.0/8, 255.0.0.0/8 } }",
            "set knock-v4 { type ipv4_addr timeout 1m }", "set knock-v6 { type ipv6_addr timeout 1m }",
            "set ban-v4 { type ipv4_addr flags interval,timeout timeout 1h }",
            "set empty-v6 { type ipv6_addr flags interval }",
            "set web { type inet_service elements = { 80, 443 } }",
            "set high { type inet_service flags interval elements = { 80, 1024-65535 } }",
            #"set lans { type ifname elements = { "eth0", "eth1" } }"#,
            #"set tunnels { type ifname flags interval elements = { "eth0", "wg*", "wh*" } }"#,
            "set marks { type mark elements = { 0x00000001, 0x00001000 } }",
            "set bands { type mark flags interval elements = { 0x00000001-0x00000005, 0x00001000 } }",
            "set protocols { type inet_proto elements = { tcp, udp } }",
        ] {
            #expect(words.contains(text), "\(text)")
        }
        try outputOf("nft", "flush", "ruleset")
        try outputOf("nft", "-f", "-", input: listing)
        #expect(try outputOf("nft", "-s", "list", "ruleset") == listing)
    }

    @Test func membersThatOthersCoverAreLeftOut() throws {
        var ruleset = Ruleset()
        ruleset.sets = [
            NamedSet(name: "i", contents: .interfaces([pattern("eth*"), pattern("eth0"), pattern("eth1*")]))
        ]
        let set = try #require(try lower(ruleset).state.firewall?.sets.first)
        #expect(set.elements == [SetElement(pattern("eth*"))])
    }

    @Test func bigSetsOfSingleAddressesSayHowManyThereMayBe() throws {
        func set(_ count: UInt32) throws -> SetObject {
            let intervals = (0..<count).map { Interval(IPv4Address(rawValue: 0x0a00_0000 + 2 * $0)) }
            var ruleset = Ruleset()
            ruleset.sets = [NamedSet(name: "s", contents: .addresses(AddressSet(ipv4: IntervalSet(intervals))))]
            return try #require(try lower(ruleset).state.firewall?.sets.first)
        }
        #expect(try set(4095).size == 0)
        #expect(try set(4096).size == 8192)
        #expect(try set(4097).size == 16384)
        #expect(try set(8000).size == 16384)
    }
}
