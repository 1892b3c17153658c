import TestSupport
import Testing

/// On a kernel that can miss members while neighbours of theirs change, whole sets are exchanged with the rules that use them.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct SetExchangeTests {
    private static func rules(_ members: String, more: String = "") -> String {
        """
        set blocked: prefix { \(members) }
        \(more)
        count in saddr 127.0.0.0/8 udp dport 7
        drop in saddr @blocked udp dport 7
        drop in saddr @blocked tcp dport 7
        count in udp dport 8

        """
    }

    /// Runs the program as on a kernel whose commits interleave.
    private func onOldKernel(_ body: (Weir) throws -> Void) throws {
        try withWeir { weir in
            var weir = weir
            weir.environment["WEIR_FAULT_SETS"] = "interleaved"
            try body(weir)
        }
    }

    /// The counters of the rules of a chain that begin with some words.
    private func counters() throws -> [Int] {
        let listing = try outputOf("nft", "list", "table", "inet", "weir")
        return listing.matches(of: /counter packets (\d+)/).compactMap { Int($0.output.1) }
    }

    private func sendDatagrams(_ count: Int, from address: String, to port: Int) throws {
        let program = """
            import socket
            link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            link.bind(("\(address)", 0))
            for _ in range(\(count)): link.sendto(b"x", ("127.0.0.1", \(port)))
            """
        _ = try run(["python3", "-c", program]).succeeded()
    }

    private func handles() throws -> [String] {
        try outputOf("nft", "-a", "list", "table", "inet", "weir").matches(of: /udp dport .* # handle (\d+)/).map {
            String($0.output.1)
        }
    }

    @Test func theSetAndItsRulesAreExchanged() throws {
        try onOldKernel { weir in
            let whole = try weir.write(Self.rules("10.0.0.0/8, 192.0.2.1/32"), to: "whole.weir")
            let split = try weir.write(Self.rules("10.0.0.0/9, 10.192.0.0/10, 192.0.2.1/32"), to: "split.weir")
            try weir.apply(whole)
            let listing = try outputOf("nft", "-s", "list", "table", "inet", "weir")
            _ = try run(["ip", "link", "set", "lo", "up"]).succeeded()
            _ = try run(["ip", "route", "add", "local", "10.0.0.0/8", "dev", "lo"]).succeeded()
            try sendDatagrams(3, from: "10.1.1.1", to: 7)
            try sendDatagrams(2, from: "127.0.0.1", to: 8)
            let before = try counters()
            #expect(before.reduce(0, +) == 5, "\(before)")
            let old = try handles()

            let plan = try weir.run("plan", [split])
            #expect(
                plan.output.contains("~ set blocked-v4   +2 -1 elements  (exchanged with the rules that use it)"),
                "\(plan.output)"
            )
            #expect(!plan.output.contains("drop") && plan.output.contains("0 to add, 1 to change, 0 to remove"))

            let applied = try weir.apply(split)
            #expect(!applied.output.contains("drop"), "\(applied.output)")
            #expect(try counters() == before)
            // Rules that do not use the set stay what they are.
            let new = try handles()
            #expect(zip(old, new).map { $0 == $1 } == [true, false, true], "\(old) \(new)")
            #expect(try weir.run("apply", ["--yes", split]).output.contains("Nothing to do"))
            let inPlace = try outputOf("nft", "-s", "list", "table", "inet", "weir")
            #expect(inPlace.contains("10.0.0.0/9, 10.192.0.0/10"), "\(inPlace)")

            // The way back exchanges too.
            _ = try weir.run("rollback", ["--yes"]).succeeded()
            #expect(try counters() == before)
            expectSameText(try outputOf("nft", "-s", "list", "table", "inet", "weir"), listing)
        }
    }

    /// What comes and goes apart from the members that stay changes in place: no rule is touched.
    @Test func membersBesideOthersChangeInPlace() throws {
        try onOldKernel { weir in
            try weir.apply(rules: Self.rules("10.0.0.0/8, 192.0.2.1/32"))
            let old = try handles()
            let applied = try weir.apply(rules: Self.rules("10.0.0.0/8, 12.0.0.0/9, 198.51.100.0/24"))
            #expect(applied.output.contains("+2 -1 elements "), "\(applied.output)")
            #expect(!applied.output.contains("exchanged"), "\(applied.output)")
            #expect(try handles() == old)
        }
    }

    @Test func aChangeThatIsNotConfirmedGoesBackByExchange() throws {
        try onOldKernel { weir in
            try weir.apply(rules: Self.rules("10.0.0.0/8"))
            let listing = try outputOf("nft", "-s", "list", "table", "inet", "weir")
            let path = try weir.write(Self.rules("10.0.0.0/9, 10.192.0.0/10"))
            try weir.apply(path, ["--confirm", "1h"])
            #expect(try outputOf("nft", "list", "table", "inet", "weir").contains("10.192.0.0/10"))
            #expect(try weir.run("cancel").status == 0)
            expectSameText(try outputOf("nft", "-s", "list", "table", "inet", "weir"), listing)
        }
    }

    /// Members that others gave to a set go on with what is left of their lifetime.
    @Test func lifetimesGoOn() throws {
        try onOldKernel { weir in
            func rules(_ comment: String) -> String {
                "set seen: address timeout 1h \"\(comment)\"\ndrop in saddr @seen\n"
            }
            try weir.apply(rules: rules("one"))
            let members = "10.1.1.1 timeout 10h expires 2h, 10.1.1.2, 10.1.1.3 timeout 50s expires 40s"
            try outputOf("nft", "add", "element", "inet", "weir", "seen-v4", "{ \(members) }")
            // Another comment asks for another set.
            let applied = try weir.apply(rules: rules("two"))
            #expect(applied.output.contains("+0 -0 elements"), "\(applied.output)")
            let listing = try outputOf("nft", "list", "set", "inet", "weir", "seen-v4")
            #expect(listing.contains("comment \"two\""), "\(listing)")
            #expect(listing.contains(/10\.1\.1\.1 timeout 10h expires 1h59m/), "\(listing)")
            #expect(listing.contains(/10\.1\.1\.2 (timeout 1h )?expires 59m/), "\(listing)")
            #expect(listing.contains(/10\.1\.1\.3 timeout 50s expires [1-3]\d?s/), "\(listing)")
        }
    }

    /// One line for a list of single addresses is one line in the plan, though many of them are neighbours.
    @Test func onePrefixAmongSinglesIsOneElement() throws {
        try withWeir { weir in
            let singles = Set((0..<2000).map { "10.7.\($0 / 250).\($0 % 250 * 4 / 5)" }).sorted()
            func rules(_ more: [String]) -> String {
                "set bad: prefix { \((singles + more).joined(separator: ", ")) }\ndrop in saddr @bad\n"
            }
            try weir.apply(rules: rules([]))
            let there = try weir.apply(rules: rules(["192.0.2.0/24"]))
            #expect(there.output.contains("set bad-v4   +1 -0 elements "), "\(there.output)")
            let back = try weir.apply(rules: rules([]))
            #expect(back.output.contains("set bad-v4   +0 -1 elements "), "\(back.output)")
        }
    }

    /// A set that has to become one of another kind is shown by what changes for packets, and its rules by nothing.
    @Test(arguments: ["atomic", "interleaved"])
    func anotherKindIsShownByItsMembers(commit: String) throws {
        try withWeir { weir in
            var weir = weir
            weir.environment["WEIR_FAULT_SETS"] = commit
            func rules(_ ports: String) -> String {
                "set open: port { 22, 23, 24, 80, 443, \(ports) }\naccept in tcp dport @open\n"
            }
            try weir.apply(rules: rules("8080"))
            let there = try weir.apply(rules: rules("8000-8100"))
            let note = "exchanged with the rules that use it, for another kind"
            #expect(there.output.contains("set open   +1 -0 elements  (\(note))"), "\(there.output)")
            #expect(there.output.contains("0 added, 1 changed, 0 removed"), "\(there.output)")
            let back = try weir.apply(rules: rules("8080"))
            #expect(back.output.contains("set open   +0 -1 elements  (\(note))"), "\(back.output)")
        }
    }

    /// The test of `make kernels`, in small: packets from members that stay never pass, though neighbours come and go.
    @Test func noPacketPassesWhileMembersChange() throws {
        try withWeir { weir in
            let result = try run(
                [
                    "python3", "\(packageDirectory)/Tests/Kernels/split.py", Weir.program, "--members", "100",
                    "--at-once", "40", "--changes", "2", "--packets", "4000", "--seconds", "120", "--tools", "weir",
                ],
                timeout: 180
            ).succeeded()
            #expect(result.output.split(separator: "\n").count { $0.contains(" 0 passed") } == 6, "\(result.output)")
        }
    }
}
