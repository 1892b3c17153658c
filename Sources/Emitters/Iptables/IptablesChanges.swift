import NetworkTypes
import RulesetModel

/// What turns the iptables(8) rules of one ruleset into those of another.
struct IptablesChanges {
    /// The changes of one table of one family.
    struct Table {
        let table: IptablesTable
        let family: AddressFamily
        /// Policies of built-in chains that change.
        var policies: [(chain: String, policy: ChainPolicy)] = []
        /// Commands in order, without program and table.
        var commands: [[String]] = []
    }

    /// The changes, IPv4 first.
    private(set) var tables: [Table] = []
    /// What is done with sets before, and what after the rules: arguments of ipset(8).
    private(set) var setsBefore: [[String]] = []
    private(set) var setsAfter: [[String]] = []

    private let names: EmittedNames

    init(from old: IptablesRuleset, to new: IptablesRuleset) throws(Inexpressible) {
        names = new.names
        try addSets(old.sets, new.sets)
        for family in [AddressFamily.ipv4, .ipv6] where new.families.contains(AddressFamilies(family)) {
            for table in IptablesTable.allCases {
                let change = Self.change(
                    IptablesSide(old.tables.first { $0.table == table }, family),
                    IptablesSide(new.tables.first { $0.table == table }, family),
                    Table(table: table, family: family)
                )
                if !change.policies.isEmpty || !change.commands.isEmpty { tables.append(change) }
            }
        }
    }

    // MARK: - Sets

    private mutating func addSets(_ old: [IPSet], _ new: [IPSet]) throws(Inexpressible) {
        let oldSets = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        let newNames = Set(new.map(\.name))
        for set in new {
            guard let known = oldSets[set.name] else {
                setsBefore.append(["create", set.name] + set.arguments)
                setsBefore += set.members.map { ["add", set.name, $0] }
                continue
            }
            guard known.arguments == set.arguments else {
                throw Inexpressible("the set '\(set.name)' would have to be made anew while rules look into it")
            }
            let (oldMembers, newMembers) = (Set(known.members), Set(set.members))
            setsBefore += known.members.filter { !newMembers.contains($0) }.map { ["del", set.name, $0] }
            setsBefore += set.members.filter { !oldMembers.contains($0) }.map { ["add", set.name, $0] }
        }
        setsAfter = old.filter { !newNames.contains($0.name) }.map { ["destroy", $0.name] }
    }

    // MARK: - Chains and rules

    private static func change(_ old: IptablesSide, _ new: IptablesSide, _ start: Table) -> Table {
        var change = start
        for chain in Set(old.policies.keys).union(new.policies.keys).sorted() {
            let (before, after) = (old.policies[chain] ?? .accept, new.policies[chain] ?? .accept)
            if before != after { change.policies.append((chain, after)) }
        }
        let gone = old.ownChains.filter { !new.ownChains.contains($0) }
        for name in new.ownChains where !old.ownChains.contains(name) { change.commands.append(["-N", name]) }
        for chain in new.chainOrder + old.chainOrder.filter({ new.rules[$0] == nil && !gone.contains($0) }) {
            let difference = (new.rules[chain] ?? []).difference(from: old.rules[chain] ?? [])
            for step in difference {
                switch step {
                case .remove(let offset, _, _): change.commands.append(["-D", chain, "\(offset + 1)"])
                case .insert(let offset, let arguments, _):
                    change.commands.append(["-I", chain, "\(offset + 1)"] + arguments)
                }
            }
        }
        // All are emptied before the first goes away, since they can lead to each other.
        change.commands += gone.map { ["-F", $0] } + gone.map { ["-X", $0] }
        return change
    }
}

/// One table of one family.
private struct IptablesSide {
    private(set) var policies: [String: ChainPolicy] = [:]
    private(set) var ownChains: [String] = []
    /// The chains that have rules, in the order of their first rule.
    private(set) var chainOrder: [String] = []
    private(set) var rules: [String: [[String]]] = [:]

    init(_ content: IptablesTableContent?, _ family: AddressFamily) {
        guard let content else { return }
        let family = AddressFamilies(family)
        for (chain, policy) in content.policies { policies[chain] = policy }
        ownChains = content.ownChains.filter { $0.families.contains(family) }.map(\.name)
        for line in content.lines where line.families.contains(family) {
            if rules[line.rule.chain] == nil { chainOrder.append(line.rule.chain) }
            rules[line.rule.chain, default: []].append(line.rule.arguments)
        }
    }
}

extension IptablesChanges {
    /// Appends shell commands.
    func writeCommands(to text: inout TextBuffer) {
        guard !tables.isEmpty || !setsBefore.isEmpty || !setsAfter.isEmpty else { return }
        text.write("#!/bin/sh\nset -e\n")
        names.writeComments(to: &text)
        for arguments in setsBefore { text.write(command: ["ipset"] + arguments) }
        for change in tables {
            let start = [change.family == .ipv4 ? "iptables" : "ip6tables", "-t", change.table.rawValue]
            for arguments in change.commands { text.write(command: start + arguments) }
            for (chain, policy) in change.policies {
                text.write(command: start + ["-P", chain, policy.rawValue.uppercased()])
            }
        }
        for arguments in setsAfter { text.write(command: ["ipset"] + arguments) }
    }
}
