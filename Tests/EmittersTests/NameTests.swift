import Diagnostics
import Emitters
import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel
import TestSupport
import Testing

/// Names of chains and sets that nft, iptables or ipset do not take.
@Suite(.freshNetworkNamespace, .requires(.nft, .iptables, .ip6tables, .iptablesRestore, .ip6tablesRestore))
struct NameTests {
    @Test func nftRefusesTheWordsThatItIsKnownToKeepForItself() throws {
        // What only later versions keep for themselves this one takes.
        let isFirst = try outputOf("nft", "--version").contains(" v1.0.6 ")
        let refused = NftWords.all.union(isFirst ? [] : NftWords.later)
        for word in refused.sorted() {
            for declaration in ["set \(word) { type inet_service; }", "chain \(word) { }"] {
                let answer = try run("nft", "-c", "-f", "-", input: "table inet t { \(declaration); }\n")
                #expect(answer.status != 0, "\(declaration)")
            }
            #expect(NftWords.reservesChain(word) && NftWords.reservesSet(word))
        }
        for word in NftWords.headers {
            let lookup = "set \(word) { type inet_service; }; chain c { tcp dport @\(word) accept; }"
            #expect(try run("nft", "-c", "-f", "-", input: "table inet t { \(lookup); }\n").status != 0, "\(word)")
            #expect(NftWords.reservesSet(word) && !NftWords.reservesChain(word))
        }
        let rest = Set(NftScannerWords.inPlaces + ["last"]).union(NftWords.headers).subtracting(refused)
        let taken = rest.union(isFirst ? NftWords.later : []).sorted()
        var table = "table inet t {\n"
        for word in taken {
            table += "\tset \(word) {\n\t\ttype inet_service\n\t}\n\tchain \(word) {\n\t}\n"
            let isHeader = NftWords.headers.contains(word)
            let lookup = isHeader ? "" : "\t\ttcp dport @\(word) counter accept\n"
            table += "\tchain rules-\(word) {\n\t\ttcp dport 22 counter jump \(word)\n\(lookup)\t}\n"
            #expect(NftWords.reservesChain(word) == NftWords.later.contains(word), "\(word)")
        }
        try outputOf("nft", "-c", "-f", "-", input: table + "}\n")
        #expect(taken.count > 150)
    }

