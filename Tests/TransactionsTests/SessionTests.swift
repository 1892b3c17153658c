import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// The first state of the tests: firewall, routes, rules and a setting.
private func desired() throws -> DesiredState {
    let firewall = try KernelLab.firewall(
        """
        table inet weir {
            set blocked { type ipv4_addr; flags interval; elements = { 198.51.100.0/24, 203.0.113.7 }; }
            chain input {
                type filter hook input priority 0; policy drop;
                iifname "lo" counter accept
                ct state established,related counter accept
                ip saddr @blocked counter drop
                tcp dport { 22, 80, 8000-8010 } counter jump services
            }
            chain services {
                tcp dport 22 limit rate 5/minute burst 5 packets accept
                counter reject
            }
            chain prerouting-nat {
                type nat hook prerouting priority -100;
                tcp dport 21 counter redirect to :27664
            }
        }
        """
    )
    return DesiredState(
        firewall: firewall,
        routes: [
            try KernelLab.route("198.51.100.0/24", via: "192.0.2.9"),
            try KernelLab.route("203.0.113.0/24", dev: "eth0", table: 1000),
            try KernelLab.route("2001:db8:1::/48", via: "2001:db8::9", dev: "eth0"),
        ],
        routingRules: [
            try KernelLab.rule(10_000, from: "192.0.2.0/24", table: 1000),
            try KernelLab.rule(10_000, from: "2001:db8::/64", table: 1000),
        ],
        sysctls: [SysctlObject(name: "net.ipv4.ip_forward", value: "1", origin: 0)]
    )
}

