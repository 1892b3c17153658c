import TestSupport
import Testing

/// `weir watch --heal` puts back what others change, as far as that can be, and does not fight without end.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct HealTests {
    /// What others do, a line each, and what is told of it.
    @Test(arguments: [
        ("nft flush ruleset", "remove table inet weir"),
        ("nft add rule inet weir input tcp dport 4711 drop", "add drop in tcp dport 4711"),
        ("nft flush chain inet weir input", "remove accept in on lo"),
        ("nft 'chain inet weir input { policy accept; }'", "change chain input"),
        ("nft add element inet weir bad-v4 '{ 10.0.0.2 }'", "change set bad-v4"),
        ("nft add counter inet weir theirs", "add theirs"),
        ("nft add table inet weir '{ flags dormant; }'", "change table inet weir is asleep"),
        ("ip route del 10.9.0.0/16", "remove route 10.9.0.0/16"),
        ("ip route replace 10.8.0.0/16 via 192.0.2.8 proto 172", "add route 10.8.0.0/16 via 192.0.2.8"),
        ("ip route add 10.66.0.0/16 dev eth0 proto 172", "add route 10.66.0.0/16"),
        ("ip rule del priority 300", "remove rule from 10.1.0.0/16"),
        ("sysctl -q net.ipv4.ip_forward=0", "change sysctl net.ipv4.ip_forward = 0"),
    ])
    func whatIsChangedIsPutBack(command: String, told: String) throws {
        try withWatchedHost { host in
            let watch = try host.watch("--heal")
            try host.shell(command)
            _ = try watch.event(told)
            let healed = try watch.event("healed")
            #expect(healed.changes?.isEmpty == false)
            #expect(try host.waitUntilGood())
            #expect(try watch.stop().status == 0)
            expectSameText(try KernelText(sysctls: WatchedHost.sysctls).text, host.good.text)
            // It is no generation, and leaves nothing behind.
            let history = try host.weir.run("history").succeeded().output
            #expect(history.split(separator: "\n").count == 1, "\(history)")
            #expect(directoryContents("\(host.weir.stateDirectory)/txn") == [])
            #expect(try host.weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
        }
    }

    @Test func rulesThatNobodyTouchedKeepHandleAndCounter() throws {
        try withWatchedHost { host in
            let watch = try host.watch("--heal")
            try sendPacketsToMyself()
            func rule() throws -> String? {
                let text = try outputOf("nft", "-a", "list", "chain", "inet", "weir", "input")
                return text.split(separator: "\n").first { $0.contains("iifname \"lo\"") }.map(String.init)
            }
            let before = try #require(try rule())
            #expect(!before.contains("packets 0 "))
            try outputOf("nft", "insert rule inet weir input tcp dport 4711 drop")
            _ = try watch.event("healed")
            #expect(try host.waitUntilGood())
            #expect(try rule() == before)
            _ = try watch.stop()
        }
    }

    @Test func routesComeBackWithTheirInterfaceAndItsAddress() throws {
        try withWatchedHost { host in
            let watch = try host.watch("--heal")
            try outputOf("ip", "link", "set", "eth0", "down")
            let deferred = try watch.event("deferred")
            #expect(deferred.messages?.contains("route 10.8.0.0/16 dev eth0") == true)
            try outputOf("ip", "address", "flush", "dev", "eth0")
            _ = try watch.event("remove address 192.0.2.1/24 on eth0")
            // Everything else is put back all the while.
            try outputOf("nft", "flush", "ruleset")
            #expect(try watch.event("healed").changes?.map(\.text) == ["table inet weir"])
            for (command, route) in [
                ("link set eth0 up", "route 10.8.0.0/16 dev eth0"),
                ("address add 192.0.2.1/24 dev eth0", "route 10.9.0.0/16 via 192.0.2.9"),
            ] {
                let count = try watch.events().count
                try host.shell("ip \(command)")
                #expect(try watch.event("healed", after: count).changes?.map(\.text) == [route])
            }
            _ = try watch.event("change interface eth0 is up")
            _ = try watch.event("add address 192.0.2.1/24 on eth0")
            #expect(try host.weir.run("status").status == 0)
            #expect(try !watch.events().contains { $0.event == "notHealed" })
            #expect(try watch.stop().status == 0)
        }
    }

    @Test func whatOthersHaveTakenIsLeftToThem() throws {
        try withWatchedHost { host in
            let watch = try host.watch("--heal")
            try host.shell("ip route replace 10.8.0.0/16 via 192.0.2.8 proto static; ip rule del priority 300")
            let obstacle = try watch.event("notHealed")
            #expect(obstacle.reason == "conflict")
            #expect(obstacle.messages?.first?.contains("a route of protocol static is in the way") == true)
            // The rest is put back.
            _ = try watch.event("healed")
            #expect(try outputOf("ip", "rule", "show", "priority", "300").contains("10.1.0.0/16"))
            #expect(try outputOf("ip", "route", "show", "10.8.0.0/16").contains("proto static"))
            try outputOf("ip", "route", "del", "10.8.0.0/16")
            #expect(try host.waitUntilGood())
            _ = try watch.stop()
        }
    }

    @Test func nothingIsPutBackWhileAChangeWaits() throws {
        try withWatchedHost { host in
            let watch = try host.watch("--heal")
            let file = try host.weir.write(WatchedHost.rules + "accept in tcp dport 80\n", to: "new.weir")
            try host.weir.run("apply", ["--yes", "--confirm", "1h", file]).succeeded()
            let good = try KernelText()
            try outputOf("nft", "add rule inet weir input tcp dport 4711 drop")
            #expect(try watch.event("notHealed").reason == "awaitingConfirmation")
            #expect(try outputOf("nft", "list", "ruleset").contains("4711"))
            try host.weir.run("confirm").succeeded()
            _ = try watch.event("healed")
            expectSameText(try KernelText().text, good.text)
            _ = try watch.stop()
        }
    }

    /// What is known of another kernel or namespace is not enough to take it back again.
    @Test func whatWasAppliedElsewhereIsNotPutBack() throws {
        try withWatchedHost { host in
            let command = ["unshare", "--net", Weir.program, "watch", "--heal", "--json", "--state-dir"]
            let watch = try BackgroundProcess(command + [host.weir.stateDirectory])
            _ = try watch.event("remove table inet weir")
            #expect(try watch.event("notHealed").reason == "otherKernel")
            #expect(try watch.stop().status == 0)
        }
    }

    /// A change that was interrupted is finished or rolled back first, as by any command.
    @Test func anInterruptedChangeIsTakenBackFirst() throws {
        try withWatchedHost { host in
            let file = try host.weir.write("policy in drop\nroute 10.7.0.0/16 dev eth0\n", to: "other.weir")
            let arguments = ["apply", "--yes", "--state-dir", host.weir.stateDirectory, file]
            let faults = ["WEIR_FAULT": "kill@9", "WEIR_FAULT_SINGLE": "1"]
            let killed = try BackgroundProcess([Weir.program] + arguments, environment: faults).finish()
            #expect(killed.status == 137)
            let watch = try host.watch("--heal")
            #expect(try host.waitUntilGood())
            let result = try watch.stop()
            #expect(result.status == 0 && result.errorOutput.contains("change 2 "))
        }
    }

    @Test func whoeverFightsWins() throws {
        try withWatchedHost { host in
            let watch = try host.watch("--heal")
            let fighter = try BackgroundProcess(["sh", "-c", "while :; do nft flush ruleset; sleep 0.1; done"])
            let fought = try watch.event("fought", seconds: 300)
            #expect(fought.by?.first?.name == "nft")
            let heals = try watch.events().filter { $0.event == "healed" }.count
            #expect(heals == 5)
            let result = try watch.finish()
            #expect(result.status == 23)
            _ = try fighter.stop()
        }
    }

    /// The kernel sets `accept_redirects` to the opposite of `ip_forward` whenever that changes (inet_forward_change): that is no fight.
    @Test(arguments: [nil, "0", "1"])
    func whatTheKernelWritesAlongIsNoFight(wanted: String?) throws {
        try withWatchedHost { host in
            let redirects = "net.ipv4.conf.all.accept_redirects"
            func value(_ name: String) throws -> String { try outputOf("sysctl", "-n", name).filter { $0 != "\n" } }
            let line = wanted.map { "sysctl \(redirects) = \($0)\n" } ?? ""
            try host.weir.apply(rules: WatchedHost.rules + "drop in tcp dport 9\n" + line)
            let watch = try host.watch("--heal")
            // The other one is told of if the rules want something else than the kernel writes.
            let told = ["sysctl net.ipv4.ip_forward = 0"] + (wanted == "0" ? ["sysctl \(redirects) = 1"] : [])
            for round in 1...2 {
                let count = try watch.events().count
                try outputOf("sysctl", "-q", "net.ipv4.ip_forward=0")
                let healed = try watch.event("healed", after: count)
                #expect(try value("net.ipv4.ip_forward") == "1" && value(redirects) == wanted ?? "0", "round \(round)")
                #expect(healed.changes?.first?.text == "sysctl net.ipv4.ip_forward = 1")
                #expect(try Set(watch.events().dropFirst(count).compactMap { $0.change?.text }) == Set(told))
            }
            pause(milliseconds: 2500)
            #expect(try watch.events().filter { $0.event == "healed" }.count == 2)
            #expect(try watch.stop().status == 0)
        }
    }

    @Test func theGuardsAreNotOverridden() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            try weir.run("apply", ["--yes", "--allow-lockout", weir.write("drop in tcp dport 22\n")]).succeeded()
            try outputOf("nft", "flush", "ruleset")
            #expect(session.carries() || session.carries())
            let watch = try BackgroundProcess(
                [Weir.program, "watch", "--heal", "--json", "--state-dir", weir.stateDirectory],
                environment: ["SSH_CONNECTION": session.variable]
            )
            let obstacle = try watch.event("notHealed")
            #expect(obstacle.reason == "guarded")
            #expect(obstacle.messages?.first?.contains("your ssh session from 192.0.2.2:") == true)
            pause(milliseconds: 2500)
            #expect(try watch.events().filter { $0.event == "notHealed" }.count == 1)
            #expect(session.carries())
            #expect(try watch.stop().status == 0)
        }
    }

    /// A watch that is killed while it puts something back leaves what any change leaves: all of it, or nothing of it.
    @Test func healingMayBeKilledAnywhere() throws {
        try withWatchedHost { host in
            for point in 1...64 {
                try host.shell("nft flush ruleset; ip route del 10.8.0.0/16; ip rule del priority 300")
                let drifted = try KernelText(sysctls: WatchedHost.sysctls)
                let faults = ["WEIR_FAULT": "kill@\(point)", "WEIR_FAULT_SINGLE": "1"]
                let watch = try host.watch("--heal", environment: faults)
                while watch.isRunning, try !watch.events().contains(where: { $0.event == "healed" }) {
                    pause(milliseconds: 20)
                }
                let wasKilled = !watch.isRunning
                let result = try watch.stop()
                try host.weir.run("recover").succeeded()
                let now = try KernelText(sysctls: WatchedHost.sysctls)
                #expect(now == host.good || now == drifted, "point \(point)")
                #expect(directoryContents("\(host.weir.stateDirectory)/txn") == [], "point \(point)")
                guard wasKilled else {
                    #expect(result.status == 0 && point > 5)
                    #expect(now == host.good)
                    return
                }
                #expect(result.status == 137, "point \(point)")
                let again = try host.watch("--heal")
                #expect(try host.waitUntilGood(), "point \(point)")
                _ = try again.stop()
            }
            Issue.record("there are more points than were tried")
        }
    }
}
