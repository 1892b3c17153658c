import KernelObjects
import KernelState
import NetworkTypes
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct FirewallReadingTests {
    @Test func aNamespaceWithoutTheTableHasNoFirewall() throws {
        try outputOf("nft", "add table ip weir; add table inet other { chain c { counter; }; }")
        var kernel = try KernelConnection()
        let listing = try kernel.readFirewall()
        #expect(listing.firewall == nil)
        #expect(
            listing.foreignTables == [
                FirewallDump.Table(family: 2, name: "weir"), FirewallDump.Table(family: 1, name: "other"),
            ]
        )
    }

    @Test func chainsAreReadWithHookPolicyAndRules() throws {
        try outputOf("nft", "-f", "-", input: sampleRuleset)
        var kernel = try KernelConnection()
        let firewall = try #require(try kernel.readFirewall().firewall)
        let names = ["input", "output", "services", "prerouting-raw", "prerouting-nat", "postrouting-nat"]
        #expect(firewall.chains.map(\.name) == names)
        let input = firewall.chains[0]
        #expect(input.base == ChainObject.Base(type: .filter, hook: .input, priority: 0, policy: .drop))
        #expect(input.rules.count == 15)
        #expect(firewall.chains[2].base == nil)
        let nat = ChainObject.Base(type: .nat, hook: .postrouting, priority: 100, policy: .accept)
        #expect(firewall.chains[5].base == nat)
        #expect(firewall.chains.allSatisfy { !$0.isForeign })
        #expect(firewall.foreignObjects.isEmpty)
    }

    @Test func everyExpressionOfTheSampleIsUnderstood() throws {
        try outputOf("nft", "-f", "-", input: sampleRuleset)
        var kernel = try KernelConnection()
        let firewall = try #require(try kernel.readFirewall().firewall)
        for entry in firewall.chains.flatMap(\.rules) {
            let expressions = try #require(Expression.decode(entry.rule.expressions))
            for case .unknown(let expression) in expressions { Issue.record("unknown: \(expression.name)") }
        }
    }

    @Test func namedSetsAreReadInCanonicalForm() throws {
        try outputOf("nft", "-f", "-", input: sampleRuleset)
        var kernel = try KernelConnection()
        let firewall = try #require(try kernel.readFirewall().firewall)
        let sets = Dictionary(uniqueKeysWithValues: firewall.sets.map { ($0.name, $0) })
        #expect(sets.count == 6)

        let blocked = try #require(sets["blocked-v4"])
        #expect(blocked.flags == .interval)
        #expect(SetUserdata(blocked.userdata) == SetUserdata(byteOrder: .network, comment: "from a list"))
        #expect(
            blocked.elements == [
                element(0x0a00_0000, 0x0aff_ffff), element(0xc000_0201, 0xc000_0201), element(0xffff_ff00, 0xffff_ffff),
            ]
        )
        let ports = try #require(sets["ports"])
        #expect(
            ports.elements == [
                SetElement(start: SetKey(port: 0), end: SetKey(port: 10)), SetElement(SetKey(port: 22)),
                SetElement(start: SetKey(port: 65000), end: SetKey(port: 65535)),
            ]
        )
        let uplinks = try #require(sets["uplinks"])
        let patterns = try [("eth0", false), ("wg", true)].map { name, isPrefix in
            InterfacePattern(try #require(InterfaceName(name)), isPrefix: isPrefix)
        }
        #expect(uplinks.elements == patterns.map(SetElement.init))
        #expect(
            sets["marks"]?.elements
                == [SetElement(SetKey(hostOrder: 1)), SetElement(SetKey(hostOrder: 0x100))].sorted {
                    $0.start < $1.start
                }
        )
        #expect(sets["seen"]?.timeout == 3_600_000)
        #expect(sets["seen"]?.size == 100)
        #expect(firewall.sets.allSatisfy { $0.foreignAttributes == nil })
    }

    @Test func setsInRulesBelongToTheRules() throws {
        try outputOf("nft", "-f", "-", input: sampleRuleset)
        var kernel = try KernelConnection()
        let firewall = try #require(try kernel.readFirewall().firewall)
        let jump = firewall.chains[0].rules[5].rule
        let ports = [22...22, 80...80, 1000...2000].map { (range: ClosedRange<UInt16>) in
            SetElement(start: SetKey(port: range.lowerBound), end: SetKey(port: range.upperBound))
        }
        #expect(jump.anonymousSets == [.anonymous(.inetService, isInterval: true, elements: ports)])
        let expressions = try #require(Expression.decode(jump.expressions))
        #expect(expressions.contains(.lookup(LookupExpression(SetObject.anonymousName))))

        let other = firewall.chains[0].rules[6].rule
        #expect(
            other.anonymousSets == [
                .anonymous(
                    .inetProtocol,
                    isInterval: false,
                    elements: [SetElement(SetKey(byte: 6)), SetElement(SetKey(byte: 17))]
                ),
                .anonymous(
                    .inetService,
                    isInterval: false,
                    elements: [SetElement(SetKey(port: 53)), SetElement(SetKey(port: 853))]
                ),
            ]
        )
    }

    @Test func countersAreLiveValuesAndNoPartOfTheRule() throws {
        try outputOf(
            "nft",
            "-f",
            "-",
            input: "table inet weir { chain c { counter packets 7 bytes 420 accept; counter accept; }; }"
        )
        var kernel = try KernelConnection()
        let rules = try #require(try kernel.readFirewall().firewall?.chains.first?.rules)
        #expect(rules.map(\.packets) == [7, 0])
        #expect(rules.map(\.bytes) == [420, 0])
        #expect(rules[0].rule == rules[1].rule)
        #expect(rules[0].handle != rules[1].handle)
    }

    @Test func commentsAreRead() throws {
        try outputOf("nft", "-f", "-", input: "table inet weir { chain c { accept comment \"über ssh\"; }; }")
        var kernel = try KernelConnection()
        let rule = try #require(try kernel.readFirewall().firewall?.chains.first?.rules.first?.rule)
        #expect(Userdata.comment(ofRule: rule.userdata) == "über ssh")
        #expect(rule.userdata == Userdata.comment("über ssh"))
    }

    @Test func whatWeirDoesNotMakeIsKeptAndFlagged() throws {
        try outputOf(
            "nft",
            "-f",
            "-",
            input: """
                table inet weir {
                    quota q1 { over 100 mbytes }
                    map verdicts { type inet_service : verdict; elements = { 22 : accept } }
                    set pairs { type ipv4_addr . inet_service; }
                    chain c {
                        quota name "q1" drop
                        tcp dport vmap { 80 : accept, 443 : drop }
                        fib saddr . iif oif missing drop
                    }
                    chain early { type filter hook ingress device "lo" priority 0; }
                }
                """
        )
        var kernel = try KernelConnection()
        let firewall = try #require(try kernel.readFirewall().firewall)
        #expect(firewall.foreignObjects.map(\.name) == ["q1"])
        #expect(firewall.foreignObjects.map(\.messageType) == [FirewallMessage.newObject])
        #expect(firewall.sets.map(\.name).sorted() == ["pairs", "verdicts"])
        #expect(firewall.sets.allSatisfy { $0.foreignAttributes != nil })
        #expect(firewall.chains.map(\.isForeign) == [false, true])
        let rules = firewall.chains[0].rules.map(\.rule)
        #expect(Expression.decode(rules[0].expressions)?.first?.kindName == "objref")
        #expect(rules[1].anonymousSets.map(\.name) == ["__map%d"])
        #expect(rules[1].anonymousSets[0].foreignAttributes != nil)
        #expect(Expression.decode(rules[2].expressions)?.first?.kindName == "fib")
        // Another content of the map is another rule.
        try outputOf(
            "nft",
            "replace rule inet weir c handle \(firewall.chains[0].rules[1].handle) tcp dport vmap { 80 : accept, 443 : accept }"
        )
        let changed = try #require(try kernel.readFirewall().firewall).chains[0].rules[1].rule
        #expect(changed != rules[1])
        #expect(changed.expressions == rules[1].expressions)
    }

    @Test func aTableThatSleepsIsNoticed() throws {
        try outputOf("nft", "add table inet weir { flags dormant; }")
        var kernel = try KernelConnection()
        #expect(try kernel.readFirewall().firewall?.isDormant == true)
    }

    @Test func elementsThatLiveForATimeAreRead() throws {
        try outputOf("nft", "-f", "-", input: sampleRuleset)
        try outputOf("nft", "add element inet weir seen { 192.0.2.1, 192.0.2.2 timeout 5m }")
        var kernel = try KernelConnection()
        let seen = try #require(try kernel.readFirewall().firewall?.sets.first { $0.name == "seen" })
        let keys = [0xc000_0201, 0xc000_0202].map { SetKey(IPv4Address(rawValue: $0)) }
        #expect(seen.elements == [SetElement(keys[0]), SetElement(keys[1], timeout: 300_000)])
    }

    @Test func twentyThousandRulesAreReadInOrder() throws {
        var lines = "table inet weir { chain small { }; chain large {\n"
        for port in 0..<20_000 { lines += "tcp dport \(port) counter accept\n" }
        lines += "}; }"
        try outputOf("nft", "-f", "-", input: lines)
        var kernel = try KernelConnection()
        let chains = try #require(try kernel.readFirewall().firewall).chains
        #expect(chains[0].rules.isEmpty)
        #expect(chains[1].rules.count == 20_000)
        for (port, entry) in chains[1].rules.enumerated() {
            guard case .compare(let compare) = try #require(Expression.decode(entry.rule.expressions))[3] else {
                Issue.record("no comparison")
                return
            }
            #expect(compare.value.port == UInt16(port))
        }
    }

    /// Two rulesets replace each other all the time; a reader must see one or the other, never some of both.
    @Test func whatIsReadIsOfOneMoment() throws {
        func ruleset(_ mark: Int) -> String {
            var text = "flush table inet weir\ntable inet weir { set s { type mark; }; chain a { }; chain b { }; }\n"
            text += "flush set inet weir s\nadd element inet weir s { \(mark) }\n"
            for _ in 0..<400 {
                text += "add rule inet weir a meta mark \(mark)\nadd rule inet weir b meta mark \(mark)\n"
            }
            return text
        }
        try outputOf("nft", "add table inet weir")
        try outputOf("nft", "-f", "-", input: ruleset(1))
        // The shell has its script from standard input; nft has each ruleset from a here-document.
        let both = [1, 2].map { "nft -f - <<'E'\n\(ruleset($0))E\n" }.joined()
        let writer = try BackgroundProcess(["sh"], input: Array("for i in 1 2 3 4 5 6 7 8; do\n\(both)done\n".utf8))
        var kernel = try KernelConnection()
        var generations: Set<UInt32> = []
        for _ in 0..<40 {
            let listing: FirewallListing
            do throws(KernelStateError) {
                listing = try kernel.readFirewall()
            } catch {
                #expect(error.cause == .stale)
                continue
            }
            generations.insert(listing.generation)
            let firewall = try #require(listing.firewall)
            let rules = Set(firewall.chains.flatMap(\.rules).map(\.rule))
            #expect(rules.count == 1)
            #expect(firewall.chains.map(\.rules.count) == [400, 400])
            let key = try #require(firewall.sets.first?.elements.first?.start)
            let comparison = Expression.compare(
                CompareExpression(.equal, RegisterData(leadingBytes: key.rawValue, length: 4))
            )
            #expect(try #require(Expression.decode(rules.first?.expressions ?? [])).contains(comparison))
        }
        try writer.finish(timeout: 30).succeeded()
        #expect(generations.count > 1)
    }

    private func element(_ start: UInt32, _ end: UInt32) -> SetElement {
        SetElement(start: SetKey(IPv4Address(rawValue: start)), end: SetKey(IPv4Address(rawValue: end)))
    }
}
