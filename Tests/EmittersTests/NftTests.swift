import Emitters
import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct NftTests {
    @Test func aScriptReadsAsAPersonWouldWriteIt() throws {
        var ruleset = ruleset(
            [
                Rule(
                    direction: .input,
                    matches: [.connectionState([.established, .related], isNegated: false)],
                    action: .accept
                ),
                Rule(
                    direction: .input,
                    matches: [.sourceAddress(Membership(.namedSet("bogons")))],
                    action: .drop,
                    log: LogStatement(prefix: "bogon: ", target: .kernel(.info))
                ),
                Rule(
                    direction: .input,
                    matches: [.inputInterface(on("eth0", "wl*")), tcp, dport(22)],
                    action: .accept,
                    comment: "ssh"
                ),
                Rule(direction: .input, matches: [.icmp(ICMPMatch(family: .ipv4, types: [8]))], action: .accept),
                Rule(
                    direction: .input,
                    matches: [tcp, dport(21)],
                    action: .redirect(Redirect(ports: Interval(27664), isAccepted: true))
                ),
                Rule(direction: .output, matches: [.outputInterface(on("eth0"))], action: .masquerade(Masquerade())),
                Rule(direction: .input, action: .jump("slow")),
            ],
            sets: [
                NamedSet(
                    name: "bogons",
                    contents: .prefixes(
                        AddressSet([try AddressRange("192.0.2.0/24"), try AddressRange("2001:db8::/32")])
                    )
                ),
                NamedSet(
                    name: "knock",
                    contents: .addresses(AddressSet()),
                    timeout: 60_000,
                    size: 100,
                    comment: "who knocked"
                ),
            ],
            chains: [
                Chain(
                    name: "slow",
                    rules: [
                        Rule(matches: [.limit(Limit(rate: 5, period: .minute))], action: .accept), Rule(action: .drop),
                    ]
                )
            ]
        )
        ruleset.policies[.input] = .drop
        let script = try emitted(ruleset, as: .nft)
        expectSameText(
            script,
            """
            #!/usr/sbin/nft -f
            add table inet weir
            delete table inet weir

            table inet weir {
            \tset bogons-v4 {
            \t\ttype ipv4_addr
            \t\tflags interval
            \t\telements = { 192.0.2.0/24 }
            \t}

            \tset bogons-v6 {
            \t\ttype ipv6_addr
            \t\tflags interval
            \t\telements = { 2001:db8::/32 }
            \t}

            \tset knock-v4 {
            \t\ttype ipv4_addr
            \t\tsize 100
            \t\tflags timeout
            \t\ttimeout 1m
            \t\tcomment "who knocked"
            \t}

            \tset knock-v6 {
            \t\ttype ipv6_addr
            \t\tsize 100
            \t\tflags timeout
            \t\ttimeout 1m
            \t\tcomment "who knocked"
            \t}

            \tchain input {
            \t\ttype filter hook input priority filter; policy drop;
            \t\tct state established,related counter accept
            \t\tip saddr @bogons-v4 counter log prefix "bogon: " level info drop
            \t\tip6 saddr @bogons-v6 counter log prefix "bogon: " level info drop
            \t\tiifname { "eth0", "wl*" } tcp dport 22 counter accept comment "ssh"
            \t\ticmp type echo-request counter accept
            \t\ttcp dport 27664 ct status dnat ct original proto-dst 21 counter accept
            \t\tcounter jump slow
            \t}

            \tchain prerouting-nat {
            \t\ttype nat hook prerouting priority dstnat; policy accept;
            \t\ttcp dport 21 counter redirect to :27664
            \t}

            \tchain postrouting-nat {
            \t\ttype nat hook postrouting priority srcnat; policy accept;
            \t\toifname "eth0" counter masquerade
            \t}

            \tchain slow {
            \t\tlimit rate 5/minute counter accept
            \t\tcounter drop
            \t}
            }

            """
        )
        try load(script)
        // The listing is the script's table, but for the order of chains.
        let listing = try outputOf("nft", "-s", "list", "table", "inet", "weir")
        let lines = { (text: String) in Set(text.split(separator: "\n").map(String.init)) }
        #expect(lines(listing).isSubset(of: lines(script)))
    }

    @Test(arguments: 0..<120)
    func nftMakesWhatWeirMakes(seed: UInt64) throws {
        let ruleset = Ruleset.random(seed: seed, size: 25).sayable
        let desired = try lower(ruleset).state
        let script = try emitted(ruleset, as: .nft)
        try load(script)
        // Once more is the same.
        try load(script)
        var kernel = try KernelConnection()
        let byNft = try kernel.readFirewall().firewall
        let listedByNft = try listing()
        try outputOf("nft", "flush", "ruleset")

        if let changes = difference(desired: desired, observed: try kernel.readState()).changes.firewall {
            var transaction = try FirewallTransaction(changes)
            try kernel.commit(&transaction, ifGeneration: try kernel.readGeneration())
        }
        expectSameText(listedByNft, try listing())
        expectSame(byNft ?? FirewallState(), try kernel.readFirewall().firewall ?? FirewallState())

        try load(try emitted(ruleset, as: .nft, isUndo: true))
        #expect(try outputOf("nft", "list", "ruleset") == "")
    }

    @Test(arguments: [
        (Rule(direction: .input, action: .log(LogStatement(prefix: "a\"b"))), "nft's strings hold no quotes"),
        (Rule(direction: .input, action: .log(LogStatement(prefix: "a$b"))), "nft's log prefixes hold no '$'"),
        (
            Rule(direction: .input, matches: [.inputInterface(on("a\"b"))], action: .drop),
            "nft's strings hold no quotes"
        ),
        (
            Rule(
                direction: .input,
                matches: [.destinationAddress(addresses("192.0.2.0/24")), tcp],
                action: .destinationNAT(AddressTranslation(addresses: target("10.0.0.0/24"), ports: Interval(80)))
            ),
            "nft has no new port and no flags beside a new prefix"
        ),
        (
            Rule(
                direction: .output,
                matches: [.sourceAddress(addresses("192.0.2.0/24"))],
                action: .sourceNAT(AddressTranslation(addresses: target("10.0.0.0/24"), flags: .random))
            ),
            "nft has no new port and no flags beside a new prefix"
        ),
    ])
    func whatNftCannotSayIsRefusedWithTheRule(rule: Rule, reason: String) {
        #expect(refusal(of: ruleset([rule]), as: .nft).hasPrefix("nft cannot say '\(rule)': \(reason)"))
    }

    @Test(arguments: [
        "a; drop", "} table inet evil {", "$(reboot)", "`reboot`", "a\\", "äöü", "# no comment", "'; rm -rf /", "a\\n",
        "$x",
    ])
    func textInCommentsStaysText(text: String) throws {
        let rule = Rule(direction: .input, matches: [tcp, dport(1)], action: .accept, comment: text)
        try load(try emitted(ruleset([rule]), as: .nft))
        var kernel = try KernelConnection()
        let table = try #require(try kernel.readFirewall().firewall)
        #expect(LiftedState(firewall: table).ruleset.rules.map(\.comment) == [text])
        #expect(try outputOf("nft", "list", "tables") == "table inet weir\n")
    }

    @Test(arguments: ["eth0", "a;b", "$x", "a*b", "a\\*", "w\\\\x", "{x}", "#a", "x'y", "wl*", "äö*", "a\\\\"])
    func interfacesOfAnyNameAreMatched(text: String) throws {
        let pattern = try #require(InterfacePattern(text))
        let other = InterfacePattern(try #require(InterfaceName("zz")))
        let rules = [[pattern], [pattern, other].sorted()].map { patterns in
            Rule(direction: .input, matches: [.inputInterface(Membership(patterns))], action: .drop)
        }
        try load(try emitted(ruleset(rules), as: .nft))
        var kernel = try KernelConnection()
        let table = try #require(try kernel.readFirewall().firewall)
        #expect(LiftedState(firewall: table).ruleset.rules.map(\.matches) == rules.map(\.matches))
    }

    private func load(_ script: String) throws {
        try outputOf("nft", "-f", "-", input: script)
    }

    private func listing() throws -> String {
        try run("nft", "-s", "list", "table", "inet", "weir").output
    }

    private func expectSame(_ byNft: FirewallState, _ byWeir: FirewallState) {
        let left = byNft.chains.sorted { $0.name < $1.name }
        let right = byWeir.chains.sorted { $0.name < $1.name }
        #expect(left.map(\.name) == right.map(\.name))
        for (one, two) in zip(left, right) {
            #expect(one.base == two.base)
            #expect(one.rules.count == two.rules.count)
            let lifter = RuleLifter(byWeir)
            for (theirs, ours) in zip(one.rules, two.rules) where theirs.rule != ours.rule {
                // What differs is one of the deliberate encodings, and means the same.
                let lifted = lifter.lift(ours.rule, inChain: two.name)
                #expect(lifted == RuleLifter(byNft).lift(theirs.rule, inChain: one.name))
                #expect(lifted?.rule.isEncodedDeliberately ?? false, "\(lifted.map { "\($0.rule)" } ?? "")")
            }
        }
        func plain(_ state: FirewallState) -> [SetObject] {
            state.sets.sorted { $0.name < $1.name }.map { set in
                var set = set
                // nft keeps notes for itself there.
                set.userdata = SetUserdata(set.userdata).bytes
                return set
            }
        }
        #expect(plain(byNft) == plain(byWeir))
    }
}

extension Rule {
    /// Whether Weir's bytes for it are others than nft's on purpose: a prefix of 24 bits, or two ports after several protocols.
    fileprivate var isEncodedDeliberately: Bool {
        matches.contains { match in
            switch match {
            case .sourceAddress(let addresses), .destinationAddress(let addresses):
                guard case .values(let values) = addresses.operand, values.rangeCount == 1 else { return false }
                return values.ipv4.intervals.first?.prefix?.length == 24
            case .sourcePort: return true
            default: return false
            }
        }
    }
}
