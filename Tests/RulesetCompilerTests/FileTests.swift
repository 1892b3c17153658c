import Diagnostics
import Glibc
import NetworkTypes
import RulesetModel
import SystemPackage
import TestSupport
import Testing

@testable import RulesetCompiler

/// Files in memory that know how often they were asked for.
private final class CountingLoader: FileLoader {
    private let files: MemoryFileLoader
    private(set) var reads: [FilePath] = []
    /// How often something was asked that makes no read.
    private(set) var questions = 0

    init(_ files: MemoryFileLoader) {
        self.files = files
    }

    func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        reads.append(path)
        return try files.read(path, limit: limit)
    }

    func identity(ofNamed path: FilePath) throws(FileError) -> FileIdentity {
        questions += 1
        return try files.identity(ofNamed: path)
    }

    func read(named path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        try read(path, limit: limit)
    }

    func names(in directory: FilePath) throws(FileError) -> [String] {
        questions += 1
        return try files.names(in: directory)
    }
}

@Suite struct FileTests {
    // MARK: Includes

    @Test func includedStatementsStandInThePlaceOfTheInclude() {
        let text = meaning(
            "drop in tcp dport 1\ninclude \"rules.d/*.weir\"\ndrop in tcp dport 4\n",
            files: [
                "rules.d/20.weir": "drop in tcp dport 3\n",
                "rules.d/10.weir": "include \"../first\"\n",
                "rules.d/.hidden.weir": "drop in tcp dport 9\n",
                "rules.d/notes.txt": "no rules\n",
                "first": "drop in tcp dport 2\n",
            ]
        )
        expectSameText(text, (1...4).map { "drop in tcp dport \($0)\n" }.joined())
    }

    @Test func aPatternThatFitsNoFileIncludesNothingAndIsWarnedOf() {
        let loader = MemoryFileLoader(["rules.d/readme": ""])
        let result = RuleFileCompiler.compile(text: "include \"rules.d/*.weir\"\n", loader: loader)
        #expect(result.ruleset?.description == "")
        #expect(result.diagnostics.diagnostics.map(\.code) == [.patternWithoutFile])
        #expect(result.diagnostics.diagnostics.map(\.severity) == [.warning])
    }

    @Test func namesOfAllFilesAreKnownEverywhere() {
        let text = meaning(
            "drop in on $wan\ninclude \"names.weir\"\nlet wan = $outside\n",
            files: ["names.weir": "let outside = eth0\naccept in on $wan tcp dport 22\n"]
        )
        expectSameText(text, "drop in on eth0\naccept in on eth0 tcp dport 22\n")
    }

    @Test func rulesAreLocatedInTheFileThatHoldsThem() throws {
        let result = RuleFileCompiler.compile(
            text: "\ninclude \"d/a.weir\"\nin { drop tcp dport 2 }\n",
            path: "etc/main.weir",
            loader: MemoryFileLoader(["etc/d/a.weir": "\n\ndrop in tcp dport 1\n"])
        )
        let provenance = result.provenance
        #expect(try #require(result.ruleset).rules.count == 2)
        #expect(provenance.rules.map { result.sources.location(of: $0) } == ["etc/d/a.weir:3", "etc/main.weir:3"])
        #expect(provenance.rules.map { result.sources.text($0) } == ["drop in tcp dport 1", "drop tcp dport 2"])
    }

    @Test func everyPartOfARulesetIsLocated() throws {
        let result = RuleFileCompiler.compile(
            text: """
                set b: port { 1 }
                set a: port { 2 }
                chain z { drop tcp dport @b ; accept }
                chain y hook input priority 1 { drop tcp dport @a }
                policy in drop
                table t = 7
                route 10.2.0.0/16 dev eth0 table t
                route 10.1.0.0/16 dev eth0
                rule from 10.1.0.0/16 lookup t priority 20
                rule from 10.1.0.0/16 lookup t priority 10
                sysctl net.ipv4.ip_forward = 1
                jump z in
                """
        )
        let ruleset = try #require(result.ruleset)
        let provenance = result.provenance
        func lines(_ ranges: [SourceRange]) -> [Int] { ranges.map { result.sources.files[0].line(at: $0.start) } }
        #expect(ruleset.sets.map(\.name) == ["a", "b"])
        #expect(lines(provenance.sets) == [2, 1])
        #expect(lines(provenance.chains.map(\.name)) == [4, 3])
        #expect(lines(provenance.chains.flatMap(\.rules)) == [4, 3, 3])
        // Routes are in the order of their tables.
        #expect(lines(provenance.routes) == [7, 8])
        #expect(lines(provenance.routingRules) == [10, 9])
        #expect(lines(provenance.routingTables) == [6])
        #expect(lines(provenance.sysctls) == [11])
        #expect(provenance.policies[.input].map { lines([$0]) } == [5])
        #expect(lines(provenance.rules) == [12])
    }

