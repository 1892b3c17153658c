import TestSupport
import Testing

/// What a person at a terminal sees of something that takes long.
struct ProgressTests {
    private func withPipe(_ body: (_ weir: Weir, _ path: String) throws -> Void) throws {
        try withWeir { weir in
            let path = "\(weir.directory)/slow.weir"
            try outputOf("mkfifo", path)
            try body(weir, path)
        }
    }

    @Test func aLineSaysWhatIsDoneAndGoesAway() throws {
        try withPipe { weir, path in
            var terminal = try TerminalProcess(["env", "TERM=xterm", Weir.program, "check", path])
            try terminal.waitForOutput(containing: "weir: reading the rules, 2 s")
            try terminal.waitForOutput(containing: "\r\u{1b}[Kweir: reading the rules, 3 s")
            try outputOf("sh", "-c", "echo 'drop in udp dport 7' >\(path)")
            #expect(try terminal.waitForEnd() == 0)
            // Nothing is left of it in the row where the answer stands.
            #expect(terminal.output.hasSuffix(" s\r\u{1b}[K\(path): ok\r\n"), "\(terminal.output.debugDescription)")
        }
    }

    @Test(arguments: ["dumb", "xterm"])
    func nobodyElseGetsIt(terminal: String) throws {
        try withPipe { weir, path in
            let script = "(sleep 3; echo 'drop in udp dport 7' >\(path)) & exec \(Weir.program) check \(path)"
            if terminal == "dumb" {
                var process = try TerminalProcess(["env", "TERM=dumb", "sh", "-c", script])
                #expect(try process.waitForEnd() == 0)
                #expect(!process.output.contains("reading the rules"))
            } else {
                let result = try run(["sh", "-c", script], environment: ["TERM": "xterm"])
                #expect(try result.succeeded().errorOutput.isEmpty)
                #expect(!result.output.contains("reading"))
            }
        }
    }
}
