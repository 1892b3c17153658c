import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct BytecodeTests {
    /// nft's own compiler is the witness: what it says it sends is what libnftnl says it reads back.
    /// The rules are such that the kernel adds nothing of its own when it stores them.
    @Test(arguments: [
        "tcp dport 22 accept",
        "ip saddr 10.0.0.0/8 counter drop",
        "iifname \"eth0\" ct state established,related accept",
        "ip6 daddr fd00::/13 udp dport 1000-2000 reject with icmpv6 admin-prohibited",
        "meta mark set 0x2a log prefix \"hello \" level info",
        "limit rate 10/minute burst 7 packets jump other",
        "tcp dport 21 redirect to :27664-27700",
        "tcp dport 21 dnat to :80-90 random,persistent",
    ])
    func instructionsAreThoseThatNftShows(rule: String) throws {
        let script = """
            table inet t {
                chain other { }
                chain c { type nat hook prerouting priority 0; }
                chain d { }
            }
            """
        try outputOf("nft", "-f", "-", input: script)
        let chain = rule.contains("redirect") || rule.contains("dnat") ? "c" : "d"
        let shown = try outputOf("nft", "--debug=netlink", "add rule inet t \(chain) \(rule)")
        let expected = shown.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("[") }
        #expect(!expected.isEmpty)

        var socket = try NetlinkSocket(.netfilter)
        var instructions: [String] = []
        try socket.dump(NetlinkRequest(type: NfTables.getRule, payload: NfTables.payload(0))) { _, payload in
            let bytes = payload.withUnsafeBytes { Array($0) }
            do {
                instructions += try Bytecode(rulePayload: bytes).instructions
            } catch {
                Issue.record(error)
            }
        }
        expectSameText(instructions.joined(separator: "\n"), expected.joined(separator: "\n"))
    }

    @Test func anUnknownExpressionIsRefused() {
        let expression = NfTables.nested(1, NfTables.string(1, "from-the-future"), NfTables.nested(2))
        let payload = NfTables.payload(NfTables.inet, NfTables.string(1, "t"), NfTables.nested(4, expression))
        #expect(throws: BytecodeError.self) { try Bytecode(rulePayload: payload).instructions }
    }

    @Test(arguments: [[], [1], [1, 0, 0, 0, 3, 0], [1, 0, 0, 0, 200, 0, 4, 128, 1, 2, 3, 4]] as [[UInt8]])
    func garbageIsRefusedOrEmpty(payload: [UInt8]) {
        do {
            #expect(try Bytecode(rulePayload: payload).instructions == [])
        } catch {
            #expect(error.description.hasPrefix("libnftnl cannot read the rule: "))
        }
    }

    /// libnftnl follows a null pointer where an expression has no name.
    @Test func expressionsWithoutANameAreRefusedBeforeLibnftnlSeesThem() {
        let nameless = NfTables.nested(1, NfTables.nested(2))
        let unended = NfTables.nested(1, NfTables.attribute(1, Array("meta".utf8)))
        let inner = NfTables.nested(1, NfTables.string(1, "dynset"), NfTables.nested(2, NfTables.nested(7)))
        let innerList = NfTables.nested(
            1,
            NfTables.string(1, "dynset"),
            NfTables.nested(2, NfTables.nested(10, NfTables.nested(1)))
        )
        for expression in [nameless, unended, inner, innerList] {
            let payload = NfTables.payload(NfTables.inet, NfTables.nested(4, expression))
            do {
                _ = try Bytecode(rulePayload: payload).instructions
                Issue.record("an expression without a name was read")
            } catch {
                #expect(error.errno == .invalidArgument)
            }
        }
    }

    @Test func aLongInstructionIsWhole() throws {
        let prefix = String(repeating: "x", count: 120)
        try outputOf(
            "nft",
            "-f",
            "-",
            input: "table inet t { chain c { log prefix \"\(prefix)\" level debug flags all; }; }"
        )
        var socket = try NetlinkSocket(.netfilter)
        let replies = try socket.request(
            NetlinkRequest(
                type: NfTables.getRule,
                payload: NfTables.payload(
                    1,
                    NfTables.string(1, "t"),
                    NfTables.string(2, "c"),
                    NfTables.attribute(3, [0, 0, 0, 0, 0, 0, 0, 2])
                )
            )
        )
        let rule = try #require(replies.first)
        #expect(try Bytecode(rulePayload: rule.payload).instructions.first?.contains(prefix) == true)
    }
}
