import KernelObjects
import KernelState
import NetworkTypes
import TestSupport
import Testing

/// What is known is not read, what is not known or has yet to be seen is.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct KnownFirewallTests {
    private static let table = """
        table inet weir {
            set addresses { type ipv4_addr; flags interval; elements = { \(members(0..<1000)), 255.255.255.0-255.255.255.255 } }
            set ports { type inet_service; elements = { \((1...1000).map(String.init).joined(separator: ", ")) } }
            chain one { tcp dport { 22, 80 } accept; tcp dport { 1, 2 } drop; }
            chain two { udp dport { 53, 123 } accept; ip saddr @addresses drop; }
        }
        """

    private static func members(_ range: Range<Int>) -> String {
        range.map { "10.0.\($0 / 100).\($0 % 100 * 2)/31" }.joined(separator: ", ")
    }

    @Test func rulesThatAreKnownAreNotRead() throws {
        var kernel = try KernelConnection()
        let listing = try read(&kernel)
        var known = KnownFirewall(generation: listing.generation)
        let other = listing.chain("two").rules
        known.rules["one"] = other
        let again = try kernel.readFirewall(knowing: known)
        #expect(again.chain("one").rules.map(\.rule) == other.map(\.rule))
        // The sets in rules that are read are read with them.
        #expect(again.chain("two").rules.map(\.rule) == other.map(\.rule))
        #expect(again.chain("two").rules.map(\.handle) == other.map(\.handle))
    }

    @Test func nothingIsKnownOfAnotherGeneration() throws {
        var kernel = try KernelConnection()
        let listing = try read(&kernel)
        var known = KnownFirewall(generation: listing.generation &- 1)
        known.rules["one"] = []
        known.members["ports"] = .init([])
        let again = try kernel.readFirewall(knowing: known)
        #expect(again.chain("one").rules.count == 2)
        #expect(again.set("ports").elements.count == 1000)
    }

    /// A large set is not listed again because something else of nf_tables has changed.
    @Test func membersOfAnotherGenerationAreLookedFor() throws {
        let prefixes = (0..<50_000).map { "10.\($0 >> 8).\($0 & 255).8/31" }.joined(separator: ", ")
        let text = "table inet weir { set large { type ipv4_addr; flags interval; elements = { \(prefixes) }; }; }"
        try outputOf("nft", "-f", "-", input: text)
        var kernel = try KernelConnection()
        let listing = try kernel.readFirewall()
        try outputOf("nft", "add table inet another")
        // Kept in an order in which the kernel does not list them; so many are looked for at once.
        let all = listing.set("large").elements
        let members = Array(all.suffix(64) + all.dropLast(64))
        var known = KnownFirewall(generation: listing.generation)
        known.members["large"] = .init(members)
        #expect(members.count == 50_000)
        #expect(try kernel.readFirewall(knowing: known).set("large").elements == members)
        // One is another.
        try outputOf(
            "nft",
            "delete element inet weir large { 10.0.7.8/31 }; add element inet weir large { 10.0.7.8/32 }"
        )
        let now = try kernel.readFirewall(knowing: known)
        let read = try kernel.readFirewall()
        #expect(now.set("large").elements == read.set("large").elements)
        #expect(Set(now.set("large").elements).symmetricDifference(members).count == 2)
    }

    @Test(arguments: ["addresses", "ports"])
    func aFewMembersAreLookedUpInstead(ofAll name: String) throws {
        var kernel = try KernelConnection()
        let listing = try read(&kernel)
        let members = listing.set(name).elements
        var known = KnownFirewall(generation: listing.generation)
        // A member that is neither there nor looked for shows that the others were not read.
        var invented = members
        invented[100].end = members[100].start
        invented[100].start = members[100].start.successor
        let gone = SetElement(SetKey(rawValue: members[50].start.rawValue ^ 1 << 127))
        known.members[name] = .init(
            invented,
            added: [members[0]] + members[200..<290] + members.suffix(1),
            deleted: [gone]
        )
        #expect(try kernel.readFirewall(knowing: known).set(name).elements == invented)
    }

    @Test(arguments: ["addresses", "ports"])
    func whatIsNotFoundIsRead(ofAll name: String) throws {
        var kernel = try KernelConnection()
        let listing = try read(&kernel)
        let members = listing.set(name).elements
        let absent = SetElement(SetKey(rawValue: members[50].start.rawValue ^ 1 << 127))
        let longer = SetElement(start: members[7].start, end: members[8].end)
        var expectations: [KnownFirewall.Members] = [
            .init(members, added: [members[3], absent]),
            .init(members, deleted: [members[3]]),
            .init(Array(members.dropLast()), added: [members[3]]),
            .init(members, added: members),
        ]
        if name == "addresses" {
            let endless = SetElement(start: members[7].start, end: members[1000].end)
            expectations += [.init(members, added: [longer]), .init(members, added: [endless])]
        }
        for expectation in expectations {
            var wrong = expectation
            wrong.all[100] = absent
            var known = KnownFirewall(generation: listing.generation)
            known.members[name] = wrong
            #expect(try kernel.readFirewall(knowing: known).set(name).elements == members)
        }
    }

    private func read(_ kernel: inout KernelConnection) throws -> FirewallListing {
        try outputOf("nft", "-f", "-", input: Self.table)
        return try kernel.readFirewall()
    }
}

extension FirewallListing {
    fileprivate func chain(_ name: String) -> ChainObject {
        firewall?.chains.first { $0.name == name } ?? ChainObject(name: "none")
    }

    fileprivate func set(_ name: String) -> SetObject {
        firewall?.sets.first { $0.name == name } ?? SetObject(name: "none", flags: [], keyType: 0, keyLength: 0)
    }
}

extension SetKey {
    fileprivate var successor: SetKey {
        SetKey(rawValue: rawValue + 1 << 96)
    }
}
