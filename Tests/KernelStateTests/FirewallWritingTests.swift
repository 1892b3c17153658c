import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft))
struct FirewallWritingTests {
    /// Reads what nft made here, makes it in another namespace, and has nft list both.
    @Test func whatIsReadIsMadeAgainAndListsTheSame() throws {
        try outputOf("nft", "-f", "-", input: sampleRuleset)
        var kernel = try KernelConnection()
        let firewall = try #require(try kernel.readFirewall().firewall)
        let listing = try outputOf("nft", "-s", "list", "ruleset")
        let (copy, copiedListing) = try NamespaceThread().perform {
            var kernel = try KernelConnection()
            try kernel.make(firewall)
            let copy = try #require(try kernel.readFirewall().firewall)
            return (copy, try outputOf("nft", "-s", "list", "ruleset"))
        }
        expectSameText(copiedListing, listing)
        for (made, chain) in zip(copy.chains, firewall.chains) {
            #expect(made.rules.map(\.rule) == chain.rules.map(\.rule))
            #expect(made.base == chain.base)
        }
        #expect(copy.sets == firewall.sets)
    }

    @Test func tablesOfOthersStayAsTheyAre() throws {
        let foreign = """
            table ip nat {
                chain POSTROUTING { type nat hook postrouting priority 100; ip saddr { 10.0.0.0/8 } counter masquerade; }
            }
            table inet other {
                quota q { over 5 mbytes }
                set s { type ipv4_addr; flags interval; elements = { 192.0.2.0/24 } }
                chain input { type filter hook input priority 0; ip saddr @s quota name "q" drop; }
            }
            """
        try outputOf("nft", "-f", "-", input: foreign)
        let before = try outputOf("nft", "-a", "list", "ruleset")
        var kernel = try KernelConnection()
        try kernel.make(FirewallState(chains: [ChainObject(name: "input")]))
        try kernel.change(FirewallChanges(table: .delete))
        expectSameText(try outputOf("nft", "-a", "list", "ruleset"), before)
    }

    @Test func rulesGoWhereTheyAreAskedFor() throws {
        try outputOf("nft", "-f", "-", input: "table inet weir { chain c { meta mark 1; meta mark 5; }; }")
        var kernel = try KernelConnection()
        let listing = try kernel.readFirewall()
        let handles = try #require(listing.firewall).chains[0].rules.map(\.handle)
        var batch = FirewallBatch()
        try batch.addRule(marked(9), to: "c")
        try batch.addRule(marked(0), to: "c", at: .first)
        try batch.addRule(marked(4), to: "c", at: .before(handle: handles[1]))
        try batch.addRule(marked(2), to: "c", at: .behind(handle: handles[0]), id: 1)
        try batch.addRule(marked(3), to: "c", at: .behindNew(id: 1))
        try batch.addRule(marked(8), to: "c")
        try batch.commit()
        #expect(try marks(&kernel) == [0, 1, 2, 3, 4, 5, 9, 8])
        let rules = try #require(try kernel.readFirewall().firewall).chains[0].rules
        batch = FirewallBatch()
        try batch.replaceRule(handle: rules[0].handle, in: "c", with: marked(7))
        try batch.deleteRule(handle: rules[7].handle, in: "c")
        try batch.commit()
        #expect(try marks(&kernel) == [7, 1, 2, 3, 4, 5, 9])
        #expect(try #require(try kernel.readFirewall().firewall).chains[0].rules[0].handle == rules[0].handle)
    }

    @Test func aSetOfTwentyThousandMembersIsSplitIntoMessages() throws {
        let elements = (0..<20_000).map { SetElement(SetKey(IPv4Address(rawValue: 0x0a00_0000 + 2 * UInt32($0)))) }
        var kernel = try KernelConnection()
        for isInterval in [false, true] {
            let set = SetObject(
                name: isInterval ? "intervals" : "singles",
                flags: isInterval ? .interval : [],
                keyType: SetDatatype.ipv4Address.rawValue,
                keyLength: 4,
                userdata: SetUserdata(byteOrder: .network).bytes,
                elements: elements
            )
            try kernel.make(FirewallState(sets: [set]))
            let listing = try kernel.readFirewall()
            #expect(listing.firewall?.sets == [set])
            // All members go, and the set stays.
            let changes = FirewallChanges(
                table: .keep,
                sets: [.change(observed: set, desired: set, added: [], deleted: elements)]
            )
            try kernel.change(changes)
            #expect(try kernel.readFirewall().firewall?.sets.map(\.elements.count) == [0])
            try kernel.change(FirewallChanges(table: .delete))
        }
    }

