import TestSupport
import Testing

/// Differences that the words of an object do not show: they are differences all the same.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct UnseenDifferenceTests {
    private static let declared = """
        chain mynat type nat hook output priority dstnat {
            redirect tcp dport 80 to :8001
        }

        """

    /// Of chains with the same hook and priority the kernel calls the one first that was made last. Which one that was must not depend
    /// on what was applied before.
    @Test func chainsThatCompeteAreInOrderWhateverWasThereBefore() throws {
        let host = try Lab().here("host")
        let first = try host.serveTCP(port: 8001)
        let second = try host.serveTCP(port: 8002)
        try withWeir { weir in
            func expectFirst(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
                _ = try host.connect(to: "127.0.0.1", port: 80)
                #expect(first.visits(atLeast: count).count == count, sourceLocation: sourceLocation)
                #expect(second.visits.isEmpty, sourceLocation: sourceLocation)
            }
            let own = "redirect out tcp dport 80 to :8002\n"
            let both = try weir.write(Self.declared + own, to: "both.weir")
            try weir.apply(both)
            try expectFirst(1)

            try weir.run("revert", ["--yes"]).succeeded()
            try weir.apply(weir.write(Self.declared, to: "declared.weir"))
            let plan = try weir.run("plan", [both]).succeeded().output
            #expect(plan.contains("~ chain mynat") && plan.contains("created again"), "\(plan)")
            try weir.apply(both)
            try expectFirst(2)
            #expect(try weir.run("status").status == 0)
            #expect(try weir.run("plan", ["--exit-code", both]).status == 0)

            try weir.run("revert", ["--yes"]).succeeded()
            try weir.apply(weir.write(own, to: "own.weir"))
            try weir.apply(both)
            try expectFirst(3)

            // Somebody makes Weir's own chain anew, as it was: it is the last one now.
            try outputOf(
                "nft",
                "-f",
                "-",
                input: """
                    delete chain inet weir output-nat
                    add chain inet weir output-nat { type nat hook output priority -100; policy accept; }
                    add rule inet weir output-nat tcp dport 80 counter redirect to :8002
                    """
            )
            let status = try weir.run("status")
            #expect(status.status == 2)
            #expect(status.output.contains("created again"), "\(status.output)")
            try weir.apply(both)
            try expectFirst(4)
        }
    }

    @Test func theEmittedScriptMakesChainsThatCompeteInTheSameOrder() throws {
        try withWeir { weir in
            let both = try weir.write(Self.declared + "redirect out tcp dport 80 to :8002\n")
            try outputOf("nft", "-f", "-", input: try weir.emit(both, as: "nft"))
            #expect(try weir.run("plan", ["--exit-code", both]).status == 0)
        }
    }

    @Test func rulesThatStopOrStartToCountSaySo() throws {
        try withWeir { weir in
            let counting = try weir.write("accept in udp\n", to: "counting.weir")
            let silent = try weir.write("option counters off\naccept in udp\n", to: "silent.weir")
            try weir.apply(counting)
            let off = try weir.run("plan", [silent]).succeeded().output
            #expect(off.contains("(no counter; was: accept in udp)"), "\(off)")
            try weir.apply(silent)
            let on = try weir.run("plan", [counting]).succeeded().output
            #expect(on.contains("(was: accept in udp, no counter)"), "\(on)")
        }
    }

    /// The kernel would delete it some time: it is not the route that was asked for.
    @Test func aRouteThatSomebodyGaveALifetimeIsADifference() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            let file = try weir.write("route 2001:db8:50::/48 via 2001:db8:1::2 dev eth0\n")
            try weir.apply(file)
            #expect(try weir.run("status").status == 0)
            let change = "ip -6 route change 2001:db8:50::/48 via 2001:db8:1::2 dev eth0 proto 172 expires 300"
            try outputOf("sh", "-eu", input: change)
            #expect(try outputOf("ip", "-6", "route", "show", "2001:db8:50::/48").contains("expires"))
            let status = try weir.run("status")
            #expect(status.status == 2)
            #expect(status.output.contains("which expires"), "\(status.output)")
            try weir.apply(file)
            #expect(try !outputOf("ip", "-6", "route", "show", "2001:db8:50::/48").contains("expires"))
            #expect(try weir.run("status").status == 0)
        }
    }

    /// A pattern that covers the other members of its list is what the kernel is asked for, by Weir and by nft.
    @Test func theEmittedScriptIsNoDifference() throws {
        try withWeir { weir in
            let file = try weir.write(
                "set p: proto { tcp, udp }\naccept in on { eth*, eth0 } proto @p dport 53\ndrop in on ! { wl*, wlan0 }\n"
            )
            let script = try weir.emit(file, as: "nft")
            #expect(script.contains("meta l4proto @p th dport 53"), "\(script)")
            try outputOf("nft", "-f", "-", input: script)
            #expect(try weir.run("plan", ["--exit-code", file]).status == 0)
            #expect(try weir.run("show").succeeded().output.contains("accept in on eth* proto @p dport 53"))
        }
    }
}
