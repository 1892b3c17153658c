import Glibc
import TestSupport
import Testing

/// Files that are made to fill the memory: small memory, or a clear error. `make hostile` measures more of them with the release build.
struct HostileInputTests {
    struct Input: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the program says.
        let code: String
        /// Writes the files, with `r.weir` among them.
        let write: @Sendable (String) throws -> Void
    }

    /// A list of small numbers.
    private static func numbers(_ count: Int) -> String {
        "{" + (0..<count).map { "10.\($0 >> 14).\($0 >> 7 & 127).\(($0 & 127) * 2)" }.joined(separator: ",") + "}"
    }

    private static func text(_ name: String, _ code: String, _ text: @escaping @Sendable () -> String) -> Input {
        Input(testDescription: name, code: code) { try writeFile(Array(text().utf8), to: "\($0)/r.weir") }
    }

    static let inputs = [
        Input(testDescription: "20 lists of 60 MiB of NUL bytes", code: "E001") { directory in
            for number in 0..<20 { try makeSparseFile("\(directory)/l\(number)", size: 60 << 20) }
            let sets = (0..<20).map { "set s\($0): address from \"l\($0)\"\n" }.joined()
            try writeFile(Array(sets.utf8), to: "\(directory)/r.weir")
        },
        Input(testDescription: "100 included files of 1 MiB", code: "E001") { directory in
            // The file system keeps one; each name is a file of its own.
            let file = [UInt8(ascii: "#")] + [UInt8](repeating: UInt8(ascii: "\n"), count: 1 << 20)
            for number in 0..<100 { try writeFile(file, to: "\(directory)/f\(number).weir") }
            try writeFile(Array("include \"f*.weir\"\n".utf8), to: "\(directory)/r.weir")
        },
        text("a circle of 20,000 variables", "E052") {
            (0..<20_000).map { "let v\($0) = $v\(($0 + 1) % 20_000)\n" }.joined()
        },
        text("20,000 circles of variables", "E052") {
            (0..<20_000).map { "let v\($0) = { $v\(($0 + 1) % 20_000), $v0 }\n" }.joined()
        },
        text("20,000 circles of chains", "E158") {
            (0..<20_000).map { "chain c\($0) { jump c\(($0 + 1) % 20_000); jump c0 }\n" }.joined()
        },
        text("a list of 20,000 values in 400 rules", "E036") {
            "let a = \(numbers(20_000))\n" + String(repeating: "drop in saddr $a\n", count: 400)
        },
        text("a list of 20,000 values in 8 blocks around 100 rules", "E036") {
            "let a = \(numbers(20_000))\n" + String(repeating: "in daddr $a {\n", count: 8)
                + (1...100).map { "drop tcp dport \($0)\n" }.joined() + String(repeating: "}\n", count: 8)
        },
        text("20 lists that name a list of 20,000 values 20 times each", "E036") {
            "let a = \(numbers(20_000))\n"
                + (0..<20).map { "let b\($0) = {" + Array(repeating: "$a", count: 20).joined(separator: ",") + "}\n" }
                .joined()
                + (0..<20).map { "drop in saddr $b\($0)\n" }.joined()
        },
        Input(testDescription: "2 included files of 600,000 values", code: "E036") { directory in
            let values = "{" + String(repeating: "1,", count: 599_999) + "1}\n"
            for name in ["a", "b"] {
                try writeFile(Array("let \(name) = \(values)".utf8), to: "\(directory)/\(name).weir")
            }
            try writeFile(Array("include \"a.weir\"\ninclude \"b.weir\"\n".utf8), to: "\(directory)/r.weir")
        },
        Input(testDescription: "21 sets from a list of 100,000 addresses", code: "E036") { directory in
            let list = numbers(100_000).dropFirst().dropLast().replacing(",", with: "\n")
            try writeFile(Array(list.utf8), to: "\(directory)/l")
            let sets = (0..<21).map { "set s\($0): address from \"l\"\n" }.joined()
            try writeFile(Array(sets.utf8), to: "\(directory)/r.weir")
        },
        text("a rule of 2,100,000 matches", "E036") { "drop in " + String(repeating: "mark 1 ", count: 2_100_000) },
    ]

    private static func makeSparseFile(_ path: String, size: Int) throws {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0 && ftruncate(descriptor, off_t(size)) == 0)
        close(descriptor)
    }

    /// A mebibyte of what is said is more than anybody reads.
    @Test(arguments: inputs) func takeLittleMemory(_ input: Input) throws {
        try withWeir { weir in
            try input.write(weir.directory)
            let (result, peak) = try measured([Weir.program, "check", "r.weir"], directory: weir.directory)
            #expect(result.status == 65, "\(result.errorOutput.prefix(500))")
            #expect(result.errorOutput.contains("error[\(input.code)]"), "\(result.errorOutput.prefix(500))")
            #expect(result.standardError.count < 100_000)
            #expect(peak < 512 << 10, "\(peak) KiB")
        }
    }

    /// What is in a model takes far more memory than its text.
    @Test func aModelOfTooManyValuesIsRefused() throws {
        try withWeir { weir in
            let text = "[" + String(repeating: "[],", count: 7_000_000) + "[]]"
            try weir.write(text, to: "m.json")
            let (result, peak) = try measured([Weir.program, "check", "m.json"], directory: weir.directory)
            #expect(result.status == 65 && result.errorOutput.contains("the model is too large"))
            #expect(peak < 256 << 10, "\(peak) KiB")
        }
    }

    /// Runs a program and finds out how much memory it had at most, in KiB. A program of its own starts it: what a process had counts that
    /// shared its memory when it began.
    private func measured(
        _ command: [String],
        directory: String
    ) throws -> (result: ProcessResult, peak: Int) {
        let script = """
            import os, sys
            child = os.fork()
            if child == 0: os.execv(sys.argv[1], sys.argv[1:])
            _, status, usage = os.wait4(child, 0)
            open("peak", "w").write(str(usage.ru_maxrss))
            sys.exit(os.waitstatus_to_exitcode(status))
            """
        let result = try run(["python3", "-c", script] + command, directory: directory, timeout: 300)
        let peak = String(decoding: readFile("\(directory)/peak") ?? [], as: UTF8.self)
        return (result, try #require(Int(peak)))
    }
}
