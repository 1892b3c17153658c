import Glibc
import TestSupport
import Testing

/// Somebody changes the rules of a far host over ssh, with rules that let nobody in.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .ssh))
struct LockoutTests {
    @Test func theSessionComesBack() throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.here("host")
            let admin = try lab.host("admin")
            try lab.link(host.port("eth0", "192.0.2.1/24"), admin.port("eth0", "192.0.2.2/24"))
            let server = try SSHServer(on: host, .server(["192.0.2.1"]), directory: weir.directory)
            let login = try server.loginScript(to: "192.0.2.1")
            try weir.apply(rules: "policy in drop\naccept in tcp dport 2222\n")
            let before = try rules()

            let cut = try weir.write("policy in drop\npolicy out drop\n", to: "cut.weir")
            let refused = try admin.run(
                "sh",
                login,
                "\(Weir.program) apply --state-dir \(weir.stateDirectory) --yes --confirm 5s \(cut)"
            )
            #expect(refused.status == 25 && refused.errorOutput.contains("your ssh session from 192.0.2.2:"))
            #expect(try rules() == before)
            let words = ["--state-dir", weir.stateDirectory, "--yes", "--confirm", "5s", cut, "--allow-lockout"]
            let script = "\(Weir.program) apply \(words.joined(separator: " ")); echo status $?; seq 1 3; echo end"
            let session = try admin.start("sh", login, script)
            // How to confirm it is said before it is done.
            try session.waitForOutput(containing: "ssh -p 2222 192.0.2.1 weir confirm 2", timeout: 30)

            // The change is made: the session is frozen, and nobody else gets in.
            while try rules() == before { pause(milliseconds: 10) }
            let heard = session.standardOutput.count
            #expect(try admin.connect(to: "192.0.2.1", port: 2222, timeout: 1) == .timedOut)
            #expect(session.standardOutput.count == heard && session.isRunning)
            #expect(!String(decoding: session.standardOutput, as: UTF8.self).contains("status"))

            // Then it is rolled back, and the session goes on as if nothing had been.
            let result = try session.finish(timeout: 60).succeeded()
            #expect(result.output.hasSuffix("status 0\n1\n2\n3\nend\n"))
            #expect(try rules() == before)
            let again = try admin.run(
                "sh",
                login,
                "\(Weir.program) confirm 2 --state-dir \(weir.stateDirectory)"
            )
            #expect(again.status == 22 && again.output.contains("because it was not confirmed in time"))
        }
    }

    /// A new session confirms what lets it in.
    @Test func aNewSessionConfirms() throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.here("host")
            let admin = try lab.host("admin")
            try lab.link(host.port("eth0", "192.0.2.1/24"), admin.port("eth0", "192.0.2.2/24"))
            let server = try SSHServer(on: host, .server(["192.0.2.1"]), directory: weir.directory)
            let login = try server.loginScript(to: "192.0.2.1")
            let file = try weir.write("policy in drop\naccept in ct state established\naccept in tcp dport 2222\n")
            let state = "--state-dir \(weir.stateDirectory)"
            let apply = "\(Weir.program) apply --yes --confirm 1h \(state) \(file)"
            try admin.run("sh", login, apply).succeeded()
            try admin.run("sh", login, "\(Weir.program) confirm 1 \(state)").succeeded()
            #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
        }
    }

    private func rules() throws -> String {
        try outputOf("nft", "--stateless", "list", "ruleset")
    }
}
