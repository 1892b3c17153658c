import Glibc
import TestSupport
import Testing

/// `weir restore --fail-closed` with a store of which nothing can be read, and real packets.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct FailClosedTests {
    /// Joins the host of the test with a client, and damages all that its store has.
    private func withHost(_ body: (_ weir: Weir, _ host: Host, _ client: Host) throws -> Void) throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "policy in drop\naccept in tcp dport 80\n")
            try former.damage(generation: 1)
            let lab = Lab()
            let client = try lab.host("client")
            let host = try lab.here("host")
            try lab.link(
                client.port("eth0", "192.0.2.2/24", "2001:db8::2/64"),
                host.port("eth0", "192.0.2.1/24", "2001:db8::1/64")
            )
            _ = try host.serveTCP(port: 22)
            _ = try host.serveTCP(port: 80)
            _ = try host.serveTCP(port: 2222)
            try body(weir, host, client)
        }
    }

    private func reaches(_ client: Host, _ address: String, _ port: UInt16) throws -> Bool {
        if case .connected = try client.connect(to: address, port: port, timeout: 10) { true } else { false }
    }

    private func isKeptOut(_ client: Host, _ address: String, _ port: UInt16) throws -> Bool {
        if case .timedOut = try client.connect(to: address, port: port, timeout: 0.5) { true } else { false }
    }

    @Test func sshIsLetInAndNothingElse() throws {
        try withHost { weir, host, client in
            let result = try weir.run("restore", ["--only", "firewall", "--fail-closed"])
            result.finished(26)
            #expect(result.output.contains("emergency rules"))
            for address in ["192.0.2.1", "2001:db8::1"] {
                #expect(try reaches(client, address, 22))
                #expect(try isKeptOut(client, address, 80))
                #expect(try isKeptOut(client, address, 2222))
            }
            // Neighbours are found anew, by both.
            try host.outputOf("ip", "neighbour", "flush", "dev", "eth0")
            try client.outputOf("ip", "neighbour", "flush", "dev", "eth0")
            #expect(try reaches(client, "2001:db8::1", 22))
            guard case .reply = try client.ping("192.0.2.1") else {
                Issue.record("no echo")
                return
            }
            // The host itself may ask whom it likes.
            let echo = try client.serveTCP(port: 7)
            #expect(try reaches(host, "192.0.2.2", 7))
            #expect(echo.visits(atLeast: 1).count == 1)
        }
    }

    @Test func anotherPortOfSshCanBeSaid() throws {
        try withHost { weir, _, client in
            try weir.run("restore", ["--fail-closed", "--ssh-port", "2222"]).finished(26)
            #expect(try reaches(client, "192.0.2.1", 2222))
            #expect(try isKeptOut(client, "192.0.2.1", 22))
        }
    }

    @Test func unaskedTheHostStaysOpen() throws {
        try withHost { weir, _, client in
            try weir.run("restore").finished(74)
            #expect(try reaches(client, "192.0.2.1", 80))
        }
    }

    /// That somebody took the rules away is no state that whoever wants to be closed is open in; nor is one without rules.
    @Test func aGenerationWithoutRulesIsNoReasonToStayOpen() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "policy in drop\naccept in tcp dport 443\n")
            try former.perform { _ = try $0.run("revert", ["--yes"]).succeeded() }
            try weir.run("restore").succeeded()
            #expect(try outputOf("nft", "list", "tables").isEmpty)
            let result = try weir.run("restore", ["--only", "firewall", "--fail-closed"])
            result.finished(26)
            #expect(result.output.contains("has no firewall: the emergency rules"), "\(result.output)")
            let rules = try outputOf("nft", "list", "ruleset")
            #expect(rules.contains("policy drop") && rules.contains("dport 22") && !rules.contains("443"))
        }
    }

    /// Where the newest generation is damaged, the last known good one is the newest that has rules.
    @Test func whatHasNoRulesIsNoLastKnownGood() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "policy in drop\naccept in tcp dport 443\n")
            try former.perform { _ = try $0.run("revert", ["--yes"]).succeeded() }
            try former.apply(rules: "policy in drop\naccept in tcp dport 80\n")
            try former.damage(generation: 3)
            let result = try weir.run("restore", ["--fail-closed"])
            result.finished(26)
            #expect(result.errorOutput.contains("generation 2 cannot be brought back: it has no firewall"))
            #expect(try outputOf("nft", "list", "ruleset").contains("443"))
        }
    }

    /// Whoever holds the lock does not hold the host open.
    @Test func aLockThatIsHeldIsNoReasonToStayOpen() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "policy in drop\naccept in tcp dport 443\n")
            let holder = try BackgroundProcess(
                ["flock", "\(weir.stateDirectory)/lock", "sh", "-c", "echo held; exec sleep 100"]
            )
            try holder.waitForOutput(containing: "held", timeout: 30)
            try weir.run("restore").finished(75)
            #expect(try outputOf("nft", "list", "tables").isEmpty)
            try weir.run("restore", ["--fail-closed"]).finished(26)
            #expect(try outputOf("nft", "list", "ruleset").contains("policy drop"))
        }
    }

    /// Rules that are there are better than these.
    @Test func rulesThatAreThereStay() throws {
        try withFormerHost { former, weir in
            try weir.apply(rules: "policy in drop\naccept in tcp dport 443\n")
            try former.damage(generation: 1)
            let rules = try outputOf("nft", "list", "ruleset")
            try weir.run("restore", ["--fail-closed"]).finished(74)
            #expect(try outputOf("nft", "list", "ruleset") == rules)
        }
    }

    /// Whoever wants to be closed does not want to be open when the store has vanished.
    @Test func aStoreThatIsNotThereIsNoReasonToStayOpen() throws {
        try withWeir { weir in
            try weir.run("restore", ["--fail-closed"]).finished(26)
            #expect(try outputOf("nft", "list", "tables") == "table inet weir\n")
            try weir.run("restore", ["--only", "routing"]).succeeded()
        }
    }

    /// Rules from a directory that somebody else could have written to are not brought back.
    @Test func aStoreThatIsNotToBeTrustedIsNotBelieved() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "policy in accept\naccept in tcp dport 443\n")
            chmod(weir.stateDirectory, 0o777)
            try outputOf("chown", "-R", "65534", weir.stateDirectory)
            let open = try weir.run("restore")
            open.finished(74)
            #expect(open.errorOutput.contains("cannot be trusted: another user owns it"))
            #expect(try outputOf("nft", "list", "tables").isEmpty)
            let doctor = try weir.run("doctor", ["--root", weir.directory])
            doctor.finished(2)
            #expect(doctor.output.contains("cannot be trusted"))
            let closed = try weir.run("restore", ["--fail-closed"])
            closed.finished(26)
            #expect(closed.output.contains("emergency rules"))
            #expect(try !outputOf("nft", "list", "ruleset").contains("443"))
        }
    }

    @Test func optionsThatDoNotGoTogetherAreRefused() throws {
        try withWeir { weir in
            for arguments in [
                ["--wait", "--only", "firewall"], ["--fail-closed", "--only", "routing"], ["--ssh-port", "0"],
                ["--only", "sysctls"],
            ] {
                try weir.run("restore", arguments).finished(64)
            }
        }
    }
}
