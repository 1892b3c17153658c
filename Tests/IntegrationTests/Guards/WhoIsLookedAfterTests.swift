import Glibc
import TestSupport
import Testing

/// Who is logged in is looked after, and nobody else.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .ssh))
struct WhoIsLookedAfterTests {
    private static let rules = "drop in tcp dport 2222\n"

    /// Anybody can connect to the port of ssh: that is no reason not to close it.
    @Test func whoHasOnlyConnectedKeepsNothingOpen() throws {
        let lab = Lab()
        let host = try lab.here("host")
        let bot = try lab.host("bot")
        try lab.link(host.port("eth0", "192.0.2.1/24"), bot.port("eth0", "192.0.2.2/24"))
        try withWeir { weir in
            let server = try SSHServer(on: host, address: "192.0.2.1", directory: weir.directory)
            var bots: [TCPStream] = []
            for _ in 0..<5 {
                bots.append(try #require(try bot.openTCP(to: "192.0.2.1", port: 2222, within: 10)))
            }
            // Each of them says who it is, and is asked to log in.
            for stream in bots {
                #expect(stream.send("SSH-2.0-bot\r\n"))
                #expect(stream.receive(within: 20)?.hasPrefix("SSH-2.0") == true)
            }
            let closed = try weir.run("apply", ["--yes", weir.write(Self.rules)])
            #expect(closed.status == 0, "\(closed.errorOutput)")
            #expect(!closed.errorOutput.contains("ssh session"), "\(closed.errorOutput)")
            try weir.run("revert", ["--yes"]).succeeded()

            // Somebody logs in beside them.
            let session = try bot.start("sh", server.login, "echo here; sleep 100")
            try session.waitForOutput(containing: "here", timeout: 60)
            let refused = try weir.run("apply", ["--yes", weir.write(Self.rules)])
            #expect(refused.status == 25, "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains("the ssh session from 192.0.2.2:"))
            _ = bots.count
        }
    }

    /// What others connect to and from does not hide a session.
    @Test func manyOtherConnectionsHideNothing() throws {
        let session = try SessionUnderTest()
        let listener = try session.host.listenTCP(port: 7777)
        var others: [(TCPStream, TCPStream)] = []
        for _ in 0..<400 {
            let client = try #require(try session.admin.openTCP(to: "192.0.2.1", port: 7777, within: 10))
            others.append((client, try #require(listener.accept(within: 10))))
        }
        try session.withWeir { weir in
            let refused = try weir.run("apply", ["--yes", weir.write("drop in tcp dport 22\n")])
            #expect(refused.status == 25)
            #expect(refused.errorOutput.contains("your ssh session from 192.0.2.2:"))
        }
        #expect(others.count == 400)
    }

    /// The peer sends to an address by another interface than the one that has it.
    @Test func whereTheSessionComesInIsSeen() throws {
        let session = try SessionUnderTest()
        try session.admin.outputOf("ip", "route", "add", "192.0.2.1/32", "dev", "eth1")
        try session.withWeir { weir in
            try #require(session.carries() && session.carries())
            let file = try weir.write("drop in on eth1\n")
            let refused = try weir.run("apply", ["--yes", file])
            #expect(refused.status == 25, "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains("--allow-unjudged") || refused.errorOutput.contains("--allow-lockout"))
            #expect(session.carries())
            try weir.run("apply", ["--yes", "--allow-lockout", "--allow-unjudged", file]).succeeded()
            #expect(!session.carries(within: 0.3))
        }
    }
}
