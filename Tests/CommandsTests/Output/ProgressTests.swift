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

    /// Neither a terminal that cannot take a line away, nor a pager, nor a file.
    @Test(arguments: [
        "TERM=dumb \(Weir.program) check F", "TERM=xterm \(Weir.program) check F | cat",
        "TERM=xterm \(Weir.program) check F 2>&1 | cat",
    ])
    func nobodyElseGetsIt(command: String) throws {
        try withPipe { weir, path in
            let writer = "(sleep 3; echo 'drop in udp dport 7' >\(path)) &"
            var terminal = try TerminalProcess(["sh", "-c", "\(writer) \(command.replacing("F", with: path))"])
            #expect(try terminal.waitForEnd() == 0)
            #expect(!terminal.output.contains("reading the rules"))
            if command.hasPrefix("TERM=dumb") { #expect(terminal.output.contains("\(path): ok")) }
        }
    }
}
