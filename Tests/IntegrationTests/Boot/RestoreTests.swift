import Glibc
import TestSupport
import Testing

/// `weir restore` in a namespace that knows nothing of what was applied: what the units do at boot.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct RestoreTests {
    /// Two generations of random rules of all kinds; the host after the boot has the links, and what belongs to others.
    @Test(arguments: 0..<4)
    func theConfirmedGenerationComesBackByteEqual(round: UInt64) throws {
        try withFormerHost { former, weir in
            let applied = try former.perform { weir in
                var generator = SeededGenerator(seed: 7000 + round)
                let lab = try SafetyLab(weir)
                for name in ["first.weir", "second.weir"] {
                    try lab.apply(lab.writeRules(name, &generator).path).succeeded()
                }
                return try lab.dump()
            }
            let history = try weir.run("history").succeeded().output
            let lab = try SafetyLab(weir)
            let clean = try lab.dump()
            try weir.run("restore").succeeded()
            expectSame(try lab.dump(), applied, "round \(round), brought back")
            #expect(try weir.run("history").succeeded().output == history)
            #expect(try weir.run("status").succeeded().output == "The kernel is as generation 2 left it.\n")
            let again = try weir.run("restore").succeeded().output
            #expect(again.contains("Nothing to do for generation 2"))
            // What it took the place of in this boot, nobody knew before.
            try weir.run("revert", ["--yes"]).succeeded()
            expectSame(try lab.dump(), clean, "round \(round), the clean state")
        }
    }

    /// First without any link, as before the network is there; then all links come.
    @Test func whatTheUnitsDoOneByOneMakesTheSame() throws {
        try withFormerHost { former, weir in
            let applied = try former.perform { weir in
                var generator = SeededGenerator(seed: 7100)
                let lab = try SafetyLab(weir)
                try lab.apply(lab.writeRules("rules.weir", &generator).path).succeeded()
                return (dump: try lab.dump(), table: try outputOf("nft", "-s", "list", "table", "inet", "weir"))
            }
            let early = try weir.run("restore", ["--only", "firewall"])
            #expect([0, 2].contains(early.status), "\(early.errorOutput)")
            #expect(try outputOf("nft", "-s", "list", "table", "inet", "weir") == applied.table)
            #expect(try outputOf("ip", "route", "show", "proto", "172").isEmpty)
            let lab = try SafetyLab(weir)
            try weir.run("restore", ["--only", "routing", "--wait"]).succeeded()
            // The tables of others were made later than Weir's, and have other handles.
            #expect(try lab.dump().own == applied.dump.own)
        }
    }

    /// Whoever would have taken the change back, or confirmed it, went with the machine.
    @Test func whatWasNotConfirmedDoesNotComeBack() throws {
        try withFormerHost { former, weir in
            let confirmed = try former.perform { weir in
                let host = try HostInWindow(weir)
                let watchdog = try host.watchdog(of: host.apply("1h"))
                kill(watchdog, SIGKILL)
                #expect(HostInWindow.hasEnded(watchdog))
                #expect(try !host.isAsBefore())
                return host.before
            }
            let result = try former.runAfterBoot("restore").succeeded()
            #expect(result.errorOutput.contains("is gone because it was not confirmed before the next boot"))
            #expect(result.output.contains("Generation 1"))
            #expect(try KernelText() == confirmed)
            #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
            #expect(try weir.run("confirm", ["2"]).status == 22)
        }
    }

    /// A container that was killed and started again has another namespace. From a PID namespace of its own it cannot know that the old one is
    /// gone: what was confirmed comes back, and what waited stays until somebody puts it away.
    @Test func whatWaitedInAContainerThatIsGoneDoesNotComeBack() throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\naccept in tcp dport ssh\n")
            let other = try weir.write("policy in drop\n", to: "other.weir")
            let script = """
                '\(Weir.program)' apply --yes --state-dir '\(weir.stateDirectory)' '\(file)' &&
                '\(Weir.program)' apply --yes --confirm 1h --state-dir '\(weir.stateDirectory)' '\(other)'
                """
            let container = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
            try run(container + ["--net", "sh", "-c", script]).succeeded()
            func again(_ command: String, _ options: String...) throws -> ProcessResult {
                try run(container + [Weir.program, command, "--state-dir", weir.stateDirectory] + options)
            }
            let result = try again("restore")
            result.finished(0)
            #expect(result.output.contains("Generation 1"))
            #expect(try again("apply", "--yes", file).errorOutput.contains("recover --discard-damaged"))
            // The kernel takes its time to end the watchdog.
            for _ in 0..<200 where try again("recover", "--discard-damaged").status != 0 { pause(milliseconds: 50) }
            #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
        }
    }

    @Test func aChangeThatWaitsInThisBootIsLeftAlone() throws {
        try withHostInWindow { host in
            try host.apply("1h")
            let waiting = try KernelText()
            #expect(try host.weir.run("restore").status == 24)
            #expect(try KernelText() == waiting)
            try host.weir.run("cancel").succeeded()
        }
    }

    /// Its watchdog was killed and its time is over: whoever comes next does its work.
    @Test func aChangeThatShouldHaveBeenTakenBackIs() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("5s"))
            kill(watchdog, SIGKILL)
            #expect(HostInWindow.hasEnded(watchdog))
            // Whoever asks before that starts another watchdog.
            pause(milliseconds: 5500)
            let result = try host.weir.run("restore").succeeded()
            #expect(result.errorOutput.contains("change 2 (apply \(host.new)) was rolled back"))
            try host.expectTakenBack()
        }
    }

    @Test func withoutAnyGenerationNothingIsDone() throws {
        try withWeir { weir in
            let result = try weir.run("restore", ["--wait"]).succeeded()
            #expect(result.output == "Nothing was applied: there is nothing to bring back.\n")
            #expect(readFile("\(weir.stateDirectory)/format") == nil)
            #expect(try outputOf("nft", "list", "tables").isEmpty)
        }
    }

    /// The clean state is a generation as well.
    @Test func whatWasRevertedStaysAway() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "policy in drop\n")
            try former.perform { _ = try $0.run("revert", ["--yes"]).succeeded() }
            try weir.run("restore").succeeded()
            #expect(try outputOf("nft", "list", "tables").isEmpty)
        }
    }

    /// A process that is killed leaves nothing that the next one cannot go on with.
    @Test func aKilledRestoreIsFinishedByTheNext() throws {
        try withFormerHost { former, weir in
            let applied = try former.perform { weir in
                var generator = SeededGenerator(seed: 7200)
                let lab = try SafetyLab(weir)
                try lab.apply(lab.writeRules("rules.weir", &generator).path).succeeded()
                return try lab.dump()
            }
            let lab = try SafetyLab(weir)
            let clean = try lab.dump()
            var kills = 0
            for point in 1... {
                let faults = ["WEIR_FAULT": "kill@\(point)", "WEIR_FAULT_SINGLE": "1"]
                let result = try lab.run("restore", faults: faults)
                if result.status == 0 { break }
                try #require(result.status == 137, "point \(point): \(result.errorOutput)")
                kills += 1
                try lab.run("restore").succeeded()
                expectSame(try lab.dump(), applied, "killed at \(point)")
                try outputOf("nft", "delete", "table", "inet", "weir")
                for family in ["-4", "-6"] {
                    try outputOf("ip", family, "route", "flush", "table", "all", "proto", "172")
                    try outputOf("ip", family, "rule", "flush", "protocol", "172")
                }
            }
            #expect(kills > 5)
            try lab.run("restore").succeeded()
            try lab.run("revert", ["--yes"]).succeeded()
            // The route of somebody else that was adopted was flushed above, as Weir's.
            #expect(try lab.dump().own == clean.own)
        }
    }
}

extension ProcessResult {
    /// Wants a certain exit status.
    func finished(_ status: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(self.status == status, "\(output)\(errorOutput)", sourceLocation: sourceLocation)
    }
}