/// What belongs to others: a table of each kind, routes of other protocols, a policy rule.
private func makeForeignState() throws {
    try outputOf(
        "nft",
        "-f",
        "-",
        input: """
            table ip filter {
                chain INPUT { type filter hook input priority 0; policy accept; counter accept; }
            }
            table inet theirs {
                quota spent { over 10 mbytes }
                set members { type ipv4_addr; flags timeout; elements = { 192.0.2.77 timeout 1h }; }
                chain forward { type filter hook forward priority 5; quota name "spent" drop; }
            }
            """
    )
    try outputOf("ip", "route", "add", "198.18.0.0/15", "via", "192.0.2.8", "proto", "static")
    try outputOf("ip", "route", "add", "198.20.0.0/16", "via", "192.0.2.8", "proto", "dhcp", "metric", "100")
    try outputOf("ip", "rule", "add", "from", "198.18.0.1", "lookup", "77", "priority", "500")
}

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct SessionTests {
    @Test func everythingIsMadeOnceAndTakenAwayWithoutATrace() throws {
        try KernelLab.addInterface()
        try makeForeignState()
        let desired = try desired()
        let before = try KernelLab.listing()
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(desired).isChange)
            #expect(try KernelLab.listing() != before)
            #expect(try outputOf("ip", "route").contains("198.51.100.0/24 via 192.0.2.9 dev eth0 proto 172"))

            let generation = try KernelLab.generation()
            let listing = try KernelLab.listing()
            #expect(try session.apply(desired).isUnchanged)
            // Without what was noted the kernel is read, with the same result.
            try outputOf("rm", session.store.directory.appending("verified").string)
            #expect(try session.apply(desired).isUnchanged)
            #expect(try KernelLab.generation() == generation)
            try expectSameText(KernelLab.listing(), listing)
            #expect(try session.store.history().count == 1)

            #expect(try session.revert().isChange)
            try expectSameText(KernelLab.listing(), before)
            #expect(try session.revert().isUnchanged)
        }
    }

    @Test func aSecondApplySendsNothing() throws {
        try KernelLab.addInterface()
        let desired = try desired()
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(desired).isChange)
            let nft = try BackgroundProcess(["nft", "monitor"])
            let ip = try BackgroundProcess(["ip", "monitor", "route", "rule"])
            // The monitors listen when they tell of something.
            var number = 0
            while nft.standardOutput.isEmpty || ip.standardOutput.isEmpty {
                number += 1
                try #require(number < 200)
                try outputOf("nft", "add", "table", "ip", "mark\(number)")
                try outputOf("ip", "route", "add", "198.18.\(number).0/24", "via", "192.0.2.8")
                usleep(20_000)
            }
            try outputOf("nft", "add", "table", "ip", "before")
            try outputOf("ip", "route", "add", "198.19.1.0/24", "via", "192.0.2.8")
            #expect(try session.apply(desired).isUnchanged)
            try outputOf("nft", "add", "table", "ip", "behind")
            try outputOf("ip", "route", "add", "198.19.2.0/24", "via", "192.0.2.8")
            try nft.waitForOutput(containing: "behind")
            try ip.waitForOutput(containing: "198.19.2.0")
            let tables = String(decoding: nft.standardOutput, as: UTF8.self).split(separator: "add table ip ")
            #expect(tables.suffix(2).first?.hasPrefix("before\n# new generation ") == true)
            #expect(tables.suffix(2).first?.split(separator: "\n").count == 2)
            let routes = String(decoding: ip.standardOutput, as: UTF8.self).split(separator: "\n")
            #expect(routes.suffix(2).first?.hasPrefix("198.19.1.0/24") == true)
            _ = try nft.stop()
            _ = try ip.stop()
        }
    }

    @Test func oneChangedRuleOfAThousandKeepsTheOthers() throws {
        var rules = (1...1000).map { "tcp dport \($0) counter accept" }
        let first = try KernelLab.input(rules)
        rules[499] = "tcp dport 5000 counter drop"
        let second = try KernelLab.input(rules)
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(DesiredState(firewall: first)).isChange)
            var connection = try KernelConnection()
            func handles() throws -> [UInt64] {
                try connection.readFirewall().firewall?.chains[0].rules.map(\.handle) ?? []
            }
            let before = try handles()
            #expect(try session.apply(DesiredState(firewall: second)).isChange)
            #expect(try handles() == before)
            #expect(try outputOf("nft", "list", "chain", "inet", "weir", "input").contains("tcp dport 5000 counter"))
        }
    }

    @Test func whatSomebodyChangesByHandIsSeenAndChangedBack() throws {
        try KernelLab.addInterface()
        let desired = try desired()
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(desired).isChange)
            let listing = try KernelLab.listing()
            for command in [
                "nft insert rule inet weir input udp dport 53 accept",
                "nft flush chain inet weir services",
                "nft add element inet weir blocked { 10.0.0.0/8 }",
                "nft chain inet weir input { policy accept; }",
                "nft add quota inet weir theirs { over 1 mbytes }",
                "nft add map inet weir their-map { type ipv4_addr : verdict; }",
                "nft add chain inet weir their-chain",
                "nft table inet weir { flags dormant; }",
                "nft add rule inet weir input tcp dport vmap { 5 : drop, 6 : accept }",
                "nft insert rule inet weir services udp dport 5 jump { counter; drop; }",
                "nft add rule inet weir input meter busy { ip saddr limit rate 10/second } accept",
                "nft add rule inet weir input ip saddr . tcp dport { 192.0.2.1 . 22 } accept",
                "nft add chain inet weir their-hook { type filter hook postrouting priority 7; }",
                "nft add chain inet weir input { type filter hook input priority 0; policy accept; }",
                "ip route replace 198.51.100.0/24 via 192.0.2.10 proto 172",
                "ip route del 198.51.100.0/24 proto 172",
                "ip route add 198.51.101.0/24 via 192.0.2.10 proto 172",
                "ip -6 route del 2001:db8:1::/48 proto 172",
                "ip rule del priority 10000 protocol 172",
                "ip rule add priority 9 from 192.0.2.1 lookup 5 protocol 172",
                "sysctl -q net.ipv4.ip_forward=0",
                "nft delete table inet weir",
            ] {
                try run(command.split(separator: " ").map(String.init)).succeeded()
                #expect(try KernelLab.listing() != listing, "\(command)")
                let preview = try session.previewOfCurrent()?.preview
                #expect(preview?.changes.isEmpty == false, "\(command)")
                #expect(preview?.complaints.isEmpty == true, "\(command)")
                #expect(try session.apply(desired).isChange, "\(command)")
                try expectSameText(KernelLab.listing(), listing)
            }
        }
    }

    @Test func aRouteThatTheKernelRefusesUndoesEverything() throws {
        try KernelLab.addInterface()
        try makeForeignState()
        var desired = try desired()
        let before = try KernelLab.listing()
        try KernelLab.withSession { (session) throws in
            desired.routes.append(try KernelLab.route("203.0.113.0/24", via: "198.51.100.77"))
            let generation = try KernelLab.generation()
            let error = #expect(throws: TransactionError.self) { try session.apply(desired) }
            guard case .undone(.refused(let complaints)) = error, case .route(let change)? = complaints.first?.subject
            else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(change.key == desired.routes[3].key)
            #expect(complaints[0].refusal.message == "Nexthop has invalid gateway")
            try expectSameText(KernelLab.listing(), before)
            #expect(try KernelLab.generation() == generation)
            #expect(try session.store.history().isEmpty)
        }
    }

    @Test func aSettingThatTheKernelRefusesUndoesTheFirewallToo() throws {
        try KernelLab.addInterface()
        var desired = try desired()
        let before = try KernelLab.listing()
        try KernelLab.withSession { (session) throws in
            desired.sysctls.append(SysctlObject(name: "net.ipv4.conf.eth0.rp_filter", value: "nonsense", origin: 1))
            let error = #expect(throws: TransactionError.self) { try session.apply(desired) }
            guard case .undone(.refused(let complaints)) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(complaints.map(\.origin) == [1])
            try expectSameText(KernelLab.listing(), before)
            // And the same where there was something before.
            desired.sysctls.removeLast()
            #expect(try session.apply(desired).isChange)
            let listing = try KernelLab.listing()
            var other = desired
            other.firewall = other.firewall.map { firewall in
                var firewall = firewall
                firewall.chains[0].rules.removeFirst(2)
                firewall.sets[0].elements.removeLast()
                return firewall
            }
            other.routes.removeLast()
            other.routingRules = [try KernelLab.rule(10_001, from: "192.0.2.0/24", table: 1000)]
            other.sysctls.append(SysctlObject(name: "net.ipv4.conf.eth0.rp_filter", value: "nonsense"))
            let second = #expect(throws: TransactionError.self) { try session.apply(other) }
            guard case .undone = second else {
                Issue.record("\(String(describing: second))")
                return
            }
            try expectSameText(KernelLab.listing(), listing)
        }
    }

    @Test func rulesOfOthersThatCannotBeMadeAgainAreNamed() throws {
        try KernelLab.addInterface()
        var desired = DesiredState(firewall: try KernelLab.input(["tcp dport 1 accept", "tcp dport 2 accept"]))
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(desired).isChange)
            try outputOf("nft", "insert rule inet weir input tcp dport vmap { 5 : drop, 6 : accept }")
            try outputOf("nft", "insert rule inet weir input tcp dport 7 drop")
            desired.sysctls.append(SysctlObject(name: "net.ipv4.conf.eth0.rp_filter", value: "nonsense"))
            let error = #expect(throws: TransactionError.self) { try session.apply(desired) }
            guard case .residue(.refused, let residue) = error,
                case .lostForeignObject("rule 2 of chain 'input'")? = residue.conflicts.first
            else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(residue.conflicts.count == 1)
            #expect(residue.remaining?.isEmpty == true)
            // All else is there again.
            let rules = try outputOf("nft", "list", "chain", "inet", "weir", "input")
            #expect(rules.split(separator: "\n").filter { $0.contains("dport") }.count == 3)
        }
    }

    @Test func everyKindOfRouteIsMadeOnce() throws {
        try KernelLab.addInterface()
        try KernelLab.addInterface("eth1", "198.51.100.1/24", "2001:db8:2::1/64")
        var routes = [
            try KernelLab.route("10.1.0.0/16", via: "192.0.2.9", dev: "eth0", table: 70_000, metric: 5),
            try KernelLab.route("10.2.0.0/16", dev: "eth0"),
            try KernelLab.route("0.0.0.0/0", via: "192.0.2.9"),
            try KernelLab.route("10.3.3.3/32", via: "192.0.2.9"),
            try KernelLab.route("2001:db8:a::/48", via: "2001:db8::9"),
            try KernelLab.route("2001:db8:b::/48", dev: "eth1", metric: 7),
            try KernelLab.route("::/0", via: "2001:db8::9", dev: "eth0"),
            try KernelLab.route("2001:db8:c::1/128", via: "2001:db8::9"),
        ]
        for (text, type) in [("10.4.0.0/16", 6), ("10.5.0.0/16", 7), ("2001:db8:d::/48", 6), ("2001:db8:e::/48", 8)] {
            var route = try KernelLab.route(text)
            route.type = UInt8(type)
            route.scope = 0
            route.hops = []
            routes.append(route)
        }
        for (text, first, second) in [
            ("10.6.0.0/16", "192.0.2.9", "198.51.100.9"), ("2001:db8:f::/48", "2001:db8::9", "2001:db8:2::9"),
        ] {
            var route = try KernelLab.route(text, via: first, dev: "eth0")
            route.hops.append(
                .init(gateway: try KernelLab.address(second), interface: "eth1", weight: 10)
            )
            routes.append(route)
        }
        var detailed = try KernelLab.route("10.7.0.0/16", via: "172.16.0.1", dev: "eth0")
        detailed.hops[0].isOnLink = true
        detailed.metrics = [2: 1400]
        detailed.preferredSource = try KernelLab.address("192.0.2.1")
        routes.append(detailed)
        let before = try KernelLab.listing()
        try KernelLab.withSession { (session) throws in
            let desired = DesiredState(routes: routes)
            #expect(try session.apply(desired).isChange)
            let listing = try KernelLab.listing()
            #expect(try session.apply(desired).isUnchanged)
            // Every route changes its next hop or its metric, and back.
            var other = desired
            for index in other.routes.indices where !other.routes[index].hops.isEmpty {
                if other.routes[index].hops.count > 1 { other.routes[index].hops.reverse() }
                other.routes[index].metrics = [2: 1300]
            }
            #expect(try session.apply(other).isChange)
            #expect(try session.apply(other).isUnchanged)
            #expect(try session.rollback().isChange)
            try expectSameText(KernelLab.listing(), listing)
            #expect(try session.revert().isChange)
            try expectSameText(KernelLab.listing(), before)
        }
    }

    @Test func whatHappensToAnInterfaceIsSeen() throws {
        try KernelLab.addInterface()
        let desired = DesiredState(routes: [
            try KernelLab.route("10.1.0.0/16", via: "192.0.2.9"), try KernelLab.route("10.2.0.0/16", dev: "eth0"),
        ])
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(desired).isChange)
            let listing = try KernelLab.listing()
            // The kernel deletes the routes, and tells nobody.
            try outputOf("ip", "link", "set", "eth0", "down")
            let error = #expect(throws: TransactionError.self) { try session.apply(desired) }
            guard case .undone(.refused) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try KernelLab.setUp("eth0")
            try KernelLab.addIPv6Address("2001:db8::1/64", to: "eth0")
            #expect(try session.apply(desired).isChange)
            try expectSameText(KernelLab.listing(), listing)
        }
    }

    @Test func membersThatPacketsAddedStay() throws {
        let firewall = try KernelLab.firewall(
            """
            table inet weir {
                set seen { type ipv4_addr; flags dynamic,timeout; timeout 1h; size 1000; }
                chain input { type filter hook input priority 0; ip saddr @seen drop; }
            }
            """
        )
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(DesiredState(firewall: firewall)).isChange)
            try outputOf("nft", "add element inet weir seen { 192.0.2.7, 192.0.2.8 timeout 5m }")
            let listing = try outputOf("nft", "list", "table", "inet", "weir")
            #expect(listing.contains("192.0.2.7"))
            #expect(try session.apply(DesiredState(firewall: firewall)).isUnchanged)
            var other = firewall
            other.chains[0].base?.policy = .drop
            #expect(try session.apply(DesiredState(firewall: other)).isChange)
            #expect(try outputOf("nft", "list", "table", "inet", "weir").contains("192.0.2.8"))
        }
    }

    @Test func aRuleThatTheKernelRefusesIsNamed() throws {
        var firewall = try KernelLab.input(["tcp dport 1 accept", "tcp dport 2 accept"])
        // A lookup in a set that is not there.
        let other = try KernelLab.firewall(
            """
            table inet weir {
                set absent { type inet_service; }
                chain input { type filter hook input priority 0; tcp dport @absent accept; }
            }
            """
        )
        firewall.chains[0].rules[1].rule = other.chains[0].rules[0].rule
        firewall.chains[0].rules[1].origin = 42
        try KernelLab.withSession { (session) throws in
            let generation = try KernelLab.generation()
            let preview = try session.preview(DesiredState(firewall: firewall))
            #expect(preview.complaints.map(\.origin) == [42])
            #expect(preview.complaints.first?.refusal.expression == 3)
            let error = #expect(throws: TransactionError.self) {
                try session.apply(DesiredState(firewall: firewall))
            }
            guard case .refused(let complaints) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(complaints.map(\.origin) == [42])
            #expect(try KernelLab.generation() == generation)
        }
    }

    @Test func anAdoptedRouteComesBackWhenItIsGivenUp() throws {
        try KernelLab.addInterface()
        try outputOf("ip", "route", "add", "198.18.0.0/15", "via", "192.0.2.8", "proto", "static", "mtu", "1400")
        try outputOf("ip", "route", "add", "198.20.0.0/15", "via", "192.0.2.8", "proto", "static")
        let before = try KernelLab.listing()
        let both = DesiredState(routes: [
            try KernelLab.route("198.18.0.0/15", via: "192.0.2.9"),
            try KernelLab.route("198.20.0.0/15", via: "192.0.2.9"),
        ])
        let one = DesiredState(routes: [both.routes[1]])
        try KernelLab.withSession { (session) throws in
            let error = #expect(throws: TransactionError.self) { try session.apply(both) }
            guard case .conflicts(let conflicts) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(conflicts.count == 2)
            try expectSameText(KernelLab.listing(), before)
            #expect(try session.apply(both, adoption: .any).isChange)
            #expect(try outputOf("ip", "route", "show", "proto", "static") == "")
            #expect(try session.apply(one).isChange)
            #expect(
                try outputOf("ip", "route", "show", "proto", "static")
                    == "198.18.0.0/15 via 192.0.2.8 dev eth0 mtu 1400 \n"
            )
            #expect(try session.rollback().isChange)
            #expect(try outputOf("ip", "route", "show", "proto", "static") == "")
            #expect(try session.revert().isChange)
            try expectSameText(KernelLab.listing(), before)
        }
    }

    @Test func anEarlierGenerationComesBackFromItsSnapshot() throws {
        try KernelLab.addInterface()
        let first = try desired()
        let before = try KernelLab.listing()
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(first, text: .init(sources: [.init(name: "a.weir", bytes: [1])])).isChange)
            let listing = try KernelLab.listing()
            let second = DesiredState(firewall: try secondFirewall(replacing: &session))
            #expect(try session.apply(second).isChange)
            #expect(try KernelLab.listing() != listing)
            #expect(try session.rollback().isChange)
            try expectSameText(KernelLab.listing(), listing)
            #expect(try session.rollback(to: 1).isUnchanged)
            let current = try #require(try session.store.current())
            #expect(current.number == 3)
            #expect(current.restored == 1)
            #expect(try session.store.text(of: current).sources.map(\.name) == ["a.weir"])
            #expect(try session.rollback(to: 2).isChange)
            #expect(try session.revert().isChange)
            try expectSameText(KernelLab.listing(), before)
            #expect(try session.rollback(to: 1).isChange)
            try expectSameText(KernelLab.listing(), listing)
            #expect(
                try session.store.history().map(\.action) == [
                    .apply, .apply, .rollback, .rollback, .revert, .rollback,
                ]
            )
        }
    }

    @Test func beforeTheFirstGenerationIsTheCleanState() throws {
        try KernelLab.addInterface()
        try outputOf("ip", "route", "add", "198.51.100.0/24", "dev", "eth0", "proto", "static")
        let desired = try desired()
        let before = try KernelLab.listing()
        try KernelLab.withSession { (session) throws in
            #expect(try session.rollback(to: Generation.cleanState).isUnchanged)
            #expect(try session.apply(desired, adoption: .any).isChange)
            let listing = try KernelLab.listing()
            #expect(try session.rollback().isChange)
            try expectSameText(KernelLab.listing(), before)
            let current = try #require(try session.store.current())
            #expect(current.action == .rollback)
            #expect(current.restored == Generation.cleanState)
            let error = #expect(throws: TransactionError.self) { try session.rollback() }
            guard case .store(.noEarlierGeneration) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try session.rollback(to: 1).isChange)
            try expectSameText(KernelLab.listing(), listing)
            #expect(try session.rollback(to: Generation.cleanState).isChange)
            try expectSameText(KernelLab.listing(), before)
        }
    }

    /// A firewall of which nothing is like the first one.
    private func secondFirewall(replacing session: inout Session) throws -> FirewallState {
        let listing = try outputOf("nft", "list", "table", "inet", "weir")
        try outputOf("nft", "delete", "table", "inet", "weir")
        let state = try KernelLab.input(["udp dport 9 accept"])
        try outputOf("nft", "-f", "-", input: listing)
        return state
    }

    @Test func anotherProgramsChangeToNftablesDoesNotStopOurs() throws {
        let first = try KernelLab.input(["tcp dport 1 accept"])
        let second = try KernelLab.input(["tcp dport 1 accept", "tcp dport 2 accept"])
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(DesiredState(firewall: first)).isChange)
            // After the reading and before the batch: the kernel refuses the old generation, the change is the same.
            let outcome = try session.apply(DesiredState(firewall: second)) { _ in
                (try? outputOf("nft", "add", "table", "ip", "theirs")) != nil
            }
            #expect(outcome.isChange)
        }
    }

    @Test func aChangeOfOurTableWhileItIsShownStopsTheChange() throws {
        let first = try KernelLab.input(["tcp dport 1 accept"])
        let second = try KernelLab.input(["tcp dport 1 accept", "tcp dport 2 accept"])
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(DesiredState(firewall: first)).isChange)
            let error = #expect(throws: TransactionError.self) {
                try session.apply(DesiredState(firewall: second)) { _ in
                    (try? outputOf("nft", "add", "rule", "inet", "weir", "input", "drop")) != nil
                }
            }
            guard case .stale = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func aDamagedSnapshotIsNotRestored() throws {
        let first = try KernelLab.input(["tcp dport 1 accept"])
        try KernelLab.withSession { (session) throws in
            #expect(try session.apply(DesiredState(firewall: first)).isChange)
            #expect(try session.apply(DesiredState()).isChange)
            let listing = try KernelLab.listing()
            let path = session.store.directory.appending("gen/1").string
            var bytes = try #require(readFile(path))
            // The content of the table stands at the end.
            bytes[bytes.count - 30] ^= 1
            try writeFile(bytes, to: path)
            let error = #expect(throws: TransactionError.self) { try session.rollback(to: 1) }
            guard case .store(.malformed) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try expectSameText(KernelLab.listing(), listing)
        }
    }

    @Test func theNamespaceHasADirectoryOfItsOwn() throws {
        try withTemporaryDirectory { (directory) throws in
            let connection = try KernelConnection()
            let store = try StateStore.standard(for: connection, in: .init(directory))
            let number = connection.namespaceCookie
            let cookie = try #require(number)
            #expect(store.directory.string.hasPrefix("\(directory)/ns/"))
            #expect(store.directory.string.hasSuffix("-\(cookie)"))
            try writeFile([], to: "\(directory)/ns/another-boot-1/gen/1")
            try store.prepare()
            #expect(directoryContents("\(directory)/ns").count == 1)
        }
    }
}
