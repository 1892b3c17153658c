import Glibc
import TestSupport
import Testing

/// Changes that are rolled back unless they are confirmed, when all goes well.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct ConfirmationTests {
    @Test func aConfirmedChangeStays() throws {
        try withHostInWindow { host in
            let change = try host.apply("1h")
            let watchdog = try host.watchdog(of: change)
            #expect(!HostInWindow.hasEnded(watchdog, within: 0))
            let answer = try host.weir.run("confirm", ["\(change)"]).succeeded()
            #expect(answer.output == "Change 2 is confirmed: it stays.\n")
            #expect(HostInWindow.hasEnded(watchdog))
            try host.expectConfirmed()
        }
    }

    /// Whichever of its writes the disk refuses: what was not said to stay does not, whatever comes next.
    @Test(arguments: 1...4) func aConfirmationThatTheDiskMayLoseIsNone(write: Int) throws {
        try withHostInWindow { host in
            try host.apply("1h")
            var weir = host.weir
            weir.environment["WEIR_FAULT"] = "EIO@\(write)"
            let result = try weir.run("confirm")
            guard result.status != 0 else { return try host.expectConfirmed() }
            result.finished(74)
            #expect(directoryContents("\(weir.stateDirectory)/txn/2").contains("decision") == false)
            try host.weir.run("cancel").succeeded()
            try host.expectTakenBack(as: "it was cancelled")
        }
    }

    @Test func theNumberMayBeLeftAway() throws {
        try withHostInWindow { host in
            try host.apply("1h")
            try host.weir.run("confirm").succeeded()
            try host.expectConfirmed()
            #expect(try host.weir.run("confirm").succeeded().output.contains("Change 2 is confirmed"))
        }
    }

    @Test func aChangeThatNobodyConfirmsIsTakenBack() throws {
        try withHostInWindow { host in
            let result = try host.weir.run("apply", ["--yes", "--confirm", "1s", "--wait", host.new])
            #expect(result.status == 22)
            #expect(result.output.contains("Change 2 will be rolled back 1s after it is made, unless it is confirmed."))
            #expect(result.output.contains("Change 2 was rolled back because it was not confirmed in time"))
            try host.expectTakenBack()
        }
    }

    @Test func whoWaitsLearnsOfTheConfirmation() throws {
        try withHostInWindow { host in
            let waiting = try BackgroundProcess(host.command("1h", "--yes", "--wait"))
            try waiting.waitForOutput(containing: "waits to be confirmed")
            try host.weir.run("confirm", ["2"]).succeeded()
            let result = try waiting.finish().succeeded()
            #expect(result.output.hasSuffix("Change 2 is confirmed: it stays.\n"))
        }
    }

    @Test func aCancelledChangeIsTakenBackAtOnce() throws {
        try withHostInWindow { host in
            let change = try host.apply("1h")
            let watchdog = try host.watchdog(of: change)
            #expect(try host.weir.run("cancel", ["2"]).succeeded().output.contains("because it was cancelled"))
            #expect(HostInWindow.hasEnded(watchdog))
            try host.expectTakenBack(as: "it was cancelled")
            try host.weir.run("cancel").succeeded()
        }
    }

    /// Whoever has decided finishes the change. A watchdog that took the lock next, only to see so, would turn away the command that follows.
    @Test func theWatchdogOfAChangeThatIsOverTakesNoLock() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("1h"))
            let lock = open("\(host.weir.stateDirectory)/lock", O_RDWR | O_CLOEXEC)
            defer { close(lock) }
            try #require(lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
            try writeFile(Array("rollback: it was cancelled\n".utf8), to: "\(host.weir.stateDirectory)/txn/2/decision")
            pause(milliseconds: 300)
            #expect(!HostInWindow.hasEnded(watchdog, within: 0))
            try writeFile([], to: "\(host.weir.stateDirectory)/gen/2")
            flock(lock, LOCK_UN)
            var refusals = 0
            while !HostInWindow.hasEnded(watchdog, within: 0) {
                if flock(lock, LOCK_EX | LOCK_NB) == 0 { flock(lock, LOCK_UN) } else { refusals += 1 }
                usleep(50)
            }
            #expect(refusals == 0)
        }
    }

    /// Whoever gives the number of a change that is settled long since may mean the one that waits.
    @Test func anotherNumberThanThatOfTheChangeThatWaitsIsNoticed() throws {
        try withHostInWindow { host in
            try host.apply("1h")
            let confirmed = try host.weir.run("confirm", ["1"])
            confirmed.finished(24)
            #expect(confirmed.output == "Change 1 is confirmed: it stays.\n")
            #expect(confirmed.errorOutput.contains("Change 2 (apply \(host.new)) waits to be confirmed"))
            #expect(confirmed.errorOutput.contains(/it is rolled back in (1h|59m\d+s)\.\n  weir confirm 2 --state-dir/))
            #expect(try !host.isAsBefore())
            try host.weir.run("cancel", ["2"]).succeeded()
            try host.apply("1h")
            let result = try host.weir.run("cancel", ["2"])
            result.finished(24)
            #expect(result.output.hasPrefix("Change 2 was rolled back"))
            #expect(result.errorOutput.contains("Change 3 (apply"))
            try host.weir.run("confirm", ["3"]).succeeded()
        }
    }

    /// Looking changes nothing: neither the number of the watchdog nor anything else in the directory.
    @Test func lookingLeavesNoTrace() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("1h"))
            for _ in 0..<3 {
                try host.weir.run("status").succeeded()
                try host.weir.run("history").succeeded()
            }
            #expect(try host.watchdog(of: 2) == watchdog)
            kill(watchdog, SIGKILL)
            #expect(HostInWindow.hasEnded(watchdog))
            unlink("\(host.weir.stateDirectory)/txn/2/watchdog")
            let names = directoryContents("\(host.weir.stateDirectory)/txn/2")
            #expect(try host.weir.run("status").succeeded().output.contains("Its watchdog was killed"))
            #expect(directoryContents("\(host.weir.stateDirectory)/txn/2") == names)
            try host.weir.run("cancel", ["2"]).succeeded()
        }
    }

    @Test func aConfirmedChangeCannotBeCancelledOrExtended() throws {
        try withHostInWindow { host in
            try host.apply("1h")
            try host.weir.run("confirm").succeeded()
            #expect(try host.weir.run("cancel", ["2"]).status == 66)
            #expect(try host.weir.run("extend", ["2", "5m"]).status == 66)
            try host.expectConfirmed()
        }
    }

    @Test func anExtendedChangeWaitsLonger() throws {
        try withHostInWindow { host in
            let change = try host.apply("8s")
            let answer = try host.weir.run("extend", ["\(change)", "1h"]).succeeded()
            #expect(answer.output.contains("it is rolled back in 1h"))
            // A shorter time does not shorten it.
            #expect(
                try host.weir.run("extend", ["2", "1s"]).succeeded().output.contains(
                    /it is rolled back in (1h|59m\d+s)\./
                )
            )
            pause(milliseconds: 8500)
            #expect(try !host.isAsBefore())
            try host.weir.run("confirm", ["2"]).succeeded()
            try host.expectConfirmed()
        }
    }

    @Test func nothingElseIsChangedMeanwhile() throws {
        try withHostInWindow { host in
            try host.apply("1h")
            let text = try KernelText()
            let commands = [
                ["apply", "--yes", host.old], ["apply", "--yes", "--confirm", "1m", host.old], ["rollback", "--yes"],
                ["revert", "--yes"], ["recover"], ["extend", "1", "5m"], ["confirm", "7"], ["cancel", "7"],
            ]
            for command in commands {
                let result = try host.weir.run(command[0], Array(command.dropFirst()))
                #expect(result.status == 24, "\(command): \(result.errorOutput)")
                #expect(result.errorOutput.contains("Change 2 (apply"), "\(command)")
                #expect(
                    result.errorOutput.contains(/it is rolled back in (1h|59m\d+s)\.\n  weir confirm 2 --state-dir/),
                    "\(command)"
                )
            }
            #expect(try KernelText() == text)
            try host.weir.run("confirm", ["2"]).succeeded()
        }
    }

    @Test func whatWaitsIsShown() throws {
        try withHostInWindow { host in
            try host.apply("1h", "--confirm-probe", "tcp:127.0.0.1:22")
            let status = try host.weir.run("status").succeeded().output
            #expect(status.contains("Change 2 (apply \(host.new)) waits to be confirmed"))
            #expect(status.hasSuffix("The kernel is as generation 2 left it.\n"))
            let json = try host.weir.run("status", ["--json"]).succeeded().output
            #expect(json.contains("\"change\" : 2") && json.contains("\"isWatched\" : true"))
            #expect(json.contains("\"tcp:127.0.0.1:22\""))
            #expect(try host.weir.run("history").succeeded().output.contains("waits to be confirmed"))
            // What somebody adds meanwhile is a difference from what waits.
            try outputOf("nft", "add rule inet weir input tcp dport 99 accept")
            #expect(try host.weir.run("status").status == 2)
            try host.weir.run("cancel").succeeded()
        }
    }

    @Test(arguments: ["90", "0s", "999ms", "25h", "1441m", "s", "5 m", "-5s", "1s1m", "99999999999999999999h", ""])
    func aTimeIsToHaveAUnitAndBounds(window: String) throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\n")
            let before = try KernelText()
            #expect(try weir.run("apply", ["--yes", "--confirm=\(window)", file]).status == 64)
            #expect(try weir.run("extend", ["1", "--", window]).status == 64)
            #expect(try KernelText() == before)
        }
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\n")
            #expect(try weir.run("apply", ["--yes", "--wait", file]).status == 64)
            #expect(try weir.run("apply", ["--yes", "--confirm-probe", "tcp:127.0.0.1:22", file]).status == 64)
            #expect(
                try weir.run("apply", ["--yes", "--confirm", "1m", "--confirm-probe", "tcp:22", file]).status == 64
            )
            #expect(try weir.run("confirm").status == 66)
            #expect(try weir.run("cancel").status == 66)
            #expect(try weir.run("extend", ["1", "1m"]).status == 66)
            // Where nothing is changed nothing waits.
            try weir.apply(file)
            #expect(
                try weir.run("apply", ["--yes", "--confirm", "1m", file]).succeeded().output.hasPrefix("Nothing to do")
            )
            #expect(directoryContents("\(weir.stateDirectory)/txn") == [])
        }
    }

    @Test func aProbeThatFailsKeepsTheConfirmationAway() throws {
        try withHostInWindow { host in
            try host.apply("1h", "--confirm-probe", "tcp:127.0.0.1:2222", "--confirm-probe", "tcp:[::1]:2222")
            let refusal = try host.weir.run("confirm")
            #expect(refusal.status == 25)
            // The new rules drop what comes in.
            #expect(refusal.errorOutput.contains("weir: tcp:127.0.0.1:2222: Connection timed out"))
            #expect(refusal.errorOutput.contains("Change 2 was not confirmed"))
            try host.weir.run("cancel").succeeded()
        }
    }

    @Test func aProbeThatSucceedsLetsItThrough() throws {
        try withWeir { weir in
            let host = try Lab().here("here")
            let server = try host.serveTCP(port: 2222)
            let file = try weir.write("policy in drop\naccept in on lo\n")
            let options = ["--yes", "--confirm", "1h", "--confirm-probe", "tcp:127.0.0.1:2222", file]
            try weir.run("apply", options).succeeded()
            #expect(try weir.run("confirm").succeeded().output == "Change 1 is confirmed: it stays.\n")
            #expect(server.visits(atLeast: 1).count == 1)
        }
    }

    /// Everything of a change goes back, and of the changes of the other commands too.
    @Test(arguments: ["apply", "apply PLAN", "rollback", "revert"])
    func routesRulesAndSettingsGoBackToo(what: String) throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.here("here")
            let other = try lab.host("other")
            try lab.link(host.port("eth0", "192.0.2.1/24"), other.port("eth0", "192.0.2.2/24"))
            let names = ["net.ipv4.ip_forward"]
            let rules = """
                policy in drop
                set bad: address { 10.0.0.1 }
                accept in saddr @bad
                route 198.51.100.0/24 via 192.0.2.2
                rule from 10.0.0.0/8 lookup 7 priority 10000
                sysctl net.ipv4.ip_forward = 1

                """
            let small = try weir.write("accept in tcp dport 22\n", to: "small.weir")
            let large = try weir.write(rules, to: "large.weir")
            try weir.apply(small)
            let command = String(what.prefix { $0 != " " })
            if command != "apply" { try weir.apply(large) }
            let before = try KernelText(sysctls: names)
            var arguments = command == "apply" ? [large] : []
            if what == "apply PLAN" {
                arguments = ["\(weir.directory)/kept.plan"]
                try weir.run("plan", ["--out", arguments[0], large]).succeeded()
            }
            let result = try weir.run(command, ["--yes", "--confirm", "1s", "--wait"] + arguments)
            #expect(result.status == 22, "\(result.errorOutput)")
            expectSameText(try KernelText(sysctls: names).text, before.text)
            // The same change, confirmed.
            try weir.run(command, ["--yes", "--confirm", "1h"] + arguments).succeeded()
            let after = try KernelText(sysctls: names)
            #expect(after != before)
            try weir.run("confirm").succeeded()
            #expect(try KernelText(sysctls: names) == after)
        }
    }
}
