import Glibc
import TestSupport
import Testing

/// What others change of Weir's is told while they do, and what Weir changes is not.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct WatchTests {
    @Test func aRuleIsToldWithTheProcessThatMadeIt() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            let nft = try BackgroundProcess(["nft", "add rule inet weir input tcp dport 4711 counter accept"])
            let process = nft.processID
            _ = try nft.finish()
            let added = try watch.event("add accept in tcp dport 4711")
            #expect(added.by == [.init(pid: process, name: "nft")])
            #expect(added.change?.kind == "rule" && added.change?.chain == "input")
            #expect(added.time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            let delete = "nft delete rule inet weir input handle"
            try host.shell(
                "\(delete) $(nft -a list chain inet weir input | sed -n 's/.*dport 4711.*handle //p')"
            )
            #expect(try watch.event("remove accept in tcp dport 4711").by?.first?.name == "nft")
            _ = try watch.event("restored")
            #expect(try watch.stop().status == 0)
        }
    }

    @Test func allTablesGone() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            try outputOf("nft", "flush", "ruleset")
            let gone = try watch.event("remove table inet weir")
            #expect(gone.change?.note == "1 chain, 3 rules, 1 set")
            #expect(gone.by?.first?.name == "nft")
            try host.weir.apply(rules: WatchedHost.rules)
            #expect(try watch.event("watching", after: 2).generation == 2)
            #expect(try watch.stop(with: SIGINT).status == 0)
        }
    }

    @Test func setsAreToldAndSoIsATableThatIsPutToSleep() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            try outputOf("nft", "add element inet weir bad-v4 { 10.0.0.2 }")
            _ = try watch.event("change set bad-v4   +1 -0 elements")
            try outputOf("nft", "add table inet weir { flags dormant; }")
            let asleep = try watch.event("change table inet weir is asleep")
            #expect(asleep.by?.first?.name == "nft")
            _ = try watch.stop()
        }
    }

    @Test func routesAndPolicyRoutingRulesAreTold() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            let ip = try BackgroundProcess(["ip", "route", "del", "10.9.0.0/16"])
            let process = ip.processID
            _ = try ip.finish()
            #expect(try watch.event("remove route 10.9.0.0/16 via 192.0.2.9").by?.first?.pid == process)
            try outputOf("ip", "route", "replace", "10.8.0.0/16", "via", "192.0.2.8")
            _ = try watch.event("remove route 10.8.0.0/16 dev eth0")
            _ = try watch.event("add route 10.8.0.0/16 via 192.0.2.8")
            try outputOf("ip", "rule", "del", "priority", "300")
            _ = try watch.event("remove rule from 10.1.0.0/16 lookup main priority 300")
            _ = try watch.stop()
        }
    }

    @Test func aSettingIsToldThoughNothingAnnouncesIt() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            try outputOf("sysctl", "-q", "net.ipv4.ip_forward=0")
            let setting = try watch.event("change sysctl net.ipv4.ip_forward = 0")
            #expect(setting.change?.note == "was 1" && setting.by == [])
            try outputOf("sysctl", "-q", "net.ipv4.ip_forward=1")
            _ = try watch.event("restored")
            // The kernel turns another one over with it (inet_forward_change), of which the rules say nothing.
            let told = try watch.events().dropFirst().map(\.description)
            #expect(told == [setting.description, "change sysctl net.ipv4.ip_forward = 1", "restored"])
            _ = try watch.stop()
        }
    }

    /// The kernel says nothing about the IPv4 routes.
    @Test func routesThatGoWithTheirInterfaceAreTold() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            try outputOf("ip", "link", "set", "eth0", "down")
            for route in ["10.8.0.0/16 dev eth0", "10.9.0.0/16 via 192.0.2.9"] {
                #expect(try watch.event("remove route \(route)").because == "interface eth0 went down")
            }
            _ = try watch.event("change interface eth0 is down")
            let count = try watch.events().count
            try outputOf("ip", "link", "del", "eth0")
            _ = try watch.event("remove interface eth0", after: count)
            _ = try watch.stop()
        }
    }

    @Test func aRouteThatGoesWithAnAddressIsTold() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            try outputOf("ip", "address", "del", "192.0.2.1/24", "dev", "eth0")
            let gone = try watch.event("remove route 10.9.0.0/16 via 192.0.2.9")
            #expect(gone.because == "address 192.0.2.1 went away")
            #expect(try watch.event("remove address 192.0.2.1/24 on eth0").by?.isEmpty == false)
            _ = try watch.stop()
        }
    }

    @Test func whatIsNotWeirsIsNotTold() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            try host.shell(
                """
                nft add table inet theirs
                nft 'add chain inet theirs input { type filter hook input priority 5; }'
                nft add rule inet theirs input tcp dport 25 drop
                nft add table ip weir
                ip route add 203.0.113.0/24 dev eth0
                ip route del 203.0.113.0/24
                ip rule add from 10.77.0.0/16 lookup 200 priority 400
                ip link add other type veth peer name other-peer
                ip link set other up
                ip address add 198.51.100.1/24 dev other
                ip link set other down
                nft delete table inet theirs
                sleep 1.5
                nft add rule inet weir input tcp dport 4711 accept
                """
            )
            _ = try watch.event("add accept in tcp dport 4711")
            let events = try watch.events()
            #expect(events.count == 2, "\(events)")
            _ = try watch.stop()
        }
    }

    @Test func whatWeirChangesItselfIsNoForeignChange() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            let other = "policy in drop\naccept in tcp dport 80\nroute 10.7.0.0/16 dev eth0\n"
            try host.weir.apply(rules: other)
            #expect(try watch.event("watching", after: 1).generation == 2)
            try host.weir.run("rollback", ["--yes"]).succeeded()
            #expect(try watch.event("watching", after: 2).generation == 3)
            // One that is rolled back by its watchdog, and one that is confirmed.
            let file = try host.weir.write(other)
            let late = try host.weir.run("apply", ["--yes", "--confirm", "1s", "--wait", file])
            #expect(late.status == 22)
            _ = try watch.event("settled")
            let end = try #require(try watch.events().firstIndex { $0.event == "settled" })
            #expect(try watch.event("watching", after: end).generation == 3)
            let count = end + 2
            try host.weir.run("apply", ["--yes", "--confirm", "1h", file]).succeeded()
            #expect(try watch.event("watching", after: count).generation == 5)
            try host.weir.run("confirm").succeeded()
            #expect(try watch.event("watching", after: count + 1).generation == 5)
            try host.weir.run("revert", ["--yes"]).succeeded()
            #expect(try watch.event("watching", after: count + 2).generation == 6)
            pause(milliseconds: 500)
            let events = try watch.events()
            #expect(Set(events.map(\.event)) == ["watching", "settled"], "\(events)")
            _ = try watch.stop()
        }
    }

    /// What waited for a moment only, while nobody looked, is told of all the same.
    @Test func aChangeThatWasOverBeforeAnybodyLookedIsTold() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            kill(watch.processID, SIGSTOP)
            let file = try host.weir.write("policy in drop\naccept in tcp dport 80\n", to: "other.weir")
            #expect(try host.weir.run("apply", ["--yes", "--confirm", "1s", "--wait", file]).status == 22)
            // One that fails at once never waited.
            let failing = try host.weir.write("sysctl net.ipv4.conf.eth0.rp_filter = 007\n", to: "failing.weir")
            #expect(try host.weir.run("apply", ["--yes", failing]).status != 0)
            kill(watch.processID, SIGCONT)
            _ = try watch.event("settled")
            #expect(try watch.event("watching", after: 2).generation == 1)
            pause(milliseconds: 500)
            #expect(try watch.events().map(\.event) == ["watching", "settled", "watching"])
            _ = try watch.stop()
        }
    }

    /// One that only watches, and one that would put back what it took for somebody else's doing.
    @Test func manyChangesInARowAreNoForeignChanges() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            let healer = try host.watch("--heal")
            let files = try [
                host.weir.write(WatchedHost.rules),
                host.weir.write(
                    "policy in drop\naccept in tcp dport 80\nroute 10.7.0.0/16 dev eth0\n",
                    to: "other.weir"
                ),
            ]
            for number in 1...20 {
                try host.weir.run("apply", ["--yes", "--lock-timeout", "30", files[number % 2]]).succeeded()
            }
            for process in [try watch.stop().output, try healer.stop().output] {
                let names = process.matches(of: /"event":"(\w+)"/).map { String($0.1) }
                #expect(!names.contains("changed") && !names.contains("healed"), "\(process)")
            }
            #expect(try host.waitUntilGood())
        }
    }

    /// What an interrupted change has left is neither the one state nor the other.
    @Test func anInterruptedChangeIsToldAndNothingIsComparedUntilItIsOver() throws {
        try withWatchedHost { host in
            let watch = try host.watch()
            let file = try host.weir.write("policy in drop\nroute 10.7.0.0/16 dev eth0\n", to: "other.weir")
            let arguments = ["apply", "--yes", "--state-dir", host.weir.stateDirectory, file]
            let faults = ["WEIR_FAULT": "kill@9", "WEIR_FAULT_SINGLE": "1"]
            let killed = try BackgroundProcess([Weir.program] + arguments, environment: faults).finish()
            #expect(killed.status == 137)
            #expect(try watch.event("unsettled").generation == 2)
            try outputOf("nft", "add rule inet weir input tcp dport 4711 accept")
            pause(milliseconds: 500)
            #expect(try watch.events().map(\.event) == ["watching", "unsettled"])
            try host.weir.run("recover").succeeded()
            // From now on it is compared again.
            try outputOf("nft", "add rule inet weir input tcp dport 4712 accept")
            _ = try watch.event("add accept in tcp dport 4712")
            _ = try watch.stop()
        }
    }

    @Test func withoutThePrivilegeItSaysSo() throws {
        try withWatchedHost { host in
            let result = try run([
                "setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin", Weir.program, "watch",
                "--state-dir", host.weir.stateDirectory,
            ])
            #expect(result.status == 77 && result.errorOutput.contains("CAP_NET_ADMIN"))
        }
    }

    @Test func lostAnnouncementsAreMadeUpForByReading() throws {
        try withWatchedHost { host in
            let watch = try host.watch(environment: ["WEIR_FAULT_RECEIVE": "1"])
            let routes = (0..<250).map { "route add 10.99.\($0).0/24 dev eth0\n" }.joined()
            // A program that is fast enough loses nothing.
            kill(watch.processID, SIGSTOP)
            try outputOf("ip", "-batch", "-", input: routes + "route del 10.8.0.0/16\n")
            kill(watch.processID, SIGCONT)
            _ = try watch.event("lost")
            _ = try watch.event("remove route 10.8.0.0/16 dev eth0")
            _ = try watch.stop()
        }
    }

    @Test func whatDiffersAtTheBeginningIsTold() throws {
        try withWatchedHost { host in
            try outputOf("ip", "route", "del", "10.8.0.0/16")
            try outputOf("nft", "add rule inet weir input tcp dport 4711 accept")
            let watch = try host.watch()
            _ = try watch.event("add accept in tcp dport 4711")
            _ = try watch.event("remove route 10.8.0.0/16 dev eth0")
            try host.weir.apply(rules: WatchedHost.rules)
            #expect(try watch.event("watching", after: 1).generation == 2)
            #expect(try watch.stop(with: SIGHUP).status == 0)
        }
    }

    @Test func whereNothingWasAppliedTheFirstApplyIsWaitedFor() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            let watch = try BackgroundProcess(
                [Weir.program, "watch", "--json", "--state-dir", weir.stateDirectory]
            )
            try watch.waitForOutput(containing: "watching", timeout: 120)
            try weir.apply(rules: "drop in tcp dport 25\n")
            #expect(try watch.event("watching", after: 1).generation == 1)
            try outputOf("nft", "add rule inet weir input tcp dport 4711 accept")
            _ = try watch.event("add accept in tcp dport 4711")
            #expect(try watch.events().count == 3)
            _ = try watch.stop()
        }
    }

    @Test func peopleGetLinesWithTheTime() throws {
        try withWatchedHost { host in
            let watch = try BackgroundProcess(
                [Weir.program, "watch", "--color", "never", "--state-dir", host.weir.stateDirectory]
            )
            try watch.waitForOutput(containing: "Watching", timeout: 120)
            let nft = try BackgroundProcess(["nft", "add rule inet weir input tcp dport 4711 counter accept"])
            let process = nft.processID
            _ = try nft.finish()
            try watch.waitForOutput(containing: "4711", timeout: 120)
            let lines = try watch.stop().succeeded().output.split(separator: "\n").map { $0.dropFirst(21) }
            #expect(lines.count == 2)
            #expect(
                lines.first?.hasPrefix(
                    "Watching table inet weir, 2 routes, 1 policy routing rule, 1 setting. generation 1: apply "
                ) == true
            )
            #expect(
                lines.last == "+ in chain input: accept in tcp dport 4711  by nft (pid \(process))",
                "\(lines)"
            )
        }
    }
}
