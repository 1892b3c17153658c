import Glibc
import TestSupport
import Testing

/// Nobody is locked out by accident: a real connection, and what becomes of it.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct GuardTests {
    @Test(arguments: [
        ("# nobody\ndrop in tcp dport 22\n", "rules.weir:2: 'drop in tcp dport 22' stops its packets"),
        ("policy in drop\naccept in tcp dport 80\n", "no rule of chain 'input' accepts its packets"),
        ("drop out tcp sport 22\n", "rules.weir:1: 'drop out tcp sport 22' stops its packets"),
        ("route blackhole 192.0.2.2\n", "rules.weir:1: 'route blackhole 192.0.2.2/32' takes the answers"),
        (
            "rule from 192.0.2.1 prohibit\n",
            "rules.weir:1: 'rule from 192.0.2.1 prohibit priority 10000' takes the answers"
        ),
    ])
    func aSessionThatWouldBeCutIsARefusal(rules: String, message: String) throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            let file = try weir.write(rules)
            let before = try rulesAndRoutes()
            let refused = try weir.run("apply", ["--yes", file])
            #expect(refused.status == 25, "\(refused.output)\(refused.errorOutput)")
            #expect(refused.errorOutput.contains(message), "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains("your ssh session from 192.0.2.2:"))
            #expect(
                refused.errorOutput.contains("--allow-lockout") && refused.errorOutput.contains("Nothing was changed.")
            )
            expectSameText(try rulesAndRoutes(), before)
            #expect(session.carries())
            #expect(directoryContents("\(weir.stateDirectory)/gen") == [])

            // What was foretold happens.
            try weir.run("apply", ["--yes", "--allow-lockout", file]).succeeded()
            #expect(!session.carries(within: 0.3))
            #expect(try !session.canBeOpenedAgain(within: 0.3))
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(session.carries() || session.carries())
            #expect(try session.canBeOpenedAgain())
        }
    }

    private func rulesAndRoutes() throws -> String {
        try outputOf("nft", "list", "ruleset") + outputOf("ip", "route") + outputOf("ip", "rule")
    }

    @Test func onlyTheDoorThatCloses() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            let refused = try weir.run("apply", ["--yes", weir.write("redirect in tcp dport 22 to :2222\n")])
            #expect(refused.status == 25)
            #expect(
                refused.errorOutput.contains(
                    "rules.weir:1: 'redirect in tcp dport 22 to :2222' sends its packets elsewhere"
                )
            )
            #expect(
                refused.errorOutput.contains("a new ssh connection from 192.0.2.2 to 192.0.2.1:22 would be kept out")
            )
            try weir.run(
                "apply",
                ["--yes", "--allow-lockout", weir.write("drop in tcp dport 22 ct state new tcp flags syn / syn\n")]
            )
            .succeeded()
            #expect(session.carries())
            #expect(try !session.canBeOpenedAgain(within: 0.3))
        }
    }

    @Test func rollbackAndRevertAreGuardedToo() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            try weir.run("apply", ["--yes", "--allow-lockout", weir.write("drop in tcp dport 22\n")]).succeeded()
            try weir.apply(rules: "drop in tcp dport 23\n")
            #expect(session.carries() || session.carries())
            let refused = try weir.run("rollback", ["--yes"])
            #expect(refused.status == 25)
            #expect(refused.errorOutput.contains("'drop in tcp dport 22' stops its packets"))
            #expect(session.carries())
            try weir.run("rollback", ["--yes", "--allow-lockout"]).succeeded()
            #expect(!session.carries(within: 0.3))
            // What is cut already does not keep anybody from going on.
            let again = try weir.run("apply", ["--yes", weir.write("drop in tcp dport 22\ndrop in tcp dport 24\n")])
                .succeeded()
            #expect(again.errorOutput.contains("as before"))
        }
    }

    @Test func aPlanWarnsAndDoesNotFail() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            let file = try weir.write("drop in tcp dport 22\n")
            let plan = try weir.run("plan", [file]).succeeded()
            #expect(plan.errorOutput.contains("warning: \(file):1: 'drop in tcp dport 22' stops its packets"))
            let json = try weir.run("plan", ["--json", file]).succeeded().output
            #expect(json.contains("\"kind\" : \"lockout\"") && json.contains("\"override\" : \"--allow-lockout\""))
            #expect(try weir.run("plan", [weir.write("drop in tcp dport 23\n")]).succeeded().errorOutput.isEmpty)
        }
    }

    /// sudo(8) takes `SSH_CONNECTION` away; the server is a process that everybody can see.
    @Test func aServerIsFoundWithoutTheVariable() throws {
        let lab = Lab()
        let host = try lab.here("host")
        let admin = try lab.host("admin")
        try lab.link(host.port("eth0", "192.0.2.1/24"), admin.port("eth0", "192.0.2.2/24"))
        try withWeir { weir in
            let server = "\(weir.directory)/sshd"
            try outputOf("cp", try #require(Tool.netcat.path), server)
            let running = try host.start(server, "-l", "-k", "2022")
            while try !outputOf("ss", "-Hltn", "sport", "2022").contains("2022") { pause(milliseconds: 5) }
            let client = try #require(try admin.openTCP(to: "192.0.2.1", port: 2022, within: 5))
            while try !outputOf("ss", "-Htnp", "sport", "2022").contains("sshd") { pause(milliseconds: 5) }
            let refused = try weir.run("apply", ["--yes", weir.write("drop in tcp dport 2022\n")])
            #expect(refused.status == 25)
            #expect(
                refused.errorOutput.contains("the ssh session from 192.0.2.2:\(client.local.port) to 192.0.2.1:2022")
            )
            let isRunning = running.isRunning
            #expect(isRunning)
        }
    }

    /// The variable is about the namespace of the session, not about the one that is changed.
    @Test func anotherNamespaceHasNoSuchSession() throws {
        let session = try SessionUnderTest()
        let other = try session.lab.host("other")
        try session.withWeir { weir in
            let file = try weir.write("drop in tcp dport 22\n")
            try weir.run("apply", ["--yes", "--netns", other.namespacePath, file]).succeeded()
            #expect(session.carries())
        }
    }

    @Test func theLastDefaultRouteGoesOnlyOnDemand() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            try weir.apply(rules: "route default via 192.0.2.2\n")
            let rules = try weir.write("route 10.0.0.0/8 via 192.0.2.2\n")
            for command in [["apply", rules], ["revert"]] {
                let refused = try weir.run(command[0], ["--yes"] + command.dropFirst())
                #expect(refused.status == 25)
                #expect(
                    refused.errorOutput.contains("'route default via 192.0.2.2 dev eth0' is removed"),
                    "\(refused.errorOutput)"
                )
                #expect(refused.errorOutput.contains("--allow-no-default-route"))
            }
            #expect(try outputOf("ip", "route", "show", "default").contains("via 192.0.2.2"))
            try weir.run("apply", ["--yes", "--allow-no-default-route", rules]).succeeded()
            #expect(try outputOf("ip", "route", "show", "default").isEmpty)
            // There was none before: nothing to miss.
            try weir.run("revert", ["--yes"]).succeeded()
        }
    }

    @Test func whatIsForeignHasItsOverrideToo() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            try outputOf("ip", "route", "add", "203.0.113.0/24", "via", "192.0.2.2", "proto", "dhcp")
            let file = try weir.write("route 203.0.113.0/24 via 192.0.2.3\n")
            let refused = try weir.run("apply", ["--yes", file])
            #expect(refused.status == 25)
            #expect(refused.errorOutput.contains("a DHCP client's route"), "\(refused.errorOutput)")
            try weir.run("apply", ["--yes", "--allow-foreign", file]).succeeded()
            #expect(try outputOf("ip", "route", "show", "203.0.113.0/24").contains("via 192.0.2.3"))
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try outputOf("ip", "route", "show", "203.0.113.0/24").contains("proto dhcp"))
        }
    }
}
