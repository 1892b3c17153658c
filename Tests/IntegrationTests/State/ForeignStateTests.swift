import TestSupport
import Testing

/// What Weir does not own it never changes, and what it changed it takes back.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct ForeignStateTests {
    /// What other programs have in the kernel: each line is run by a shell.
    private static let others = """
        iptables -A INPUT -p tcp -m tcp --dport 4000 -m comment --comment "somebody's" -j DROP
        iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables -t nat -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE
        ip6tables -A INPUT -p tcp -m multiport --dports 1,2,3 -j REJECT
        nft add table inet theirs
        nft 'add set inet theirs banned { type ipv4_addr; flags interval; elements = { 10.66.0.0/16, 10.67.0.1-10.67.0.9 } }'
        nft 'add set inet theirs seen { type ipv4_addr; flags dynamic,timeout; timeout 1h; elements = { 10.1.1.1 expires 50m } }'
        nft 'add map inet theirs ports { type inet_service : verdict; elements = { 7 : accept, 9 : drop } }'
        nft 'add quota inet theirs little { over 25 mbytes }'
        nft 'add counter inet theirs hits'
        nft 'add chain inet theirs input { type filter hook input priority filter + 5; policy accept; }'
        nft 'add rule inet theirs input icmp type echo-request quota name "little" counter name "hits" drop'
        nft 'add rule inet theirs input ip saddr @banned counter drop comment "theirs"'
        nft 'add rule inet theirs input tcp dport vmap @ports'
        nft 'add table ip old'
        nft 'add chain ip old pre { type nat hook prerouting priority dstnat; }'
        nft 'add rule ip old pre tcp dport 8080 redirect to :80'
        ip route add 203.0.113.0/24 via 192.0.2.2 dev eth0 proto static metric 50
        ip route add default via 192.0.2.2 dev eth0 proto dhcp metric 100
        ip route add 203.0.114.0/24 dev eth1 proto kernel scope link
        ip -6 route add default via 2001:db8:1::2 dev eth0 proto ra metric 1024
        ip -6 route add 2001:db8:ff::/48 via 2001:db8:1::2 dev eth0 proto static
        ip route add unreachable 198.18.0.0/15 table 200 proto bird
        ip rule add from 10.200.0.0/16 lookup 200 priority 300
        ip rule add fwmark 0x99 lookup 200 priority 20000
        ip -6 rule add from 2001:db8:ff::/48 lookup 200 priority 300
        """

    private static let sysctls = ["net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"]

    private func makeOthers() throws {
        try makeCorpusLinks()
        try outputOf("sh", "-eu", input: Self.others)
        // The quota and the counters are in use.
        try sendPacketsToMyself()
    }

    /// Everything of the others, with counters and handles.
    private func othersText() throws -> String {
        let tables = ["inet theirs", "ip old", "ip filter", "ip nat", "ip6 filter"]
        var text = ""
        for table in tables {
            let words = ["nft", "--handle", "list", "table"] + table.split(separator: " ").map(String.init)
            text += withoutExpiry(try run(words).succeeded().output)
        }
        for family in ["-4", "-6"] {
            let routes = try outputOf("ip", "-N", "-details", family, "route", "show", "table", "all")
            let rules = try outputOf("ip", "-N", "-details", family, "rule", "show")
            let lines = (routes + rules).split(separator: "\n").filter { !$0.contains("proto 172") }
            text += lines.joined(separator: "\n") + "\n"
        }
        return text
    }

    /// Elements with a timeout grow older while nobody does anything.
    private func withoutExpiry(_ text: String) -> String {
        text.split(separator: "\n").filter { !$0.contains("expires") }.joined(separator: "\n") + "\n"
    }

    @Test(arguments: RuleFile.all)
    func staysAsItIs(_ rules: RuleFile) throws {
        try makeOthers()
        try withWeir { weir in
            let before = try KernelText(sysctls: Self.sysctls)
            let others = try othersText()

            try weir.apply(rules.file)
            #expect(try KernelText().text != before.text, "the rules do something")
            expectSameText(try othersText(), others, "after apply")
            try weir.apply(rules.file)
            expectSameText(try othersText(), others, "after the second apply")
            let first = try KernelText(sysctls: Self.sysctls)

            try weir.apply(
                rules: "drop in tcp dport 7777\nroute 10.123.0.0/16 dev vpn0\nrule to 10.123.0.0/16 lookup main\n"
            )
            expectSameText(try othersText(), others, "after other rules")
            try weir.run("rollback", ["--yes"]).succeeded()
            expectSameText(try othersText(), others, "after rollback")
            expectSameText(try KernelText(sysctls: Self.sysctls).text, first.text, "rollback restores")

            try weir.run("revert", ["--yes"]).succeeded()
            expectSameText(try othersText(), others, "after revert")
            expectSameText(try KernelText(sysctls: Self.sysctls).text, before.text, "revert restores")
            #expect(try !outputOf("nft", "list", "tables").contains("inet weir"))
        }
    }

    @Test func aForeignRouteWithTheSameKeyIsAConflict() throws {
        try makeOthers()
        try withWeir { weir in
            let before = try KernelText()
            let file = try weir.write("drop in tcp dport 25\nroute 203.0.113.0/24 via 192.0.2.3 metric 50\n")
            let refused = try weir.run("apply", ["--yes", file])
            #expect(refused.status == 25)
            #expect(refused.errorOutput.contains("203.0.113.0/24") && refused.errorOutput.contains("static"))
            expectSameText(try KernelText().text, before.text, "nothing was changed")

            try weir.run("apply", ["--yes", "--adopt", file]).succeeded()
            #expect(try outputOf("ip", "route", "show", "203.0.113.0/24").contains("via 192.0.2.3"))
            try weir.run("revert", ["--yes"]).succeeded()
            expectSameText(try KernelText().text, before.text, "the route that was replaced is back")
        }
    }

    /// Somebody put something of theirs in the place of what was Weir's: that is no state that all is well in.
    @Test(arguments: [
        ("ip route replace 10.50.0.0/16 via 192.0.2.98 dev eth0 metric 5", "a route of protocol boot is in the way"),
        ("ip rule delete priority 700 && ip rule add to 10.51.0.0/16 lookup 200 priority 700", "has the priority 700"),
    ])
    func whatOthersHoldThePlaceOfIsADifference(command: String, words: String) throws {
        try makeOthers()
        try withWeir { weir in
            let file = try weir.write(
                "route 10.50.0.0/16 via 192.0.2.99 dev eth0 metric 5\nrule from 10.50.0.0/16 lookup 200 priority 700\n"
            )
            try weir.apply(file)
            #expect(try weir.run("status").status == 0)
            try outputOf("sh", "-eu", input: command)
            let status = try weir.run("status")
            #expect(status.status == 2)
            #expect(status.output.hasPrefix("The kernel differs from generation 1"), "\(status.output)")
            #expect(status.output.contains(words), "\(status.output)")
            let json = try weir.run("status", ["--json"])
            #expect(json.status == 2)
            #expect(json.output.contains("\"refusals\" : [") && json.output.contains(words))
            let plan = try weir.run("plan", [file])
            #expect(plan.status == 25)
            #expect(!plan.output.contains("No changes"), "\(plan.output)")
            #expect(plan.errorOutput.contains(words))
        }
    }

    /// A hand-made change to Weir's own objects is seen in the words of the rule language, and rolled back.
    @Test func driftIsShownAndHealed() throws {
        try makeOthers()
        try withWeir { weir in
            let file = try weir.write(
                "drop in tcp dport 25\naccept in tcp dport 80\nset bad: address { 10.0.0.1 }\ndrop in saddr @bad\n"
                    + "route 10.123.0.0/16 via 192.0.2.3\n"
            )
            try weir.apply(file)
            let good = try KernelText()
            #expect(try weir.run("status").status == 0)
            try outputOf(
                "sh",
                "-eu",
                input: """
                    nft add rule inet weir input tcp dport 4711 counter drop
                    nft 'add element inet weir bad-v4 { 10.0.0.2 }'
                    nft delete rule inet weir input handle $(nft -a list chain inet weir input | sed -n 's/.*dport 80 .*handle //p')
                    ip route del 10.123.0.0/16
                    """
            )
            let status = try weir.run("status")
            #expect(status.status == 2)
            #expect(status.output.contains("drop in tcp dport 4711"))
            #expect(status.output.contains("accept in tcp dport 80"))
            #expect(status.output.contains("set bad-v4   +0 -1 elements"))
            #expect(status.output.contains("10.123.0.0/16"))
            let plan = try weir.run("plan", ["--exit-code", file])
            #expect(plan.status == 2)
            #expect(plan.output.contains("drop in tcp dport 4711"))
            try weir.apply(file)
            expectSameText(try KernelText().text, good.text)
        }
    }

    @Test func generationsComeBackByNumber() throws {
        try makeOthers()
        try withWeir { weir in
            let texts = try (1...3).map { number in
                try weir.apply(rules: "drop in tcp dport \(number)\nroute 10.\(number).0.0/16 dev vpn0\n")
                return try KernelText()
            }
            let history = try weir.run("history").succeeded().output
            for number in 1...3 { #expect(history.contains("\(number)")) }
            try weir.run("rollback", ["--yes", "1"]).succeeded()
            expectSameText(try KernelText().text, texts[0].text)
            try weir.run("rollback", ["--yes", "3"]).succeeded()
            expectSameText(try KernelText().text, texts[2].text)
            #expect(try weir.run("rollback", ["--yes", "99"]).status == 66)
        }
    }
}
