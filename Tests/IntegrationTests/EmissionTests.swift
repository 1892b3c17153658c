import TestSupport
import Testing

/// What `emit` says in other tools' words does what `apply` does.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables, .ipset, .sysctl))
struct EmissionTests {
    /// Three ways into the kernel lead to the same rules: netlink, what `emit` says to nft, and what nft lists.
    @Test(arguments: RuleFile.all)
    func isTheSameByEveryWay(_ rules: RuleFile) throws {
        try makeCorpusLinks()
        try withWeir { weir in
            @Sendable func content() throws -> [String] {
                [
                    try outputOf("nft", "--stateless", "list", "ruleset"),
                    try weir.run(["show", "--bytecode"]).succeeded().output,
                ]
            }
            func loaded(_ script: String) throws -> [String] {
                let other = try NamespaceThread()
                return try other.perform { () throws in
                    try outputOf("nft", "-f", "-", input: script)
                    return try content()
                }
            }
            try weir.apply(rules.file)
            let own = try content()
            let emitted = try loaded(weir.emit(rules.file, as: "nft"))
            expectSameText(emitted[0], own[0], "emitted for nft, the listing")
            expectSameText(emitted[1], own[1], "emitted for nft, the bytes")
            // nft has bytes of its own for some prefixes, but lists them as it lists Weir's (docs/kernel-layout.md).
            expectSameText(try loaded(own[0])[0], own[0], "as nft lists it")
        }
    }

    /// What reads a format, and the arguments that it wants of `emit`.
    private static func programs(_ format: String) -> [(family: [String], program: [String])] {
        switch format {
        case "nft": [([], ["nft", "-f", "-"])]
        case "ipset": [([], ["ipset", "restore"])]
        case "iptables-restore":
            [
                (["--family", "ipv4"], ["iptables-restore", "--noflush"]),
                (["--family", "ipv6"], ["ip6tables-restore", "--noflush"]),
            ]
        default: [([], ["sh", "-eu"])]
        }
    }

    /// What Weir says to iptables, ip6tables, ipset and ip they do, and take back.
    @Test(arguments: RuleFile.all, [["iptables", "ip"], ["ipset", "iptables-restore", "ip"], ["nft", "ip"]])
    func otherToolsLoadAndUndo(_ rules: RuleFile, _ formats: [String]) throws {
        try makeCorpusLinks()
        try withWeir { weir in
            func load(_ format: String, undo: Bool) throws {
                for (family, program) in Self.programs(format) {
                    let words = ["emit", "--as", format] + family + (undo ? ["--undo"] : [])
                    let text = try weir.run(words + [rules.file]).succeeded().output
                    try run(program, input: Array(text.utf8), directory: weir.directory).succeeded()
                }
            }
            let before = try KernelText()
            for format in formats { try load(format, undo: false) }
            #expect(try KernelText() != before, "the commands do something")
            for format in formats.reversed() { try load(format, undo: true) }
            let after = try KernelText()
            // iptables leaves its own tables behind, empty.
            expectSameText(after.withoutEmptyTables, before.withoutEmptyTables)
        }
    }

    /// A word of nft is a name like any other to Weir and the kernel; what is written for nft calls it otherwise.
    @Test func wordsOfNftAreNames() throws {
        try withWeir { weir in
            let rules = """
                chain dynamic { drop }
                set get: port { 25 }
                set counter: address { 192.0.2.1 }
                drop in tcp dport @get
                drop in saddr @counter
                jump dynamic in udp
                """
            let file = try weir.write(rules)
            let check = try weir.run(["check", file]).succeeded()
            #expect(check.errorOutput.contains("warning[W012]: 'dynamic' is a word of nft"), "\(check.errorOutput)")
            #expect(check.errorOutput.count(of: "W012") == 2, "a set of addresses is called otherwise in the kernel")
            try weir.apply(file)
            let again = try weir.run("plan", ["--exit-code", file])
            #expect(again.status == 0, "\(again.output)\(again.errorOutput)")
            let shown = try weir.run("show").succeeded().output
            #expect(shown.contains("chain dynamic {") && shown.contains("dport @get"), "\(shown)")
            let listing = try outputOf("nft", "list", "ruleset")
            #expect(listing.contains("chain dynamic {") && listing.contains("set get {"), "\(listing)")
            #expect(try run("nft", "-c", "-f", "-", input: listing).status != 0)

            let script = try weir.emit(file, as: "nft")
            #expect(script.contains("# The chain 'dynamic' is called 'dynamic_' here: "), "\(script)")
            try outputOf("nft", "-f", "-", input: script)
            try outputOf("nft", "-c", "-f", "-", input: try outputOf("nft", "list", "ruleset"))
            try weir.apply(file)

            let changed = try weir.write(rules + "\njump dynamic in tcp dport 9\n", to: "changed.weir")
            let change = try weir.run("plan", ["--as", "nft", changed])
            #expect(change.status == 65)
            #expect(change.errorOutput.contains("E180"), "\(change.errorOutput)")
            try weir.apply(changed)
        }
    }
}

extension String {
    /// How often a text is in this one.
    fileprivate func count(of text: String) -> Int {
        ranges(of: text).count
    }
}
