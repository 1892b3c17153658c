import Diagnostics
import RulesetCompiler
import Testing

/// What the language does not have is said in one way, with the nearest that there is, whatever words it is asked for in.
struct MissingFeatureTests {
    /// What people ask for, and what is said to be missing.
    static let asked: [(written: String, missing: String)] = [
        ("accept in tcp dport ssh limit 3/minute per saddr", "rates per source address"),
        ("drop in tcp dport 22 limit over 10/minute per source", "rates per source address"),
        ("drop in tcp dport 22 hashlimit 3/minute", "rates per source address"),
        ("drop in meter ssh { ip saddr limit rate over 3/minute }", "rates per source address"),
        ("drop in tcp dport 22 ct count over 3", "limits of the number of connections"),
        ("reject in tcp dport 22 connlimit 3", "limits of the number of connections"),
        ("set tcp mss 1400 forward to wg0", "changes of the MSS"),
        ("clamp mss forward to wg0", "changes of the MSS"),
        ("set tcp option maxseg size rt mtu forward", "changes of the MSS"),
        ("iptables -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu", "changes of the MSS"),
        ("accept in mac 00:11:22:33:44:55", "such words for hardware addresses (MAC)"),
        ("drop in saddr 00:11:22:33:44:55", "such words for hardware addresses (MAC)"),
        ("set phones: mac { 00:11:22:33:44:55 }", "sets of hardware addresses"),
        (
            "rule from 10.0.0.0/8 realms 5 lookup main",
            "policy routing rules that translate, or ask for a tunnel's number or a realm"
        ),
        ("set ct helper ftp in tcp dport 21", "conntrack helpers"),
        ("helper ftp in tcp dport 21", "conntrack helpers"),
        ("set dscp ef out udp dport 5060", "changes of DSCP (TOS)"),
        ("set ip dscp cs1 out skuid 1000", "changes of DSCP (TOS)"),
        ("accept in tos 0x10", "such words for the class of service"),
        ("tproxy in tcp dport 80 to :3129", "transparent proxies (TPROXY)"),
        ("redirect in tcp dport 80 to :3129 transparent", "transparent proxies (TPROXY)"),
        ("route multicast 239.0.0.0/8 dev eth0", "routes of such types"),
        ("route 10.0.0.0/8 via 192.0.2.1 realms 5", "such attributes of routes"),
        ("drop in broadcast", "such words for the type of packets"),
        ("drop in daddr multicast", "such words for the type of packets"),
        ("set ttl 64 out", "changes of the TTL or hop limit"),
        ("drop in ip ttl lt 5", "such words for the TTL or hop limit"),
        ("accept in tcp option md5 exists", "such matches on fragments or header options"),
        ("accept in tcp dport ssh between 08:00 and 18:00", "such words for hours and days"),
        ("dnat in tcp dport 80 to { 10.0.0.1, 10.0.0.2 }", "lists of targets"),
        ("dnat in tcp dport 80 to 10.0.0.1, 10.0.0.2", "lists of targets"),
        ("dnat in tcp dport 80 to 10.0.0.1-10.0.0.2 round-robin", "load balancing over a list"),
        ("accept in probability 50%", "rules by chance"),
        ("queue in tcp to 0", "queues to programs (NFQUEUE)"),
        ("accept forward queue 0 bypass", "queues to programs (NFQUEUE)"),
        ("nfqueue forward 0", "queues to programs (NFQUEUE)"),
        ("drop in arp", "ARP filters"), ("drop bridge from eth0 to eth1", "bridge filters"),
        ("drop in vlan 10", "matches on VLAN tags"),
        ("chain x type filter hook ingress device eth0 priority 0 { drop }", "chains of a device (ingress, egress)"),
        ("flowtable f { eth0, eth1 }", "flowtables"), ("flow add @f forward", "flowtables"),
        ("synproxy in tcp dport 80 mss 1460 wscale 7", "SYN proxies"),
        ("accept out cgroup \"user.slice\"", "matches on control groups by their path, or on programs"),
        ("accept out process firefox", "matches on control groups by their path, or on programs"),
        ("add @banned saddr in tcp dport 23", "rules that fill sets"),
        ("update @seen saddr in tcp dport 22", "rules that fill sets"),
        ("ban in tcp dport 23 for 10m", "rules that fill sets"),
        ("set banned: address timeout 10m flags dynamic", "rules that fill sets"),
        ("accept in saddr . dport @x", "fields that are looked up together"),
        ("map m: address to port { 10.0.0.1 : 80 }", "maps"),
        ("masquerade out on eth0 ipsec none", "such questions about IPsec"),
        ("drop in fib saddr oif missing", "such questions to the routing table"),
        ("drop in rpfilter", "such questions to the routing table"),
        ("accept in pktlen 0-100", "such words for the length of packets"),
        ("dup in to 10.0.0.1", "copies of packets to another host"),
        ("accept in quota 10 gbytes", "quotas"), ("drop in country cn", "words for countries or providers"),
        ("dnat in daddr self tcp dport 80 to 10.0.0.1", "word for the host's own addresses"),
        ("dnat in daddr eth0 tcp dport 80 to 10.0.0.1", "word for the host's own addresses"),
        ("restore mark in", "copies of marks between packets and connections"),
        ("set priority 1:10 out", "traffic classes and shaping"),
        ("accept in ct label 5", "other questions to connection tracking"),
    ]

