import NetworkTypes

/// Writes shell commands of ipset(8), iptables(8) and ip6tables(8).
struct IptablesCommands {
    let rules: IptablesRuleset
    let isUndo: Bool

    /// From how many members on a set is filled by one command that reads them.
    private static let manyMembers = 32

    func write(to text: inout TextBuffer) {
        text.write(isUndo ? "#!/bin/sh\n" : "#!/bin/sh\nset -e\n")
        rules.names.writeComments(to: &text)
        if !isUndo { for set in rules.sets { write(set, to: &text) } }
        for (program, family) in [("iptables", AddressFamilies.ipv4), ("ip6tables", .ipv6)]
        where rules.families.contains(family) {
            if isUndo { undo(program, family, to: &text) } else { write(program, family, to: &text) }
        }
        if isUndo { for set in rules.sets.reversed() { text.write(command: ["ipset", "destroy", set.name]) } }
    }

    private func write(_ set: IPSet, to text: inout TextBuffer) {
        text.write(command: ["ipset", "create", set.name] + set.arguments)
        guard set.members.count >= Self.manyMembers else {
            for member in set.members { text.write(command: ["ipset", "add", set.name, member]) }
            return
        }
        text.write("ipset restore <<'END'\n")
        IPSetRestore.write(membersOf: set, to: &text)
        text.write("END\n")
    }

    /// Chains first, since rules name them; policies last, so that nothing is shut out before what lets it in is there.
    private func write(_ program: String, _ family: AddressFamilies, to text: inout TextBuffer) {
        for content in rules.tables {
            let start = [program, "-t", content.table.rawValue]
            for chain in content.ownChains where chain.families.contains(family) {
                text.write(command: start + ["-N", chain.name])
            }
            for line in content.lines where line.families.contains(family) {
                text.write(command: start + ["-A", line.rule.chain] + line.rule.arguments)
            }
        }
        for content in rules.tables {
            for (chain, policy) in content.policies {
                text.write(command: [program, "-t", content.table.rawValue, "-P", chain, policy.rawValue.uppercased()])
            }
        }
    }

    private func undo(_ program: String, _ family: AddressFamilies, to text: inout TextBuffer) {
        for content in rules.tables {
            for (chain, _) in content.policies {
                text.write(command: [program, "-t", content.table.rawValue, "-P", chain, "ACCEPT"])
            }
        }
        for content in rules.tables.reversed() {
            let start = [program, "-t", content.table.rawValue]
            for line in content.lines.reversed() where line.families.contains(family) {
                text.write(command: start + ["-D", line.rule.chain] + line.rule.arguments)
            }
            for chain in content.ownChains.reversed() where chain.families.contains(family) {
                text.write(command: start + ["-X", chain.name])
            }
        }
    }
}
