import TestSupport
import Testing

/// The tutorial is typed as it stands, in order and without a pause, and every command has to say what the tutorial shows.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .netcat))
struct TutorialTests {
    /// A command with what is shown below it.
    private struct Step {
        let line: Int
        let command: String
        var shown: [String] = []
    }

    @Test func everyCommandDoesWhatIsShown() throws {
        let steps = try Self.steps()
        #expect(steps.count > 50)
        var script = ["cd '\(packageDirectory)'", "set -m", "exec 2>&1", Self.waiting]
        var conditions = Self.conditions
        for (number, step) in steps.enumerated() {
            script.append("echo; echo '<<\(number)>>'")
            if let condition = conditions.first, step.command.hasPrefix(condition.step) {
                script.append("wait_until '\(condition.holds)'")
                conditions.removeFirst()
            }
            // What was built for the tests stands where the tutorial has what `make build` built.
            script.append(step.command.replacing("\"$PWD/.build/release/weir\"", with: "'\(Weir.program)'"))
        }
        #expect(conditions.isEmpty, "the tutorial has no step '\(conditions.first?.step ?? "")'")
        script.append("echo; echo '<<end>>'")
        let result = try run(
            ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash"],
            input: Array((script.joined(separator: "\n") + "\n").utf8),
            environment: ["SSH_CONNECTION": nil],
            timeout: 300
        )
        let parts = result.output.split(separator: "\n<<", omittingEmptySubsequences: false)
        for (number, step) in steps.enumerated() {
            guard let part = parts.first(where: { $0.hasPrefix("\(number)>>") }) else {
                Issue.record("docs/tutorial.md:\(step.line): '\(step.command)' was not run")
                continue
            }
            let said = part.drop { $0 != "\n" }.split(separator: "\n").map(String.init).filter(Self.isOutput)
            expectSameText(
                said.map { Self.normalized($0) }.joined(separator: "\n"),
                Self.filled(step.shown, from: said).map { Self.normalized($0) }.joined(separator: "\n"),
                "docs/tutorial.md:\(step.line): \(step.command)"
            )
        }
    }

    /// What must hold before a step, in their order: beside other tests, what a person need not wait for may take its time.
    private static let conditions: [(step: String, holds: String)] = [
        ("sleep 1", "[ $(ip netns exec net ss -Hltn | wc -l) -ge 3 ]"),
        ("sleep 1", "[ $(ss -Hltn sport = 25025 | wc -l) -ge 1 ]"),
        ("sleep 1", "grep -q listening /run/tcpdump.log && [ $(ss -Hltn sport = 27664 | wc -l) -ge 1 ]"),
        ("kill -INT", #"tcpdump -nr /run/homework.pcap 2>&1 | grep -q "Hello, port 21""#),
        ("sleep 9", "weir history | tail -n 1 | grep -q \"rolled back\""),
    ]

    /// A command that waits until another one succeeds, half a minute at most.
    private static let waiting = """
        wait_until() { for _ in {1..300}; do eval "$1" && return; sleep 0.1; done; echo "waited in vain for: $1"; }
        """

    /// The commands of the blocks that are to be typed at the tutorial's own prompt.
    private static func steps() throws -> [Step] {
        let bytes = try #require(readFile("\(packageDirectory)/docs/tutorial.md"))
        var steps: [Step] = []
        var isInside = false
        var isTyped = false
        var quoted: [Substring] = []
        for (index, line) in String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        {
            guard !line.hasPrefix("```") else {
                isInside.toggle()
                isTyped = false
                continue
            }
            guard isInside else { continue }
            if line.hasPrefix("# "), quoted.first != line {
                isTyped = true
                steps.append(Step(line: index + 1, command: String(line.dropFirst(2))))
                // A file's own comments look like commands.
                let file = line.dropFirst("# cat ".count)
                quoted = []
                if line.hasPrefix("# cat rules/"), let text = readFile("\(packageDirectory)/\(file)") {
                    quoted = String(decoding: text, as: UTF8.self).split(separator: "\n").map { Substring($0) }
                }
            } else if isTyped {
                steps[steps.count - 1].shown.append(String(line))
                if quoted.first == line { quoted.removeFirst() }
            }
        }
        return steps
    }

    /// Whether a line is the command's own, and not what the shell says of its jobs.
    private static func isOutput(_ line: String) -> Bool {
        !line.isEmpty && !line.hasPrefix("reading from file")
            && line.firstMatch(of: /^\[[0-9]+\][+-]?\s|^bash: line [0-9]+: +[0-9]+\s/) == nil
    }

    /// What is shown, where `...` stands for what was said there.
    private static func filled(_ shown: [String], from said: [String]) -> [String] {
        shown.enumerated().map { index, line in
            let parts = line.split(separator: "...", omittingEmptySubsequences: false)
            guard parts.count == 2, said.indices.contains(index), let start = parts.first, let end = parts.last,
                normalized(said[index]).hasPrefix(normalized(String(start)).trimmingEnd),
                said[index].hasSuffix(end.drop { $0 == " " })
            else { return line }
            return said[index]
        }
    }

    /// A line without what is another one each time: dates, times, numbers of segments and ports, and counts of packets.
    private static func normalized(_ line: String) -> String {
        var line = line.trimmingEnd
        line.replace(/[0-9]{4}-[0-9]{2}-[0-9]{2}\s/, with: "")
        line.replace(/[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?/, with: "TIME")
        line.replace(/(seq|ack|win) [0-9]+/, with: "N")
        line.replace(/192\.0\.2\.1\.[0-9]+/, with: "192.0.2.1.PORT")
        line.replace(/[0-9]+ packets, [0-9]+ bytes|packets [0-9]+ bytes [0-9]+/, with: "PACKETS")
        line.replace(/proto weir|proto 172/, with: "proto 172")
        return line
    }
}

extension String {
    /// The text without blanks at its end.
    fileprivate var trimmingEnd: String {
        String(self.reversed().drop { $0 == " " }.reversed())
    }
}
