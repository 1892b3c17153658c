import TestSupport
import Testing

/// Somebody attacks the host: who has merely connected is nobody to look after, and blinds nobody.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .ssh))
struct BotTests {
    /// A host, one who is logged in, and another one with many connections that have not got further.
    private final class Attack {
        let lab = Lab()
        let host: Host
        let admin: Host
        let bot: Host
        let server: SSHServer
        let weir: Weir
        private let bots: KeptProcess
        private let guesser: KeptProcess

        static let botAddress = "198.51.100.2"

        /// Half of the connections say nothing, the others what an ssh client says first; one gets as far as the question for a password.
        private static let script = """
            import socket, time
            bots = [socket.create_connection(("198.51.100.1", 22)) for _ in range(60)]
            for bot in bots[::2]: bot.sendall(b"SSH-2.0-bot\\r\\n")
            for bot in bots: bot.recv(100)
            print("connected", flush=True)
            time.sleep(600)
            """

        init(_ weir: Weir) throws {
            self.weir = weir
            host = try lab.here("host")
            admin = try lab.host("admin")
            bot = try lab.host("bot")
            try lab.link(host.port("eth0", "192.0.2.1/24"), admin.port("eth0", "192.0.2.2/24"))
            try lab.link(host.port("eth1", "198.51.100.1/24"), bot.port("eth0", "198.51.100.2/24"))
            server = try SSHServer(
                on: host,
                .server(["0.0.0.0"]),
                port: 22,
                asksForPasswords: true,
                directory: weir.directory
            )
            bots = KeptProcess(try bot.start("python3", "-c", Self.script))
            try bots.process.waitForOutput(containing: "connected", timeout: 60)
            // The question is never answered.
            let question = "\(weir.directory)/question"
            try writeFile(Array("#!/bin/sh\ntouch \(question).asked\nexec sleep 600\n".utf8), to: question)
            try outputOf("chmod", "755", question)
            let guess = "ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@198.51.100.1 true"
            guesser = KeptProcess(
                try bot.start("sh", "-c", "SSH_ASKPASS=\(question) SSH_ASKPASS_REQUIRE=force exec \(guess)")
            )
            for _ in 0..<600 where readFile("\(question).asked") == nil { pause(milliseconds: 50) }
            try #require(readFile("\(question).asked") != nil)
        }

        /// Runs a command in a session of the one who is logged in.
        func run(_ words: [String]) throws -> ProcessResult {
            let command = ([Weir.program] + words).joined(separator: " ")
            return try admin.run("sh", "-c", "exec \(server.login(to: "192.0.2.1")) '\(command)'", timeout: 60)
        }
    }

    @Test func theyCanBeBlocked() throws {
        try withWeir { weir in
            let attack = try Attack(weir)
            let file = try weir.write("drop in saddr \(Attack.botAddress)\n")
            let apply = ["apply", "--yes", "--state-dir", weir.stateDirectory, file]
            // From a session, and from the console.
            let inside = try attack.run(apply)
            #expect(inside.status == 0, "\(inside.errorOutput)")
            #expect(try attack.bot.connect(to: "198.51.100.1", port: 22, timeout: 1) == .timedOut)
            try weir.run("revert", ["--yes"]).succeeded()
            let outside = try weir.run(apply)
            #expect(outside.status == 0, "\(outside.errorOutput)")
            #expect(try attack.run(["--version"]).status == 0)
        }
    }

    @Test func theyKeepNobodyFromHealing() throws {
        try withWeir { weir in
            let attack = try Attack(weir)
            let rules = "policy in drop\naccept in saddr 192.0.2.2 tcp dport ssh\n"
            try attack.run(["apply", "--yes", "--state-dir", weir.stateDirectory, weir.write(rules)]).succeeded()
            #expect(try attack.bot.connect(to: "198.51.100.1", port: 22, timeout: 1) == .timedOut)
            let watch = try weir.start(["watch", "--heal", "--state-dir", weir.stateDirectory])
            try watch.waitForOutput(containing: "Watching", timeout: 30)
            try outputOf("nft", "flush", "chain", "inet", "weir", "input")
            try outputOf("nft", "add", "chain", "inet weir input { policy accept; }")
            var isShut = false
            for _ in 0..<100 where !isShut {
                isShut = try attack.bot.connect(to: "198.51.100.1", port: 22, timeout: 1) == .timedOut
                if !isShut { pause(milliseconds: 200) }
            }
            let result = try watch.stop()
            #expect(isShut, "\(result.output)\(result.errorOutput)")
        }
    }

    /// The guards read the connections of ssh servers, however many others there are.
    @Test func thousandsOfOtherConnectionsBlindNobody() throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.here("host")
            let admin = try lab.host("admin")
            try lab.link(host.port("eth0", "192.0.2.1/24"), admin.port("eth0", "192.0.2.2/24"))
            let server = try SSHServer(on: host, .server(["0.0.0.0"]), port: 22, directory: weir.directory)
            // 20,100 connections, both ends of which are here, of a user who may do nothing.
            let script = """
                import encodings.idna, os, resource, socket, sys, time
                hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
                os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
                place = ("127.0.0.1", int(sys.argv[1]))
                listener = socket.create_server(place)
                ends = []
                for _ in range(6700):
                    ends += [socket.create_connection(place), listener.accept()[0]]
                print("connected", flush=True)
                time.sleep(600)
                """
            var crowd: [KeptProcess] = []
            for port in 8081...8083 { crowd.append(KeptProcess(try host.start("python3", "-c", script, "\(port)"))) }
            for part in crowd { try part.process.waitForOutput(containing: "connected", timeout: 120) }
            let counts = String(decoding: readFile("/proc/thread-self/net/sockstat") ?? [], as: UTF8.self)
            let count = counts.firstMatch(of: /TCP: inuse (\d+)/).flatMap { Int($0.1) } ?? 0
            #expect(count > 40_200)

            // Eight are logged in, whose sockets are anywhere among the others; Weir runs elsewhere.
            let login = "exec \(server.login(to: "192.0.2.1")) 'echo here; sleep 600'"
            var sessions: [KeptProcess] = []
            for _ in 1...8 { sessions.append(KeptProcess(try admin.start("sh", "-c", login))) }
            for session in sessions { try session.process.waitForOutput(containing: "here", timeout: 60) }
            let refused = try weir.run("apply", ["--yes", weir.write("drop in saddr 192.0.2.2\n")])
            #expect(refused.status == 25, "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains(" and 7 more would be cut"), "\(refused.errorOutput)")
            let made = try weir.run("apply", ["--yes", weir.write("drop in saddr 192.0.2.9\n")])
            #expect(made.status == 0 && !made.errorOutput.contains("not seen"), "\(made.errorOutput)")
        }
    }
}
