import Glibc
import TestSupport
import Testing

/// What goes wrong with the command, its terminal and its watchdog while a change waits: it is rolled back all the same.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct WindowFaultTests {
    /// Something that goes wrong with the command.
    enum Fault: String, CaseIterable {
        case hangUp = "the terminal hangs up"
        case termination = "SIGTERM"
        case interrupt = "Ctrl-C"
        case kill = "SIGKILL of the command"
        case killOfGroup = "SIGKILL of its process group"
        case stop = "SIGSTOP"

        func happen(to terminal: inout TerminalProcess) {
            switch self {
            case .hangUp: terminal.hangUp()
            case .termination: terminal.signal(SIGTERM)
            case .interrupt: terminal.type("\u{3}")
            case .kill: terminal.signal(SIGKILL)
            case .killOfGroup: terminal.signalGroup(SIGKILL)
            case .stop: terminal.signalGroup(SIGSTOP)
            }
        }

        var endsTheCommand: Bool { self != .stop }
    }

    @Test(arguments: Fault.allCases) func aFaultInTheWindowKeepsNothingFromBeingTakenBack(fault: Fault) throws {
        try withHostInWindow { host in
            var terminal = try TerminalProcess(host.command("3s", "--wait"))
            try terminal.waitForOutput(containing: "[y/N]")
            terminal.type("y\n")
            try terminal.waitForOutput(containing: "waits to be confirmed")
            #expect(try !host.isAsBefore())
            fault.happen(to: &terminal)
            if fault.endsTheCommand { #expect(try terminal.waitForEnd() != 0) }
            #expect(try host.waitUntilAsBefore())
            terminal.signal(SIGCONT)
            try host.expectTakenBack()
        }
    }

    /// A session that is lost need not be the end of the change: it can be confirmed from another one.
    @Test(arguments: Fault.allCases) func aFaultInTheWindowKeepsNothingFromBeingConfirmed(fault: Fault) throws {
        try withHostInWindow { host in
            var terminal = try TerminalProcess(host.command("1h", "--wait"))
            try terminal.waitForOutput(containing: "[y/N]")
            terminal.type("y\n")
            try terminal.waitForOutput(containing: "waits to be confirmed")
            fault.happen(to: &terminal)
            if fault.endsTheCommand { #expect(try terminal.waitForEnd() > 128) }
            try host.weir.run("confirm", ["2"]).succeeded()
            try host.expectConfirmed()
        }
    }

    @Test(arguments: Fault.allCases) func aFaultAtThePromptChangesNothing(fault: Fault) throws {
        try withHostInWindow { host in
            var terminal = try TerminalProcess(host.command("1h"))
            try terminal.waitForOutput(containing: "[y/N]")
            fault.happen(to: &terminal)
            if fault.endsTheCommand {
                #expect(try terminal.waitForEnd() != 0 || fault == .hangUp)
            } else {
                // It holds the lock, and says who it is.
                let result = try host.weir.run("apply", ["--yes", host.old])
                #expect(result.status == 75 && result.errorOutput.contains("process \(terminal.processID) "))
                terminal.signalGroup(SIGKILL)
                #expect(try terminal.waitForEnd() == 128 + SIGKILL)
            }
            #expect(try host.isAsBefore())
            #expect(directoryContents("\(host.weir.stateDirectory)/txn") == [])
            try host.weir.apply(host.old)
            #expect(try host.weir.run("history").succeeded().output.split(separator: "\n").count == 1)
        }
    }

    // MARK: The watchdog

    @Test func theWatchdogHeedsNoSignal() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("5s"))
            for signal in [SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGPIPE, SIGTSTP, SIGUSR1] { kill(watchdog, signal) }
            #expect(!HostInWindow.hasEnded(watchdog, within: 0.2))
            #expect(try host.waitUntilAsBefore())
            #expect(HostInWindow.hasEnded(watchdog))
            try host.expectTakenBack()
        }
    }

    /// The next command finishes the work of a watchdog that was killed, whichever it is.
    @Test(arguments: ["confirm", "cancel", "apply", "rollback", "revert", "recover"])
    func theNextCommandTakesBackWhatAKilledWatchdogLeft(command: String) throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("4s"))
            kill(watchdog, SIGKILL)
            #expect(HostInWindow.hasEnded(watchdog))
            pause(milliseconds: 4200)
            #expect(try !host.isAsBefore())
            let status = try host.weir.run("status")
            status.finished(21)
            #expect(
                status.output.contains(
                    /not confirmed in time: its rollback is overdue by (less than a second|\d+s)\.\nIts watchdog was killed/
                ),
                "\(status.output)"
            )
            let options =
                ["apply": ["--yes", host.old], "rollback": ["--yes", "1"], "revert": ["--yes"]][command] ?? []
            let result = try host.weir.run(command, options)
            #expect(result.status == (command == "confirm" ? 22 : 0), "\(result.errorOutput)")
            let words = "was rolled back because it was not confirmed in time"
            #expect((result.output + result.errorOutput).contains(words))
            guard command != "revert" else { return }
            try host.expectTakenBack()
        }
    }

    @Test func theNextCommandStartsAnotherWatchdogWhileThereIsTime() throws {
        try withHostInWindow { host in
            let first = try host.watchdog(of: host.apply("10s"))
            kill(first, SIGKILL)
            #expect(HostInWindow.hasEnded(first))
            #expect(try host.weir.run("apply", ["--yes", host.old]).status == 24)
            let second = try host.watchdog(of: 2)
            #expect(second != first && !HostInWindow.hasEnded(second, within: 0))
            // Nobody calls Weir any more.
            #expect(try host.waitUntilAsBefore())
            try host.expectTakenBack()
        }
    }

    @Test func aStoppedWatchdogGoesOnWhereItWas() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("4s"))
            kill(watchdog, SIGSTOP)
            pause(milliseconds: 4200)
            #expect(try !host.isAsBefore())
            kill(watchdog, SIGCONT)
            #expect(try host.waitUntilAsBefore())
            try host.expectTakenBack()
        }
    }

    /// What is too late is too late, even if the watchdog has not noticed yet.
    @Test func aStoppedWatchdogLetsNobodyConfirmTooLate() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("4s"))
            kill(watchdog, SIGSTOP)
            pause(milliseconds: 4200)
            #expect(try host.weir.run("confirm", ["2"]).status == 22)
            #expect(try host.isAsBefore())
            kill(watchdog, SIGCONT)
            #expect(HostInWindow.hasEnded(watchdog))
            try host.expectTakenBack()
        }
    }

    /// A process that holds the lock without end would keep the host locked out.
    @Test func aStoppedHolderOfTheLockIsEnded() throws {
        try withHostInWindow { host in
            let script = """
                import fcntl, os, sys, time
                file = open(sys.argv[1] + "/lock", "r+")
                print("ready", flush=True)
                while not os.path.exists(sys.argv[1] + "/txn/2/journal"):
                    time.sleep(0.01)
                while b"pending" not in open(sys.argv[1] + "/txn/2/journal", "rb").read():
                    time.sleep(0.01)
                fcntl.flock(file, fcntl.LOCK_EX)
                print("held", flush=True)
                time.sleep(100)
                """
            let holder = try BackgroundProcess(["python3", "-c", script, host.weir.stateDirectory])
            try holder.waitForOutput(containing: "ready", timeout: 30)
            try host.apply("5s")
            try holder.waitForOutput(containing: "held")
            holder.signal(SIGSTOP)
            #expect(try host.waitUntilAsBefore(seconds: 30))
            #expect(try holder.finish().status == 128 + SIGKILL)
            try host.expectTakenBack()
        }
    }

    // MARK: Clocks and namespaces

    /// The watchdog waits for a moment of CLOCK_BOOTTIME (7), which is absolute (1): no change of the time of day moves it.
    @Test func theWatchdogWaitsOnTheClockThatNobodyCanSet() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("1h"))
            let directory = "/proc/\(watchdog)/fdinfo"
            let texts = directoryContents(directory).compactMap { readFile("\(directory)/\($0)") }
            let timers = texts.map { String(decoding: $0, as: UTF8.self) }.filter { $0.contains("clockid") }
            #expect(timers.count == 1)
            #expect(timers.first?.contains("clockid: 7\n") == true)
            #expect(timers.first?.contains("settime flags: 01\n") == true)
            try host.weir.run("cancel").succeeded()
        }
    }

    /// Where the clock begins is of no matter: only what has passed counts.
    @Test(arguments: ["0", "100000000"]) func theClockMayBeginAnywhere(offset: String) throws {
        try withHostInWindow { host in
            let shifted = ["unshare", "--time", "--boottime", offset, "--fork", "--"]
            let result = try run(shifted + host.command("1s", "--yes", "--wait"))
            #expect(result.status == 22, "\(result.errorOutput)")
            try host.expectTakenBack()
        }
    }

    /// The watchdog holds the network namespace itself: its name may go.
    @Test func theNameOfTheNamespaceMayGo() throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.host("host")
            var holder: BackgroundProcess? = try host.start("sleep", "100")
            let path = "/proc/\(holder?.processID ?? 0)/ns/net"
            let file = try weir.write("policy in drop\n")
            let before = try host.outputOf("nft", "list", "ruleset")
            let options = ["--yes", "--netns", path, "--confirm", "4s", file]
            try weir.run("apply", options).succeeded()
            #expect(try host.outputOf("nft", "list", "ruleset").contains("policy drop"))
            holder = nil
            #expect(access(path, F_OK) != 0)
            for _ in 0..<500 {
                if try host.outputOf("nft", "list", "ruleset") == before { return }
                pause(milliseconds: 20)
            }
            Issue.record("it was not rolled back")
        }
    }
}
