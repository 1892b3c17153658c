import TestSupport

/// All that the kernel has that Weir may touch, or must not, as the tools that everybody trusts print it.
struct KernelText: Equatable, Sendable {
    /// What is printed, by the command that prints it.
    let parts: [String]

    private static let commands = [
        ["nft", "--stateless", "list", "ruleset"],
        ["ip", "-N", "-details", "-4", "route", "show", "table", "all"],
        ["ip", "-N", "-details", "-6", "route", "show", "table", "all"],
        ["ip", "-N", "-details", "-4", "rule", "show"],
        ["ip", "-N", "-details", "-6", "rule", "show"],
    ]

    /// Reads everything, with the settings of these names.
    init(sysctls: [String] = []) throws {
        var parts: [String] = []
        for command in Self.commands {
            let output = try run(command).succeeded().output
            parts.append("# \(command.joined(separator: " "))\n\(Self.withoutLifetimes(output))")
        }
        for name in sysctls {
            let bytes = readFile("/proc/sys/\(name.split(separator: ".").joined(separator: "/"))") ?? []
            parts.append("# \(name)\n\(String(decoding: bytes, as: UTF8.self))")
        }
        self.parts = parts
    }

    /// One text of it all.
    var text: String { parts.joined(separator: "\n") }

    /// The text without the tables of iptables, as long as nothing is in them: it never removes them.
    var withoutEmptyTables: String {
        var text = text
        let pattern =
            /table ip6? (filter|nat|mangle|raw) \{\n(\tchain [A-Z]+ \{\n\t\ttype [^\n]* policy accept;\n\t\}\n\n?)*\}\n/
        text.replace(pattern, with: "")
        return text
    }

    /// The remaining lifetime of an IPv6 route counts down while nobody does anything.
    private static func withoutLifetimes(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                let words = line.split(separator: " ", omittingEmptySubsequences: false)
                guard let index = words.firstIndex(of: "expires"), index + 1 < words.count else { return String(line) }
                return (words[..<index] + words[(index + 2)...]).joined(separator: " ")
            }
            .joined(separator: "\n")
    }
}
