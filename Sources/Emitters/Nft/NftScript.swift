import KernelObjects
import NetworkTypes
import RulesetModel

/// Writes a script for `nft -f` that makes Weir's table what it should be, in one transaction and however often it is run.
struct NftScript {
    let content: TableContent
    let names: EmittedNames

    func write(to text: inout TextBuffer) throws(Inexpressible) {
        text.write("#!/usr/sbin/nft -f\n")
        names.writeComments(to: &text)
        Self.writeRemoval(to: &text)
        guard !content.chains.isEmpty || !content.sets.isEmpty else { return }
        text.write("\ntable inet \(FirewallState.tableName) {\n")
        var isFirst = true
        for set in content.sets {
            if !isFirst { text.write(UInt8(ascii: "\n")) }
            isFirst = false
            try text.write(nftSet: set)
        }
        for chain in content.chains {
            if !isFirst { text.write(UInt8(ascii: "\n")) }
            isFirst = false
            try write(chain, to: &text)
        }
        text.write("}\n")
    }

    /// Appends what removes the table, be it there or not.
    static func writeRemoval(to text: inout TextBuffer) {
        text.write("add table inet \(FirewallState.tableName)\n")
        text.write("delete table inet \(FirewallState.tableName)\n")
    }

    private func write(_ chain: TableContent.Chain, to text: inout TextBuffer) throws(Inexpressible) {
        text.write("\tchain ")
        try text.write(nftName: chain.name)
        text.write(" {\n")
        if let base = chain.base {
            text.write("\t\t")
            text.write(nftBase: base)
            text.write(UInt8(ascii: "\n"))
        }
        let writer = NftRule(hook: chain.base?.hook)
        for rule in chain.rules {
            text.write("\t\t")
            try writer.write(rule, to: &text)
            text.write(UInt8(ascii: "\n"))
        }
        text.write("\t}\n")
    }
}

extension TextBuffer {
    /// Appends how a base chain hangs: `type filter hook input priority filter; policy drop;`.
    mutating func write(nftBase base: ChainObject.Base) {
        write("type ")
        write(base.type.rawValue)
        write(" hook ")
        write(base.hook)
        write(" priority ")
        StandardPriority.write(base.priority, hook: base.hook, to: &self)
        write("; policy ")
        write(base.policy.rawValue)
        write(UInt8(ascii: ";"))
    }
}