    @Test(arguments: [
        (from: [(1, 5), (10, 10)], to: [(0, 5), (10, 65535)]),
        (from: [(0, 65535)], to: [(5, 6), (7, 8)]),
        (from: [(5, 6), (7, 8)], to: [(6, 7), (9, 9)]),
        (from: [(0, 0), (65535, 65535)], to: [(1, 1), (65534, 65534)]),
    ])
    func intervalsAreChangedOneByOne(from old: [(Int, Int)], to new: [(Int, Int)]) throws {
        func set(_ bounds: [(Int, Int)]) -> SetObject {
            SetObject(
                name: "ports",
                flags: .interval,
                keyType: SetDatatype.inetService.rawValue,
                keyLength: 2,
                userdata: SetUserdata(byteOrder: .network).bytes,
                elements: bounds.map { SetElement(start: SetKey(port: UInt16($0)), end: SetKey(port: UInt16($1))) }
            )
        }
        var kernel = try KernelConnection()
        try kernel.make(FirewallState(sets: [set(old)]))
        #expect(try kernel.readFirewall().firewall?.sets == [set(old)])
        let (before, after) = (Set(set(old).elements), Set(set(new).elements))
        try kernel.change(
            FirewallChanges(
                table: .keep,
                sets: [
                    .change(
                        observed: set(old),
                        desired: set(new),
                        added: after.subtracting(before).sorted { $0.start < $1.start },
                        deleted: before.subtracting(after).sorted { $0.start < $1.start }
                    )
                ]
            )
        )
        #expect(try kernel.readFirewall().firewall?.sets == [set(new)])
        // nft reads the intervals as the same.
        let ranges = new.map { $0 == $1 ? "\($0)" : "\($0)-\($1)" }.joined(separator: ", ")
        #expect(try outputOf("nft", "list", "set", "inet", "weir", "ports").contains("{ \(ranges) }"))
    }

    @Test func objectsOfOthersCanBeTakenAwayAndPutBack() throws {
        try outputOf(
            "nft",
            "-f",
            "-",
            input: "table inet weir { quota q { over 5 mbytes used 3 bytes; }; counter c { packets 4 bytes 5; }; }"
        )
        let before = try outputOf("nft", "list", "ruleset")
        var kernel = try KernelConnection()
        let objects = try #require(try kernel.readFirewall().firewall).foreignObjects
        #expect(objects.count == 2)
        try kernel.change(FirewallChanges(table: .keep, deletedForeignObjects: objects))
        #expect(try kernel.readFirewall().firewall?.foreignObjects.isEmpty == true)
        try kernel.change(FirewallChanges(table: .keep, addedForeignObjects: objects))
        expectSameText(try outputOf("nft", "list", "ruleset"), before)
    }

    // MARK: Refusals

    @Test func aStaleGenerationChangesNothing() throws {
        var kernel = try KernelConnection()
        let generation = try kernel.readGeneration()
        try outputOf("nft", "add table inet other")
        var transaction = try FirewallTransaction(FirewallChanges(table: .add))
        let error = #expect(throws: KernelStateError.self) { try commitAnew(&transaction, generation) }
        #expect(error?.cause == .stale)
        #expect(try kernel.readFirewall().firewall == nil)
    }

    @Test func theCommitTellsTheGenerationThatItMade() throws {
        var kernel = try KernelConnection()
        let before = try kernel.readGeneration()
        var transaction = try FirewallTransaction(FirewallChanges(table: .add))
        let after = try kernel.commit(&transaction, ifGeneration: before)
        #expect(after == before + 1)
        #expect(try kernel.readFirewall().generation == after)
    }

