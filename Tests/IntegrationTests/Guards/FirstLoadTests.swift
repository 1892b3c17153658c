import TestSupport
import Testing

/// The first rules that ask for the state of connections, on a host whose kernel has not been tracking any.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct FirstLoadTests {
    private static let rules = """
        policy in drop
        accept in ct state established,related
        accept in tcp dport 22 tcp flags syn / syn,ack
        accept in icmpv6

        """

    /// Without preparation these rules kill a session: its next packet is not the first one of any connection.
    @Test func withoutPreparationASessionDies() throws {
        let session = try SessionUnderTest()
        try #require(session.carries())
        try withWeir { weir in
            let commands = try weir.emit(weir.write(Self.rules), as: "nft")
            try outputOf("nft", "-f", "-", input: commands)
            #expect(!session.carries(within: 0.3))
        }
    }

    @Test func aSessionLivesOn() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            let file = try weir.write(Self.rules)
            let apply = try weir.start(["apply", "--yes", "--state-dir", weir.stateDirectory, file])
            // Somebody types.
            while apply.isRunning {
                #expect(session.carries())
                pause(milliseconds: 20)
            }
            let result = try apply.finish().succeeded()
            #expect(result.errorOutput.contains("1 connection is not tracked yet"))
            #expect(try outputOf("nft", "list", "tables") == "table inet weir\n")
            for _ in 1...3 { #expect(session.carries()) }
            #expect(try session.canBeOpenedAgain())
            #expect(try weir.run("status").status == 0)
        }
    }

    @Test func aSilentSessionIsNotCutUnasked() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            let file = try weir.write(Self.rules)
            let refused = try weir.run("apply", ["--yes", file])
            #expect(refused.status == 25)
            #expect(refused.errorOutput.contains("sent nothing within 3 s"))
            #expect(refused.errorOutput.contains("--allow-lockout"))
            #expect(try outputOf("nft", "list", "tables").isEmpty)
            #expect(session.carries())
            try weir.run("apply", ["--yes", "--allow-lockout", file]).succeeded()
            #expect(try outputOf("nft", "list", "tables") == "table inet weir\n")
        }
    }

    /// Where connections are tracked already nothing has to be waited for.
    @Test func nothingIsPreparedTwice() throws {
        let session = try SessionUnderTest()
        try session.withWeir { weir in
            try outputOf(
                "nft",
                "-f",
                "-",
                input: "table inet theirs {\nchain c {\nct state established counter\n}\n}\n"
            )
            try #require(session.carries())
            let result = try weir.run("apply", ["--yes", weir.write(Self.rules)]).succeeded()
            #expect(!result.errorOutput.contains("not tracked"))
            #expect(session.carries())
        }
    }
}
