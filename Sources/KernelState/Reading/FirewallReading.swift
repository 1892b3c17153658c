import KernelObjects
import Netlink
import SystemPackage

/// One attempt to read the table.
struct FirewallReading {
    private let generation: UInt32
    /// What need not be read.
    private let known: KnownFirewall
    private var isConsistent = true

    init(generation: UInt32, knowing known: KnownFirewall?) {
        self.generation = generation
        var current = known ?? KnownFirewall(generation: generation)
        if current.generation != generation {
            current = KnownFirewall(generation: generation)
            current.expectedRules = known?.expectedRules ?? [:]
            // What a set had then it may well have still: each member is looked for.
            for (name, members) in known?.members ?? [:] where !members.all.isEmpty {
                current.members[name] = KnownFirewall.Members(members.all, added: members.all)
            }
        }
        self.known = current
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
            state.sets = sets.named
            state.chains = try readChains(&socket, anonymousSets: sets.anonymous)
            state.foreignObjects = try readForeignObjects(&socket)
            listing.firewall = state
        }
        return isConsistent ? listing : nil
    }

    /// Reads the named sets, and the anonymous ones without their members.
    private mutating func readSets(
        _ socket: inout NetlinkSocket
    ) throws(ReadFailure) -> (named: [SetObject], anonymous: [SetObject]) {
        var named: [(set: SetObject, count: UInt32?)] = []
        var anonymous: [SetObject] = []
        try dump(FirewallDump.setsRequest, &socket) { (payload) throws(KernelObjectsError) in
            let (table, set, count) = try FirewallDump.set(payload)
            guard table == FirewallState.tableName else { return }
            if set.flags.contains(.anonymous) { anonymous.append(set) } else { named.append((set, count)) }
        }
        var sets: [SetObject] = []
        for (set, count) in named {
            guard isConsistent else { break }
            sets.append(try readMembers(of: set, count: count, &socket))
        }
        return (sets, anonymous)
    }

    private mutating func readMembers(
        of set: SetObject,
        count: UInt32? = nil,
        _ socket: inout NetlinkSocket
    ) throws(ReadFailure) -> SetObject {
        if set.foreignAttributes == nil, let members = known.members[set.name] {
            let isRight = members.isCertain ? true : try socket.finds(members, in: set, count: count)
            if isRight {
                var set = set
                set.elements = members.all
                return set
            }
        }
        var collector = ElementCollector(set)
        try dump(FirewallDump.elementsRequest(ofSet: set.name), &socket) { (payload) throws(KernelObjectsError) in
            try collector.add(payload)
        }
        let read = collector.finish()
        if collector.isDisturbed { isConsistent = false }
        return read
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
        let unknown = chains.indices.filter { known.rules[chains[$0].name] == nil }
        for index in chains.indices { chains[index].rules = known.rules[chains[index].name] ?? [] }
        var sets = Dictionary(anonymousSets.map { ($0.name, $0) }) { first, _ in first }
        if !sets.isEmpty, !unknown.isEmpty {
            var used = Set(sets.keys)
            if unknown.count < chains.count {
                // Each set is a dump of its own: a second look at a few chains is cheaper than all sets.
                var decoder = RuleDecoder(anonymousSets: sets)
                for index in unknown { _ = try readRules(of: chains[index], &decoder, &socket) }
                used = decoder.usedSets
            }
            for name in used {
                guard isConsistent, let set = sets[name] else { continue }
                sets[name] = try readMembers(of: set, &socket)
            }
        }
        var decoder = RuleDecoder(anonymousSets: sets)
        for index in unknown { chains[index].rules = try readRules(of: chains[index], &decoder, &socket) }
        return chains
    }

    private mutating func readRules(
        of chain: ChainObject,
        _ decoder: inout RuleDecoder,
        _ socket: inout NetlinkSocket
    ) throws(ReadFailure) -> [RuleEntry] {
        guard isConsistent else { return [] }
        let expected = known.expectedRules[chain.name] ?? []
        var rules: [RuleEntry] = []
        rules.reserveCapacity(expected.count)
        try dump(FirewallDump.rulesRequest(ofChain: chain.name), &socket) { (payload) throws(KernelObjectsError) in
            var entry = try decoder.rule(payload)
            if rules.count < expected.count, expected[rules.count].rule == entry.rule {
                entry.rule = expected[rules.count].rule
            }
            rules.append(entry)
        }
        return rules
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
        if try !socket.dump(message, body).isConsistent(withGeneration: generation) { isConsistent = false }
    }
}

extension NetlinkSocket {
    /// The most keys in one request: each is answered by a message of its own, and all of them have to fit into the socket's buffer.
    private static let mostKeys = 64

    /// From how many members on a set is listed more slowly than every one of them is found, by whether it has intervals: the kernel
    /// lists both kinds in quadratic time.
    private static func fewestForQuadraticTime(hasIntervals: Bool) -> Int {
        hasIntervals ? 50_000 : 250_000
    }

    /// Whether a set has members that were added and not those that were deleted, and as many as it should. In a large set a few keys
    /// are found far sooner than all members are listed, and in a very large one even all keys are.
    ///
    /// What the answer `false` means is found out by listing them.
    fileprivate mutating func finds(
        _ members: KnownFirewall.Members,
        in set: SetObject,
        count: UInt32?
    ) throws(ReadFailure) -> Bool {
        let changed = members.added.count + members.deleted.count
        let isWorthIt =
            changed <= members.all.count / 8
            || members.all.count >= Self.fewestForQuadraticTime(hasIntervals: set.flags.contains(.interval))
        guard isWorthIt, !set.flags.contains(.timeout), let count, count == members.all.count else { return false }
        var rest = members.added[...]
        while !rest.isEmpty {
            let some = rest.prefix(Self.mostKeys)
            rest = rest.dropFirst(Self.mostKeys)
            guard try find(some, in: set) == Array(some) else { return false }
        }
        let added = Set(members.added.map(\.start))
        for element in members.deleted where !added.contains(element.start) {
            let found = try find(CollectionOfOne(SetElement(element.start)), in: set)
            guard found?.contains(where: { $0.start == element.start }) != true else { return false }
        }
        return true
    }

    /// The members with some keys; nothing where one of them is not there.
    private mutating func find(
        _ elements: some Sequence<SetElement>,
        in set: SetObject
    ) throws(ReadFailure) -> [SetElement]? {
        var collector = ElementCollector(set)
        let message = FirewallDump.request(forElements: elements, of: set)
        do throws(ReadFailure) {
            try ask(message) { (payload) throws(KernelObjectsError) in try collector.add(payload) }
        } catch {
            guard case .netlink(let reason) = error, reason.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
        return collector.finish().elements
    }
}