    // MARK: The system's files

    @Test func filesOfTheSystemAreReadBesideTheRuleFile() throws {
        try withTemporaryDirectory { directory in
            try writeFile(Array("include \"d/*.weir\"\n".utf8), to: "\(directory)/main.weir")
            try writeFile(
                Array("set s: address from \"../list\"\ndrop in saddr @s\n".utf8),
                to: "\(directory)/d/a.weir"
            )
            try writeFile(Array("10.0.0.1\n".utf8), to: "\(directory)/list")
            let result = try RuleFileCompiler.compile(path: FilePath("\(directory)/main.weir"))
            expectSameText(
                try #require(result.ruleset).description,
                "set s: address { 10.0.0.1 }\n\ndrop in saddr @s\n"
            )
        }
    }

    @Test func aFileThatIncludesItselfByAnotherNameIsACircle() throws {
        try withTemporaryDirectory { directory in
            try writeFile(Array("include \"./d/../main.weir\"\n".utf8), to: "\(directory)/main.weir")
            try writeFile([], to: "\(directory)/d/other")
            let result = try RuleFileCompiler.compile(path: FilePath("\(directory)/main.weir"))
            #expect(result.diagnostics.diagnostics.map(\.code) == [.includeCycle])
        }
    }

    @Test func aRuleFileThatCannotBeReadIsAnError() {
        #expect(throws: FileError(path: "/nonexistent/rules.weir", errno: .noSuchFileOrDirectory)) {
            try RuleFileCompiler.compile(path: "/nonexistent/rules.weir")
        }
        #expect(throws: FileError(path: "/", errno: .isDirectory)) {
            try RuleFileCompiler.compile(path: "/")
        }
    }

    @Test func anEndlessFileIsReadUpToTheLimit() throws {
        #expect(try SystemFileLoader().read("/dev/zero", limit: 1 << 20).bytes.count == 1 << 20)
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["pipe", "d/*.weir", "/dev/zero"])
    func onlyRegularFilesAreIncluded(name: String) throws {
        try withTemporaryDirectory { directory in
            try writeFile([], to: "\(directory)/d/other")
            try #require(mkfifo("\(directory)/pipe", 0o600) == 0)
            try #require(mkfifo("\(directory)/d/a.weir", 0o600) == 0)
            for statement in ["include \"\(name)\"", "set s: port from \"\(name)\"\ndrop in tcp dport @s"] {
                guard !(statement.hasPrefix("set") && name.contains("*")) else { continue }
                try writeFile(Array("\(statement)\n".utf8), to: "\(directory)/main.weir")
                let result = try RuleFileCompiler.compile(path: FilePath("\(directory)/main.weir"))
                #expect(result.diagnostics.diagnostics.map(\.code) == [.unreadableFile])
                #expect(result.diagnostics.diagnostics.first?.message.hasSuffix("it is not a regular file") == true)
            }
        }
    }

    @Test func aFileThatIsIncludedAgainIsNotReadAgain() {
        let loader = CountingLoader(MemoryFileLoader(["a": "drop in tcp dport 1\n", "list": "1\n2\n"]))
        let includes = String(repeating: "include \"a\"\n", count: 50)
        let sets = (1...50).map { "set s\($0): port from \"list\"\ndrop in tcp dport @s\($0)\n" }.joined()
        let result = RuleFileCompiler.compile(text: includes + sets, loader: loader)
        #expect(result.ruleset?.sets.count == 50)
        #expect(loader.reads.map(\.string).sorted() == ["a", "list"])
    }

    @Test func everyAttemptToIncludeCounts() {
        let missing = String(repeating: "include \"missing\"\n", count: 3000)
        let loader = CountingLoader(MemoryFileLoader(["a/b": ""]))
        let result = RuleFileCompiler.compile(text: missing, loader: loader)
        #expect(loader.questions == 1023)
        #expect(result.diagnostics.hasErrors)
        let patterns = CountingLoader(MemoryFileLoader(["a/b": ""]))
        let text = String(repeating: "include \"a/*.weir\"\n", count: 3000)
        let codes = RuleFileCompiler.compile(text: text, loader: patterns).diagnostics.diagnostics.map(\.code)
        #expect(patterns.questions == 1023)
        #expect(codes.filter { $0 == .tooManyFiles }.count == 1)
    }

    // MARK: Patterns

    @Test(arguments: [
        ("*.weir", "a.weir", true), ("*.weir", ".weir", false), ("*.weir", "a.weir~", false), ("*", "", true),
        ("a?c", "abc", true), ("a?c", "ac", false), ("[a-c]*", "b", true), ("[!a-c]*", "b", false), ("[^a]", "b", true),
        ("[]]", "]", true), ("[a", "[a", true), (".*", ".hidden", true), ("*a*b*", "xxaxxbxx", true),
        ("*a*b", "ab-", false),
        ("**", "any", true), ("[a-", "[a-", true), ("[z-a]", "z", false), ("10-*", "10-names", true),
    ])
    func aPatternFitsNames(pattern: String, name: String, isMatch: Bool) {
        #expect(GlobPattern(pattern).matches(name) == isMatch)
    }

    @Test func aPatternOfManyAsterisksTakesNoTime() {
        let pattern = String(repeating: "a*", count: 100) + "b"
        #expect(!GlobPattern(pattern).matches(String(repeating: "a", count: 4000)))
    }

    // MARK: Lists

    @Test func membersComeFromListsOfAnyShape() {
        let text = meaning(
            """
            set a: prefix from "addresses" { 203.0.113.9 }
            set b: port from "ports"
            set c: interface from "interfaces"
            set d: proto from "protocols"
            set e: mark from "marks"
            drop in on @c saddr @a tcp dport @b
            drop in proto @d
            """,
            files: [
                "addresses":
                    "\u{FEFF}# a comment\r\n\r\n  10.0.0.0/9\t; half\r\n10.128.0.0/9#other half\n192.0.2.1 - 192.0.2.9\n::1",
                "ports": "ssh\n80-90\n85-100\n",
                "interfaces": "wl*\neth0\n",
                "protocols": "gre\n6\n",
                "marks": "0x10\n17-20\n",
            ]
        )
        expectSameText(
            text,
            """
            set a: prefix { 10.0.0.0/8, 192.0.2.1-192.0.2.9, 203.0.113.9, ::1 }
            set b: port { 22, 80-100 }
            set c: interface { eth0, wl* }
            set d: proto { tcp, gre }
            set e: mark { 0x10-0x14 }

            drop in on @c saddr @a tcp dport @b
            drop in proto @d

            """
        )
    }

    @Test func aListOf200000PrefixesIsASet() throws {
        var list = "# many\n"
        for index in 0..<200_000 { list += "\((index >> 16) + 1).\(index >> 8 & 255).\(index & 255).0/24\n" }
        let result = RuleFileCompiler.compile(
            text: "set s: prefix from \"list\"\ndrop in saddr @s\n",
            loader: MemoryFileLoader(["list": list])
        )
        #expect(result.diagnostics.diagnostics.isEmpty)
        guard case .prefixes(let members)? = result.ruleset?.sets.first?.contents else {
            Issue.record("no set of prefixes")
            return
        }
        // Consecutive prefixes are one range.
        #expect(members.ipv4.intervals.count == 1)
    }

    // MARK: Names

    @Test func variablesStandForValuesListsAndMatches() {
        let text = meaning(
            """
            let hosts = { $first, 10.0.0.2 }
            let first = 10.0.0.1
            let web = tcp dport $ports
            let ports = { http, 443 }
            let outside = ! $lan
            let lan = { eth1, eth2 }
            let rate = 10/second
            let same = $web
            let from-hosts = saddr $hosts $web
            accept in on $outside $from-hosts
            accept in on ! $outside $same limit $rate
            route $everywhere via 10.0.0.1 dev $link
            let everywhere = default
            let link = eth0
            """
        )
        expectSameText(
            text,
            """
            accept in on ! { eth1, eth2 } saddr { 10.0.0.1, 10.0.0.2 } tcp dport { 80, 443 }
            accept in on { eth1, eth2 } tcp dport { 80, 443 } limit 10/second

            route default via 10.0.0.1 dev eth0

            """
        )
    }

    @Test func routingRulesWithoutAPriorityGetFreeOnes() {
        let text = meaning(
            """
            rule from 10.0.0.0/8 lookup 7
            rule ip lookup 8 priority 10001
            rule fwmark 0x1 lookup 9
            rule ip6 lookup 10
            """
        )
        expectSameText(
            text,
            """
            rule from 10.0.0.0/8 lookup 7 priority 10000
            rule ip lookup 8 priority 10001
            rule ip fwmark 0x1 lookup 9 priority 10002
            rule ip6 fwmark 0x1 lookup 9 priority 10002
            rule ip6 lookup 10 priority 10003

            """
        )
    }

    @Test func aRouteStatementMayHaveSeveralDestinations() {
        let text = meaning(
            "let nets = { 10.1.0.0/16, 10.2.0.0/16 }\nroute $nets via 10.0.0.1\nroute ip6 default dev eth0\n"
        )
        expectSameText(
            text,
            "route 10.1.0.0/16 via 10.0.0.1\nroute 10.2.0.0/16 via 10.0.0.1\nroute ::/0 dev eth0\n"
        )
    }
}
