public import KernelObjects
import Netlink
import SystemPackage

/// The firewall of one moment.
public struct FirewallListing: Sendable {
    /// The content of Weir's table; nothing where there is no such table.
    public var firewall: FirewallState?
    /// nf_tables' generation.
    public var generation: UInt32
    /// The tables of others, which Weir leaves alone.
    public var foreignTables: [FirewallDump.Table]
}

extension KernelConnection {
    /// Reads only the generation, which changes with every change of nf_tables in the namespace, whoever makes it.
    public mutating func readGeneration() throws(KernelStateError) -> UInt32 {
        do throws(ReadFailure) {
            return try firewall.firewallGeneration()
        } catch {
            throw KernelStateError(readingFirewall: error)
        }
    }

    /// Reads Weir's table. All that is returned is of one generation: if something changes meanwhile, it is read again.
    public mutating func readFirewall() throws(KernelStateError) -> FirewallListing {
        for _ in 0..<Self.mostAttempts {
            do throws(ReadFailure) {
                let generation = try firewall.firewallGeneration()
                var reading = FirewallReading(generation: generation)
                let listing: FirewallListing?
                do throws(ReadFailure) {
                    listing = try reading.read(&firewall)
                } catch {
                    // What was deleted meanwhile is an error, and no reason to give up.
                    guard try firewall.firewallGeneration() == generation else { continue }
                    throw error
                }
                if let listing, try firewall.firewallGeneration() == generation { return listing }
            } catch {
                throw KernelStateError(readingFirewall: error)
            }
        }
        throw KernelStateError(.readFirewall, .stale)
    }
}

extension KernelStateError {
    fileprivate init(readingFirewall failure: ReadFailure) {
        self.init(.readFirewall, failure)
        // Without the module nobody answers for nf_tables' messages.
        if errno == .invalidArgument || errno == .notSupportedOnSocket {
            cause = .missingFeature("nf_tables (CONFIG_NF_TABLES)")
        }
    }
}

extension NetlinkSocket {
    mutating func firewallGeneration() throws(ReadFailure) -> UInt32 {
        var generation: UInt32?
        try request(NetlinkRequest(FirewallDump.generationRequest)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                generation = try FirewallDump.generation(payload)
            } catch {
                throw .object(error)
            }
        }
        guard let generation else { throw .object(.malformed(message: "NFT_MSG_NEWGEN")) }
        return generation
    }
}

/// One attempt to read the table.
private struct FirewallReading {
    let generation: UInt32
    private var isConsistent = true

    init(generation: UInt32) {
        self.generation = generation
    }

    /// Reads; nothing where the dumps turned out not to be of one generation.
    mutating func read(_ socket: inout NetlinkSocket) throws(ReadFailure) -> FirewallListing? {
        var tables: [FirewallDump.Table] = []
        try dump(FirewallDump.tablesRequest, &socket) { (payload) throws(KernelObjectsError) in
            tables.append(try FirewallDump.table(payload))
        }
        var listing = FirewallListing(generation: generation, foreignTables: tables.filter { !$0.isWeirs })
        if let own = tables.first(where: \.isWeirs) {
            var state = FirewallState(isDormant: own.isDormant)
            let sets = try readSets(&socket)
            state.sets = sets.filter { !$0.flags.contains(.anonymous) }
            state.chains = try readChains(&socket, anonymousSets: sets.filter { $0.flags.contains(.anonymous) })
            state.foreignObjects = try readForeignObjects(&socket)
            listing.firewall = state
        }
        return isConsistent ? listing : nil
    }

    private mutating func readSets(_ socket: inout NetlinkSocket) throws(ReadFailure) -> [SetObject] {
        var sets: [SetObject] = []
        try dump(FirewallDump.setsRequest, &socket) { (payload) throws(KernelObjectsError) in
            let (table, set) = try FirewallDump.set(payload)
            if table == FirewallState.tableName { sets.append(set) }
        }
        for index in sets.indices {
            guard isConsistent else { return [] }
            var collector = ElementCollector(sets[index])
            try dump(FirewallDump.elementsRequest(ofSet: sets[index].name), &socket) {
                (payload) throws(KernelObjectsError) in
                try collector.add(payload)
            }
            sets[index] = collector.finish()
        }
        return sets
    }

    private mutating func readChains(
        _ socket: inout NetlinkSocket,
        anonymousSets: [SetObject]
    ) throws(ReadFailure) -> [ChainObject] {
        var chains: [ChainObject] = []
        try dump(FirewallDump.chainsRequest, &socket) { (payload) throws(KernelObjectsError) in
            let (table, chain) = try FirewallDump.chain(payload)
            if table == FirewallState.tableName { chains.append(chain) }
        }
        let byName = Dictionary(anonymousSets.map { ($0.name, $0) }) { first, _ in first }
        var decoder = RuleDecoder(anonymousSets: byName)
        for index in chains.indices {
            guard isConsistent else { return [] }
            var rules: [RuleEntry] = []
            try dump(FirewallDump.rulesRequest(ofChain: chains[index].name), &socket) {
                (payload) throws(KernelObjectsError) in
                rules.append(try decoder.rule(payload))
            }
            chains[index].rules = rules
        }
        return chains
    }

    private mutating func readForeignObjects(_ socket: inout NetlinkSocket) throws(ReadFailure) -> [ForeignObject] {
        var objects: [ForeignObject] = []
        let requests = [
            (FirewallDump.objectsRequest, FirewallMessage.newObject),
            (FirewallDump.flowtablesRequest, FirewallMessage.newFlowtable),
        ]
        for (request, type) in requests {
            try dump(request, &socket) { (payload) throws(KernelObjectsError) in
                let (table, object) = try FirewallDump.foreignObject(payload, messageType: type)
                if table == FirewallState.tableName { objects.append(object) }
            }
        }
        return objects
    }

    private mutating func dump(
        _ message: EncodedMessage,
        _ socket: inout NetlinkSocket,
        _ body: (RawSpan) throws(KernelObjectsError) -> Void
    ) throws(ReadFailure) {
        let summary = try socket.dump(NetlinkRequest(message)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                try body(payload)
            } catch {
                throw .object(error)
            }
        }
        if !summary.isConsistent(withGeneration: generation) { isConsistent = false }
    }
}