    @Test func aRefusedRuleIsNamedByItsStepAndExpression() throws {
        var writer = ExpressionWriter()
        writer.append(MetaExpression(.mark))
        writer.append(CompareExpression(.equal, RegisterData(hostOrder: 1)))
        writer.append(.jump("nowhere"))
        let bad = RuleObject(expressions: writer.finish())
        let withSet = RuleObject(
            expressions: lookup(),
            anonymousSets: [.anonymous(.inetProtocol, isInterval: false, elements: [SetElement(SetKey(byte: 6))])]
        )
        let state = FirewallState(chains: [
            ChainObject(name: "c", rules: [RuleEntry(withSet), RuleEntry(marked(1)), RuleEntry(bad, origin: 7)])
        ])
        for isDryRun in [true, false] {
            let changes = firewallChanges(making: state)
            var transaction = try FirewallTransaction(changes)
            let error = #expect(throws: KernelStateError.self) {
                var kernel = try KernelConnection()
                let generation = try kernel.readGeneration()
                if isDryRun {
                    try kernel.validate(&transaction, ifGeneration: generation)
                } else {
                    try kernel.commit(&transaction, ifGeneration: generation)
                }
            }
            #expect(error?.cause == .refused)
            let refusal = try #require(error?.refusals.first)
            #expect(error?.refusals.count == 1)
            #expect(refusal.errno == .noSuchFileOrDirectory)
            #expect(refusal.expression == 2)
            #expect(refusal.missingFeature == nil)
            guard case .addRule(let entry, "c", nil) = transaction.step(at: try #require(refusal.change)) else {
                Issue.record("another step was blamed")
                return
            }
            #expect(entry.origin == 7)
        }
        var kernel = try KernelConnection()
        #expect(try kernel.readFirewall().firewall == nil)
    }

    @Test func anExpressionThatTheKernelLacksIsNamed() throws {
        // NFTA_LIST_ELEM { NFTA_EXPR_NAME "quux", NFTA_EXPR_DATA {} }
        let element: [UInt8] = [20, 0, 1, 0, 9, 0, 1, 0, 0x71, 0x75, 0x75, 0x78, 0, 0, 0, 0, 4, 0, 2, 0]
        var writer = ExpressionWriter()
        writer.append(.unknown(UnknownExpression(name: "quux", element: element)))
        let state = FirewallState(chains: [
            ChainObject(name: "c", rules: [RuleEntry(RuleObject(expressions: writer.finish()))])
        ])
        var transaction = try FirewallTransaction(firewallChanges(making: state))
        let error = #expect(throws: KernelStateError.self) {
            var kernel = try KernelConnection()
            try kernel.validate(&transaction, ifGeneration: try kernel.readGeneration())
        }
        #expect(error?.cause == .missingFeature("'quux' expressions"))
        #expect(error?.description == "cannot have the kernel check the firewall: the kernel has no 'quux' expressions")
    }

    private func commitAnew(_ transaction: inout FirewallTransaction, _ generation: UInt32) throws {
        var kernel = try KernelConnection()
        try kernel.commit(&transaction, ifGeneration: generation)
    }

    private func marked(_ mark: UInt32) -> RuleObject {
        var writer = ExpressionWriter()
        writer.append(MetaExpression(.mark))
        writer.append(CompareExpression(.equal, RegisterData(hostOrder: mark)))
        return RuleObject(expressions: writer.finish())
    }

    private func lookup() -> [UInt8] {
        var writer = ExpressionWriter()
        writer.append(MetaExpression(.l4proto))
        writer.append(LookupExpression(SetObject.anonymousName))
        return writer.finish()
    }

    private func marks(_ kernel: inout KernelConnection) throws -> [UInt32] {
        try #require(try kernel.readFirewall().firewall).chains[0].rules.map { entry in
            guard case .compare(let compare) = try #require(Expression.decode(entry.rule.expressions)).last else {
                return .max
            }
            return compare.value.hostOrder32
        }
    }
}
