import KernelObjects
import NetworkTypes
import RulesetModel

/// A table of iptables(8).
enum IptablesTable: String, CaseIterable {
    case raw
    case mangle
    case nat
    case filter
}

/// A rule of iptables(8), as its arguments after `-A CHAIN`.
struct IptablesRule: Hashable {
    /// The chain that the rule stands in.
    let chain: String
    /// Conditions and target.
    let arguments: [String]
}

/// A rule and the families whose tables have it.
struct IptablesLine {
    let rule: IptablesRule
    let families: AddressFamilies
}

/// What one table of iptables(8) has, for both families.
struct IptablesTableContent {
    let table: IptablesTable
    /// Policies of built-in chains.
    var policies: [(chain: String, policy: ChainPolicy)] = []
    /// Chains to make, with the families whose tables have them.
    var ownChains: [(name: String, families: AddressFamilies)] = []
    /// The rules, in order.
    var lines: [IptablesLine] = []

    init(_ table: IptablesTable) {
        self.table = table
    }

    var isEmpty: Bool {
        policies.isEmpty && ownChains.isEmpty && lines.isEmpty
    }
}

extension StandardChain {
    /// The table and built-in chain of iptables(8) in the same place.
    var iptables: (table: IptablesTable, chain: String) {
        let table: IptablesTable =
            switch (type, priority) {
            case (.nat, _): .nat
            case (_, -300): .raw
            case (_, -150): .mangle
            default: .filter
            }
        return (table, hook.description.uppercased())
    }
}
