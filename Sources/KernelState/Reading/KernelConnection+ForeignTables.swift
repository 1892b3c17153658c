public import KernelObjects
import Netlink

extension KernelConnection {
    /// A table of another program: chains and rules, without the members of sets.
    public struct ForeignTableListing: Sendable {
        /// Which one it is.
        public var table: FirewallDump.Table
        /// What is in it; nil if there are too many rules to be read.
        public var content: FirewallState?
    }

    /// How many chains and rules are read of all tables; beyond, what is in them is not known.
    private static let mostChains = 5_000
    private static let mostRules = 100_000

    /// Reads the tables of other programs.
    public mutating func readForeignTables() throws(KernelStateError) -> [ForeignTableListing] {
        do throws(ReadFailure) {
            var tables: [ForeignTableListing] = []
            try list(FirewallDump.tablesRequest) { (payload) throws(KernelObjectsError) in
                let table = try FirewallDump.table(payload)
                guard !table.isWeirs else { return }
                tables.append(ForeignTableListing(table: table, content: FirewallState(isDormant: table.isDormant)))
            }
            guard !tables.isEmpty else { return [] }
            var chainCount = 0
            try list(FirewallDump.allChainsRequest) { (payload) throws(KernelObjectsError) in
                let family = FirewallDump.tableFamily(ofChain: payload)
                let (name, chain) = try FirewallDump.chain(payload)
                guard let index = tables.firstIndex(where: { $0.table.family == family && $0.table.name == name })
                else { return }
                tables[index].content?.chains.append(chain)
                chainCount += 1
            }
            guard chainCount <= Self.mostChains else { return tables.map(\.withoutContent) }
            var ruleCount = 0
            var decoder = RuleDecoder()
            for index in tables.indices {
                let table = tables[index].table
                for position in tables[index].content?.chains.indices ?? 0..<0 {
                    guard let name = tables[index].content?.chains[position].name else { continue }
                    var rules: [RuleEntry] = []
                    try list(FirewallDump.rulesRequest(ofChain: name, in: table)) {
                        (payload) throws(KernelObjectsError) in
                        ruleCount += 1
                        if ruleCount <= Self.mostRules { rules.append(try decoder.rule(payload)) }
                    }
                    guard ruleCount <= Self.mostRules else { return tables.map(\.withoutContent) }
                    tables[index].content?.chains[position].rules = rules
                }
            }
            return tables
        } catch {
            throw KernelStateError(.readFirewall, error)
        }
    }

    private mutating func list(
        _ message: EncodedMessage,
        _ body: (RawSpan) throws(KernelObjectsError) -> Void
    ) throws(ReadFailure) {
        try firewall.dump(NetlinkRequest(message)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                try body(payload)
            } catch {
                throw .object(error)
            }
        }
    }
}

extension KernelConnection.ForeignTableListing {
    fileprivate var withoutContent: Self {
        Self(table: table, content: nil)
    }
}