    @Test func nftReadsAScriptWithWordsOfItsOwn() throws {
        let words = (NftWords.all.union(NftWords.later).union(NftWords.headers)).sorted()
        var ruleset = Ruleset()
        // Another chain has the first name that comes to mind.
        ruleset.chains = [Chain(name: "counter_", rules: [Rule(action: .accept)])]
        for word in words {
            ruleset.chains.append(Chain(name: word, rules: [Rule(action: .drop)]))
            ruleset.sets.append(NamedSet(name: word, contents: .ports(IntervalSet([25] as [UInt16]))))
            ruleset.rules.append(
                Rule(
                    direction: .input,
                    matches: [tcp, .destinationPort(Membership(.namedSet(word)))],
                    action: .jump(word)
                )
            )
        }
        ruleset = ruleset.normalized()
        let text = try emitted(ruleset, as: .nft)
        #expect(text.contains("# The chain 'counter' is called 'counter__' here: nft keeps the word for itself.\n"))
        #expect(text.contains("# The set 'counter' is called 'counter_' here: nft keeps the word for itself.\n"))
        #expect(text.contains("# The set 'nh' is called 'nh_' here: nft keeps the word for itself.\n"))
        #expect(!text.contains("# The chain 'nh'"))
        try outputOf("nft", "-f", "-", input: text)

        // But for the names, the kernel has what Weir would make.
        var kernel = try KernelConnection()
        let theirs = try #require(try kernel.readFirewall().firewall)
        let ours = try #require(try lower(ruleset).state.firewall)
        func stripped(_ names: [String]) -> [String] {
            names.map { name in String(name.reversed().drop { $0 == "_" }.reversed()) }.sorted()
        }
        #expect(stripped(theirs.chains.map(\.name)) == stripped(ours.chains.map(\.name)))
        #expect(stripped(theirs.sets.map(\.name)) == stripped(ours.sets.map(\.name)))
        #expect(Set(theirs.chains.map(\.name)).isDisjoint(with: NftWords.all))
        #expect(theirs.chains.map(\.rules.count).sorted() == ours.chains.map(\.rules.count).sorted())

        // The kernel itself keeps any name.
        try outputOf("nft", "delete", "table", "inet", "weir")
        let changes = difference(desired: DesiredState(firewall: ours), observed: try kernel.readState()).changes
        var transaction = try FirewallTransaction(try #require(changes.firewall))
        try kernel.commit(&transaction, ifGeneration: try kernel.readGeneration())
        let listing = try outputOf("nft", "list", "ruleset")
        #expect(listing.contains("chain counter {"))
        #expect(try run("nft", "-f", "-", input: listing).status != 0)
    }

    @Test func iptablesRefusesTheNamesThatItIsKnownToKeepForItself() throws {
        let targets = directoryContents("/usr/lib/x86_64-linux-gnu/xtables")
            .filter {
                $0.hasSuffix(".so") && ($0.hasPrefix("libxt_") || $0.hasPrefix("libipt_") || $0.hasPrefix("libip6t_"))
            }
            .compactMap { $0.dropLast(3).split(separator: "_", maxSplits: 1).last.map(String.init) }
        let chains = ["ACCEPT", "DROP", "RETURN", "QUEUE", "INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING"]
        #expect(targets.contains("MARK"))
        for name in Set(targets + chains).sorted() {
            // A built-in chain is one of some tables, a target one of the program.
            let tables = chains.contains(name) ? ["filter", "nat", "raw", "mangle"] : ["filter"]
            let isTaken = try ["iptables", "ip6tables"].allSatisfy { program in
                try tables.allSatisfy { table in
                    guard try run(program, "-t", table, "-N", name).status == 0 else { return false }
                    return try run(program, "-t", table, "-X", name).status == 0
                }
            }
            var ruleset = Ruleset()
            ruleset.chains = [Chain(name: name)]
            ruleset.rules = [Rule(direction: .input, action: .jump(name))]
            let isSaid = try emitted(ruleset, as: .iptables).contains("-j \(name)\n")
            #expect(isSaid == isTaken, "\(name)")
        }
    }

    @Test func namesThatAreTooLongForIptablesAreCutAndStayApart() throws {
        let long = String(repeating: "very-long-name.", count: 4)
        var ruleset = Ruleset()
        for name in ["MARK", "MARK_", "standard", long, long + "x", String(repeating: "a", count: 28)] {
            ruleset.chains.append(Chain(name: name, rules: [Rule(action: .drop, comment: String(name.suffix(3)))]))
            ruleset.rules.append(Rule(direction: .input, matches: [tcp], action: .jump(name)))
        }
        for (index, name) in [long, long + "x", String(repeating: "a", count: 28), String(repeating: "a", count: 29)]
            .enumerated()
        {
            let addresses = AddressSet([try AddressRange("192.0.2.\(index)")])
            ruleset.sets.append(NamedSet(name: name, contents: .addresses(addresses)))
            ruleset.rules.append(
                Rule(direction: .input, matches: [.sourceAddress(Membership(.namedSet(name)))], action: .drop)
            )
        }
        ruleset = ruleset.normalized()

        let sets = try emitted(ruleset, as: .ipset)
        let names = sets.split(separator: "\n").filter { $0.hasPrefix("create ") }.map { $0.split(separator: " ")[1] }
        #expect(names.count == 4)
        #expect(Set(names).count == 4)
        #expect(names.allSatisfy { $0.utf8.count <= 31 })
        #expect(names.contains("\(String(repeating: "a", count: 28))-v4"))
        try outputOf("ipset", "restore", input: sets)
        let rules = try emitted(ruleset, as: .iptablesRestore)
        #expect(rules.contains("# The chain 'MARK' is called 'MARK__' here: "))
        try outputOf("iptables-restore", "--noflush", input: rules)
        try outputOf("ip6tables-restore", "--noflush", input: rules)
        let saved = try outputOf("iptables-save")
        #expect(saved.split(separator: "\n").filter { $0.hasPrefix("-A") && $0.hasSuffix("-j DROP") }.count == 10)
        #expect(saved.split(separator: "\n").filter { $0.hasPrefix(":") && $0.contains(" - ") }.count == 6)

        // The way back names the same.
        try outputOf("iptables-restore", "--noflush", input: try emitted(ruleset, as: .iptablesRestore, isUndo: true))
        try outputOf("ip6tables-restore", "--noflush", input: try emitted(ruleset, as: .iptablesRestore, isUndo: true))
        try outputOf("ipset", "restore", input: try emitted(ruleset, as: .ipset, isUndo: true))
        #expect(try outputOf("ipset", "list", "-n") == "")
        try outputOf("sh", input: try emitted(ruleset, as: .iptables))
        try outputOf("sh", input: try emitted(ruleset, as: .iptables, isUndo: true))
        #expect(try outputOf("ipset", "list", "-n") == "")
    }

    @Test func aChangeForNftSaysThatItCannotNameAWord() throws {
        var ruleset = Ruleset()
        ruleset.chains = [Chain(name: "dynamic", rules: [Rule(action: .drop)])]
        let lowered = try lower(ruleset)
        var diagnostics = DiagnosticBag()
        let changes = difference(desired: lowered.state, observed: ObservedState()).changes
        let text = emit(changes, observed: nil, lowered: lowered, of: ruleset, as: .nft, diagnostics: &diagnostics)
        #expect(text == nil)
        #expect(diagnostics.diagnostics.map(\.code) == [.notExpressible])
        #expect(diagnostics.diagnostics.first?.message.contains("nft cannot read the name 'dynamic'") == true)

        let commands = emit(
            changes,
            observed: nil,
            lowered: lowered,
            of: ruleset,
            as: .iptables,
            diagnostics: &diagnostics
        )
        #expect(commands?.contains("dynamic") != true)
    }
}
