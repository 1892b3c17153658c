import Testing

/// Files that were once accepted without a word and did something else than they say, by kind.
///
/// What only packets tell is judged by packets: prefixes one to one in `TranslationTests`, the rules of rules/ in `RuleFileTrafficTests`, routes
/// in their order in `IPTests`, gateways outside one's own prefix in `FailedApplyTests`, other programs' translations in
/// `TranslatedBeforeTests`.
enum SilentFiles {
    struct File: Sendable {
        let text: String
        /// `CODE@LINE` of all that is said.
        var said: [String] = []
        /// Words of a message or of what is beside it.
        var help: String?
        /// Other words that mean the same.
        var meant: String?

        init(_ text: String, _ said: String..., help: String? = nil, meant: String? = nil) {
            self.text = text
            self.said = said
            self.help = help
            self.meant = meant
        }
    }

    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let files: [File]

        init(_ name: String, _ files: [File]) {
            self.name = name
            self.files = files
        }

        var testDescription: String { name }
    }

    /// What no rule of a closed input chain may be missing.
    private static let kept = "accept in on lo\naccept in ct state established,related\naccept in icmpv6\n"

    static let all = translations + conditions + limits + closed + ways

    // MARK: Translations

    private static let translations = [
        Kind(
            "ranges one to one",
            [
                File(
                    "dnat in on isp daddr 198.51.99.0/28 to 198.51.98.0/28",
                    meant: "dnat in on isp daddr 198.51.99.0-198.51.99.15 to 198.51.98.0/28"
                ),
                File(
                    "dnat in daddr 2001:db8:1::/64 to 2001:db8:2::-2001:db8:2::ffff:ffff:ffff:ffff",
                    "W020@1",
                    help: "write `2001:db8:2::/64` to keep the host part"
                ),
                File(
                    "snat out saddr { 10.1.0.1, 10.1.0.9 } to 192.0.2.1-192.0.2.2",
                    "W020@1",
                    help: "a rule for each address"
                ),
                File(
                    "set old: prefix { 198.51.99.0/29, 198.51.99.64/29 }\ndnat in daddr @old to 10.0.0.0-10.0.0.15",
                    "W020@2",
                    help: "`random` or `persistent`"
                ),
                File("redirect in tcp dport 8000-8010 to :9000-9010", "W020@1", help: "all to port 9000"),
                File("dnat in udp dport 5000-5010 to 10.0.0.1:6000-6005", "W020@1", help: "all to port 6000"),
                File("dnat in tcp dport { 80, 443 } to [fd00::1]:8080-8083", "W020@1", help: "all to port 8080"),
            ]
        ),
        Kind(
            "lengths that differ",
            [
                File(
                    "snat out saddr 10.1.0.0/24 to 10.9.0.0/25",
                    "E162@1",
                    help: "25 bits cannot take the place of one of 24"
                ),
                File("dnat out daddr 10.1.1.0/24 to 10.2.2.0/23", "E162@1", help: "write `10.2.2.0-10.2.3.255`"),
                File("snat forward from lan to wan saddr fd00:1::/64 to 2001:db8::/56", "E162@1"),
                File("let a = 10.1.0.0/24\nlet b = 10.9.0.0/25\nsnat out saddr $a to $b", "E162@3"),
                File("in daddr 198.51.99.0/28 {\ndnat tcp dport 80 to 198.51.98.0/29\n}", "E162@2"),
                File("snat out saddr { 10.1.0.0/24, 10.2.0.0/24 } to 10.9.0.0/24", "E162@1"),
            ]
        ),
        Kind(
            "translations of what comes in by lo",
            [
                File("redirect in on lo tcp dport 21 to :27664", "W023@1", help: "`redirect out on lo`"),
                File("dnat in on lo udp dport 53 to 10.0.0.1", "W023@1", help: "`dnat out on lo`"),
                File("redirect in daddr 127.0.0.1 tcp dport 21 to :27664", "W023@1"),
                File("redirect in saddr ::1 tcp dport 21 to :27664", "W023@1"),
                File("set own: interface { lo }\nredirect in on @own tcp dport 21 to :27664", "W023@2"),
                File("chain web {\nredirect tcp dport 80 to :8080\n}\njump web in on lo", "W023@2"),
                File(
                    "chain pre type nat hook prerouting priority dstnat {\nredirect from lo tcp dport 80 to :8080\n}",
                    "W023@2"
                ),
                File("chain web {\ndnat tcp dport 80 to 127.0.0.1:8080\n}\njump web in on eth0", "W024@2"),
                File("dnat in ip6 tcp dport 80 to [::1]:8080", "W024@1", help: "say `redirect`"),
            ]
        ),
    ]

    // MARK: Conditions

    private static let conditions = [
        Kind(
            "flags that are left out",
            [
                File(
                    "drop in tcp flags ! { fin, syn, rst, psh, ack, urg }",
                    meant: "drop in tcp flags 0 / fin,syn,rst,psh,ack,urg"
                ),
                File(
                    "drop in tcp flags ! { fin, syn } ct state new",
                    meant: "drop in tcp flags 0 / fin,syn ct state new"
                ),
                File("reject out tcp flags ! urg with tcp reset", "W021@1"),
                File("chain c {\ndrop tcp flags ! { urg, ecn }\n}\njump c in", "W021@2"),
                File("drop in tcp flags ! syn", "W021@1", help: "`ct state new` spares known connections"),
                File("drop forward from lan tcp flags ack", "W021@1"),
                File("drop in tcp flags ! { fin, syn, rst }", "W021@1"),
                File("drop in tcp flags syn,ack", "E117@1", help: "`syn,ack / syn,ack` if all are to be set"),
            ]
        ),
        Kind(
            "a rule behind a wider one",
            [
                File(
                    "drop in tcp dport ssh\naccept in tcp dport ssh saddr 192.0.2.1",
                    "W013@2",
                    help: "put the narrower rule before"
                ),
                File("reject forward from lan\naccept forward from lan to wan tcp dport https", "W013@2"),
                File("drop in ip6\naccept in saddr 2001:db8::/32 udp dport domain", "W013@2"),
                File("chain c {\ndrop tcp dport ssh\n}\njump c in\naccept in tcp dport ssh saddr 192.0.2.1", "W013@5"),
                File("drop in tcp dport ssh\nchain c {\naccept tcp dport ssh saddr 192.0.2.1\n}\njump c in", "W013@3"),
                File(
                    "chain a {\njump b\n}\nchain b {\nlog\ndrop\n}\njump a in udp\naccept in udp dport domain",
                    "W013@9"
                ),
                File(
                    "chain a {\nreturn saddr 192.0.2.1\ndrop\n}\njump a in tcp\naccept in tcp saddr 192.0.2.1",
                    meant: "chain a {\nreturn saddr 192.0.2.1/32\ndrop\n}\njump a in tcp\naccept in tcp saddr 192.0.2.1"
                ),
                File(
                    "set bad: prefix { 10.0.0.0/8, 2001:db8::/32 }\ndrop in saddr @bad\naccept in saddr 10.1.2.3 tcp",
                    "W013@3"
                ),
                File("set web: port { 80, 443 }\ndrop in tcp dport @web\naccept in tcp dport 443 on eth0", "W013@3"),
                File(
                    "chain f type filter hook input priority -5 {\naccept from eth*\ndrop from eth1 udp\n}",
                    "W013@3"
                ),
                File("masquerade out on wan\nsnat out on wan saddr 10.0.0.0/8 to 192.0.2.1", "W013@2"),
            ]
        ),
        Kind(
            "conditions that exclude each other",
            [
                File("accept out skuid 5 skuid 6", "E152@1"), File("accept in mark 1 mark 2", "E152@1"),
                File("accept in tcp dport 1 dport ! 1", "E152@1"),
                File("accept in saddr 10.0.0.1 saddr ! 10.0.0.0/8", "E152@1"),
                File("accept in on eth0 on ! eth0", "E152@1"),
                File("accept in ct state new ct state ! new", "E152@1"),
                File("accept out skgid 5 skgid ! 1-10", "E152@1"), File("accept in ct mark 1/3 ct mark 2/2", "E152@1"),
                File("accept forward to eth* to lan0", "E152@1"),
                File("accept in icmpv6 type echo-request icmpv6 type ! echo-request", "E152@1"),
                File("accept in ct status dnat ct status ! dnat", "E152@1"),
                File("in saddr 10.0.0.0/8 {\nin saddr 192.168.0.0/16 {\naccept tcp\n}\n}", "E152@2"),
                File("set web: port { 80, 443 }\naccept in tcp dport @web dport ! 1-1023", "E152@2"),
                File("set lan: prefix { 10.0.0.0/8 }\ndrop in saddr @lan saddr ! 10.0.0.0/7", "E152@2"),
                File("chain web {\naccept tcp dport http\n}\njump web in udp", "W027@2", help: "only these come here"),
                File("chain a {\njump b\n}\nchain b {\naccept from eth1\n}\njump a in on eth0", "W027@5"),
                File("chain six {\naccept icmpv6\n}\njump six forward saddr 10.0.0.0/8", "W027@2"),
            ]
        ),
        Kind(
            "one family of two",
            [
                File("drop in tcp dport ssh saddr ! 10.0.0.0/8", "W017@1", help: "add `drop in ip6 tcp dport 22`"),
                File("in saddr ! 2001:db8::/32 {\nreject udp dport domain\n}", "W017@2"),
                File("set lan: prefix { 10.0.0.0/8 }\ndrop in tcp dport ssh saddr ! @lan", "W017@2"),
                File(
                    "chain ssh {\ndrop tcp dport ssh saddr ! 10.0.0.0/8\n}\njump ssh in",
                    "W017@2",
                    help: "add `drop ip6 tcp dport 22`"
                ),
            ]
        ),
    ]

    // MARK: Limits

    private static let limits = [
        Kind(
            "refusals at a rate",
            [
                File(
                    #"drop in saddr 10.9.0.0/24 limit 2/second log "x""#,
                    "W022@1",
                    help: #"`log "x" in saddr 10.9.0.0/24 limit 2/second` and `drop in saddr 10.9.0.0/24`"#
                ),
                File(
                    "drop in tcp dport 22 limit 5/minute",
                    "W022@1",
                    help: "`drop in tcp dport 22 limit over 5/minute`"
                ),
                File("reject forward from lan limit 100 mbytes/second", "W022@1"),
                File("in limit 5/second {\ndrop icmp\n}", "W022@1"),
                File("let slow = tcp dport ssh limit 5/minute\ndrop in $slow", "W022@2"),
                File(
                    "chain refuse {\nlog\ndrop\n}\njump refuse in tcp dport ssh limit 5/minute",
                    "W022@5",
                    help: "`jump refuse in tcp dport 22 limit over 5/minute`"
                ),
                File("chain refuse {\nreject\n}\nout udp limit 5/second {\ngoto refuse\n}", "W022@5"),
            ]
        ),
        Kind(
            "rates that keep nothing out",
            [
                File("accept in tcp dport ssh limit 3/minute", "W028@1", help: "`drop in tcp dport 22` after it"),
                File("accept in udp limit over 100/second", "W028@1", help: "`accept in udp limit 100/second`"),
                File("chain pings {\naccept icmp limit 5/second\n}\njump pings in", "W028@2"),
                File("accept forward limit 1 mbytes/second\naccept forward", "W028@1"),
                File("drop in icmp\naccept in udp dport domain limit 50/second", "W028@2"),
            ]
        ),
    ]

    // MARK: What is closed

    private static let closed = [
        Kind(
            "IPv6 without neighbours",
            [
                File(
                    "policy in drop\naccept in ct state established,related\naccept in tcp dport http",
                    "W015@1",
                    "W016@1",
                    help: "add `accept in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert }`"
                ),
                File(
                    "in {\naccept on lo\naccept ct state established\naccept icmp\naccept tcp dport http\ndrop\n}",
                    "W016@6"
                ),
                File(
                    "policy out drop\naccept out on lo\naccept out ct state established\naccept out tcp dport https",
                    "W016@1"
                ),
                File(
                    "chain main type filter hook input priority filter policy drop {\naccept from lo\n"
                        + "accept ct state established,related\naccept tcp dport http\n}",
                    "W016@1",
                    help: "add `accept icmpv6 type"
                ),
                File(
                    "chain rest {\ndrop\n}\naccept in on lo\naccept in ct state established\naccept in tcp dport http\n"
                        + "jump rest in",
                    "W016@2"
                ),
                File("in ip6 {\naccept ct state established\naccept on lo\naccept tcp dport ssh\ndrop\n}", "W016@5"),
                File(
                    "accept in on wan0 ct state established\naccept in on wan0 tcp dport http\ndrop in on wan0",
                    "W016@3"
                ),
            ]
        ),
        Kind(
            "answers that are dropped",
            [
                File(
                    "policy in drop\naccept in tcp dport ssh",
                    "W014@1",
                    "W015@1",
                    "W016@1",
                    help: "add `accept in ct state established,related`"
                ),
                File(
                    "chain main type filter hook input priority 0 policy drop {\naccept from lo\naccept icmpv6\n"
                        + "accept tcp dport ssh\n}",
                    "W014@1",
                    help: "no rule of the chain `main` accepts them"
                ),
                File(
                    "chain f type filter hook forward priority 0 policy drop {\naccept from lan to wan\n}",
                    "W014@1",
                    help: "answers to what a rule accepts"
                ),
                File("accept in icmpv6\naccept in tcp dport ssh\ndrop in on eth0", "W014@3"),
                File("accept in on lo\naccept in tcp dport ssh\nreject in tcp", "W014@3"),
                File(
                    "chain web {\naccept tcp dport { http, https }\n}\npolicy in drop\naccept in on lo\n"
                        + "accept in icmpv6\njump web in",
                    "W014@4"
                ),
                File("policy forward drop\ndnat in on wan tcp dport 80 to 10.0.0.7 and accept", "W014@1"),
            ]
        ),
        Kind(
            "services by other ways than their names say",
            [
                File("accept in tcp dport wireguard", "W018@1", help: "a service of udp"),
                File("policy in drop\n" + kept + "accept in tcp dport ftp", "W025@5", help: "a range of ports"),
                File("policy in drop\n" + kept + "accept in udp dport sip", "W025@5"),
                File(
                    "chain main type filter hook input priority 0 policy drop {\naccept from lo\n"
                        + "accept ct state established,related\naccept icmpv6\naccept tcp dport ftp\n}",
                    "W025@5",
                    help: "`accept tcp dport 50000-50100`"
                ),
                File("drop in tcp flags syn", "W019@1", help: "flags syn / fin,syn,rst,ack"),
            ]
        ),
    ]

    // MARK: Ways

    private static let ways = [
        Kind(
            "marked packets with the source of another way",
            [
                File(
                    "set mark 1 out ip skuid 1000\nrule ip fwmark 1 lookup 100\nroute 0.0.0.0/0 dev vpn0 table 100",
                    "W029@1",
                    help: "`masquerade out on vpn0`"
                ),
                File(
                    "set mark 1 out skuid 1000\nrule fwmark 1 lookup 100\nroute default dev tun0 table 100\n"
                        + "masquerade out on wan0",
                    "W029@1"
                ),
                File(
                    "chain c {\nset mark 0x10/0xf0 tcp\n}\njump c out\nrule ip fwmark 0x10/0x10 lookup 100\n"
                        + "route 0.0.0.0/0 via 192.0.2.1 dev wan1 table 100",
                    "W029@2"
                ),
                File(
                    "chain r type route hook output priority mangle {\nset mark 7 ip udp\n}\n"
                        + "rule ip fwmark 7 lookup 100\nroute 10.0.0.0/8 dev wg0 table 100",
                    "W029@2"
                ),
                File(
                    "set mark 1 out skuid 1000\nrule fwmark 1 lookup 100\nroute 0.0.0.0/0 dev vpn0 table 100\n"
                        + "masquerade out on vpn0",
                    "W030@1",
                    help: "`route unreachable ::/0 table"
                ),
            ]
        ),
        Kind(
            "destinations that are on no link",
            [
                File("route default dev eth0", "W026@1", help: "via ADDRESS dev eth0"),
                File("route 8.8.8.8/32 dev enp3s0 table 100", "W026@1"),
                File("route 2600::/12 dev wlan0", "W026@1"),
                File("route 0.0.0.0/0 {\nvia 192.0.2.1 dev ppp0\ndev eth1\n}", "W026@1"),
                File("route default via fe80::1", "E202@1", help: "needs its interface"),
            ]
        ),
    ]
}