    @Test(arguments: asked.map(\.written))
    func itIsSaidToBeMissing(written: String) throws {
        let missing = try #require(Self.asked.first { $0.written == written }?.missing)
        let result = RuleFileCompiler.compile(text: written)
        #expect(result.ruleset == nil)
        let first = try #require(tried(result).diagnostics.first)
        #expect(first.code == .notInLanguage)
        #expect(first.message == "the language has no \(missing) yet")
        #expect(first.fixIts.isEmpty)
        #expect(first.notes.allSatisfy { $0.message.hasPrefix("the nearest: ") })
        #expect(tried(result).diagnostics.filter { $0.severity == .error }.count == 1)
    }

    /// No reserved word is answered in another way, at the place of a verb, of a match and of what is set.
    @Test(arguments: [
        "add", "def", "dup", "expect", "map", "queue", "quota", "synproxy", "time", "tproxy", "update",
    ])
    func aReservedWordIsAnsweredInTheSameWay(word: String) throws {
        for text in ["\(word) 1 in tcp", "accept in tcp dport 22 \(word) 1", "set \(word) 1 in"] {
            let first = try #require(tried(RuleFileCompiler.compile(text: text)).diagnostics.first)
            #expect(first.code == .notInLanguage, "\(text): \(first.message)")
            #expect(
                first.message.hasPrefix("the language has no ") && first.message.hasSuffix(" yet"),
                "\(first.message)"
            )
            #expect(first.fixIts.isEmpty)
        }
    }

    /// The nearest way is one: each statement that is named compiles, as far as it is a whole one.
    @Test func theNearestWaysAreWords() {
        for (written, _) in Self.asked {
            let notes = tried(RuleFileCompiler.compile(text: written)).diagnostics.first?.notes ?? []
            for statement in notes.flatMap({ $0.message.split(separator: "`").map(String.init) }) {
                let verbs = ["accept ", "drop ", "redirect ", "route ", "masquerade ", "sysctl ", "set ", "let "]
                guard verbs.contains(where: statement.hasPrefix), !statement.contains("…") else { continue }
                let files = MemoryFileLoader(["there.netset": "192.0.2.0/24\n"])
                let codes = RuleFileCompiler.compile(text: statement, loader: files).diagnostics.diagnostics.map(\.code)
                #expect(!codes.contains { $0.severity == .error }, "\(statement)")
            }
        }
    }

    /// A word that is merely spelt like one of these is what it is.
    @Test(arguments: [
        ("accept in tcp dprot 22", "did you mean"), ("drop in on trace tcp dprot 22", "did you mean"),
        ("let time = 5\naccept in tcp dport 22 dprot", ""), ("set lan: adress { 10.0.0.1 }", "did you mean"),
    ])
    func otherMistakesAreNotTakenForIt(text: String, help: String) throws {
        let diagnostics = tried(RuleFileCompiler.compile(text: text)).diagnostics
        #expect(diagnostics.contains { $0.code != .notInLanguage })
        let helps = diagnostics.flatMap { $0.fixIts.map(\.message) }
        #expect(help.isEmpty || helps.contains { $0.hasPrefix(help) }, "\(diagnostics)")
    }
}
