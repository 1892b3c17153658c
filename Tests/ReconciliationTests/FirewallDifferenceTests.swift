import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

/// Applies the difference to a table that refuses what the kernel refuses.
@discardableResult
private func reconcile(
    _ table: inout FakeTable,
    with desired: FirewallState?,
    _ commit: SetCommit = .interleaved
) throws -> FirewallChanges? {
    let before = ObservedState(firewall: table.state, setCommit: commit)
    let changes = difference(desired: DesiredState(firewall: desired), observed: before).changes.firewall
    try table.apply(changes)
    #expect(description(of: table.state) == description(of: desired))
    let again = difference(desired: DesiredState(firewall: desired), observed: ObservedState(firewall: table.state))
    #expect(again.changes.isEmpty)
    return changes
}

private func handles(_ table: FakeTable, _ chain: Int = 0) -> [UInt64] {
    table.state?.chains[chain].rules.map(\.handle) ?? []
}

struct FirewallDifferenceTests {
    @Test func equalTablesDoNotDiffer() throws {
        let state = FirewallState(chains: [.input([RuleObject(1), RuleObject(2)])], sets: [SetObject("a", [1...2])])
        let table = try FakeTable(state)
        let result = difference(
            desired: DesiredState(firewall: state),
            observed: ObservedState(firewall: table.state)
        )
        #expect(result.changes.isEmpty)
        #expect(result.conflicts.isEmpty)
    }

    @Test func aTableIsMadeAndDeletedWhole() throws {
        var table = FakeTable()
        let state = FirewallState(
            chains: [.input([RuleObject(1, jump: "web"), RuleObject(2, set: "a")]), .regular("web", [RuleObject(3)])],
            sets: [SetObject("a", [1...2, 5...9])]
        )
        let creation = try #require(try reconcile(&table, with: state))
        #expect(creation.table == .add)
        let deletion = try #require(try reconcile(&table, with: nil))
        #expect(deletion.table == .delete)
        #expect(ChangeSet(firewall: deletion).summary.removed == 6)
    }

    @Test func oneChangedRuleOfAThousandLeavesTheOthersAlone() throws {
        var rules = (0..<1000).map { RuleObject($0) }
        var table = try FakeTable(FirewallState(chains: [.input(rules)]))
        let before = handles(table)
        rules[500] = RuleObject(5000)
        let changes = try #require(try reconcile(&table, with: FirewallState(chains: [.input(rules)])))
        #expect(changes.chains.map(\.rules) == [[.replace(observed: 500, desired: 500)]])
        #expect(handles(table) == before)
        let counted = table.state?.chains[0].rules.count { $0.packets > 0 }
        #expect(counted == 999)
    }

    /// Rules by number: those in the kernel, those desired, and how many must keep handle and counters.
    @Test(arguments: [
        ([1, 2, 3], [1, 2, 3], 3), ([], [1], 0), ([1], [], 0), ([1, 2, 3], [2, 3, 4], 2), ([1, 2, 3], [3, 2, 1], 1),
        ([1, 2, 3, 4, 5], [1, 9, 2, 4, 3, 5], 4), ([1, 1, 1, 1], [1, 1], 2), ([1, 2, 1, 2], [2, 1, 2, 1], 3),
        ([1, 2, 3, 4], [5, 6, 7, 8], 0), ([1, 2, 3, 4, 5, 6], [6, 1, 2, 3, 4, 5], 5), ([7, 7, 8], [8, 7, 7], 2),
    ])
    func rulesThatCanStayStay(observed: [Int], desired: [Int], staying: Int) throws {
        var table = try FakeTable(FirewallState(chains: [.input(observed.map { RuleObject($0) })]))
        let before = handles(table)
        try reconcile(&table, with: FirewallState(chains: [.input(desired.map { RuleObject($0) })]))
        let stayed = table.state?.chains[0].rules.filter { before.contains($0.handle) && $0.packets > 0 }
        #expect(stayed?.count == staying)
        // Rules that moved go on counting.
        let counting = table.state?.chains[0].rules.count { $0.packets > 0 }
        var missing = observed
        let known = desired.filter { number in
            guard let index = missing.firstIndex(of: number) else { return false }
            missing.remove(at: index)
            return true
        }
        #expect(counting == known.count)
    }

    @Test func aMovedRuleIsOneChange() throws {
        var table = try FakeTable(FirewallState(chains: [.input([1, 2, 3, 4].map { RuleObject($0) })]))
        let desired = FirewallState(chains: [.input([2, 3, 1, 4].map { RuleObject($0) })])
        let changes = try #require(try reconcile(&table, with: desired))
        #expect(changes.chains[0].rules == [.move(observed: 0, desired: 2, before: 3)])
        #expect(ChangeSet(firewall: changes).summary.changed == 1)
    }

    @Test func aNewPolicyKeepsTheChain() throws {
        var table = try FakeTable(FirewallState(chains: [.input([RuleObject(1)])]))
        let before = handles(table)
        let changes = try reconcile(&table, with: FirewallState(chains: [.input([RuleObject(1)], policy: .drop)]))
        #expect(changes?.chains.map(\.changesPolicy) == [true])
        #expect(handles(table) == before)
    }

    @Test func anotherPriorityMakesTheBaseChainAnew() throws {
        let observed = FirewallState(chains: [
            .input([RuleObject(1, jump: "web")]), .regular("web", [RuleObject(2)]),
        ])
        var table = try FakeTable(observed)
        let desired = FirewallState(chains: [
            .input([RuleObject(1, jump: "web")], priority: 10), .regular("web", [RuleObject(2)]),
        ])
        let changes = try reconcile(&table, with: desired)
        #expect(changes?.chains.map(\.kind) == [.recreate])
        #expect(table.state?.chains.map { $0.rules.map(\.packets) } == [[200], [100]])
    }

    /// Of base chains with the same hook and priority the one that was made last sees packets first: whatever was there before, the
    /// order is that of the desired chains, and `reconcile` finds no difference only if it is.
    @Test(arguments: [
        (["a", "b", "c"], ["a", "b", "c"], []), (["b"], ["a", "b"], ["b"]), (["a"], ["a", "b"], []),
        (["c", "b", "a"], ["a", "b", "c"], ["b", "c"]), (["a", "c", "b"], ["a", "b", "c"], ["c"]),
        (["a", "b", "c"], ["a", "c"], []), (["x", "b", "a"], ["a", "b"], ["b"]),
    ])
    func baseChainsOfOneHookAndPriorityAreInOrder(observed: [String], desired: [String], remade: [String]) throws {
        func chain(_ name: String) -> ChainObject {
            let base = ChainObject.Base(type: name == "a" ? .filter : .route, hook: .output, priority: -150)
            return ChainObject(name: name, base: base, rules: [RuleEntry(RuleObject(1))])
        }
        let other = ChainObject.input([RuleObject(2)])
        var table = try FakeTable(FirewallState(chains: observed.map(chain) + [other]))
        let changes = try reconcile(&table, with: FirewallState(chains: [other] + desired.map(chain)))
        #expect(changes?.chains.filter { $0.kind == .recreate }.map(\.name) ?? [] == remade)
        #expect(table.state?.chains.map(\.name).filter { $0 != "input" } == desired)
    }

    @Test func aChainThatBecomesARegularOneLetsItsNewUsersIn() throws {
        let base = ChainObject.Base(type: .filter, hook: .forward, priority: 0)
        var table = try FakeTable(
            FirewallState(chains: [
                .input([RuleObject(1)]), ChainObject(name: "x", base: base, rules: [RuleEntry(RuleObject(2))]),
            ])
        )
        try reconcile(
            &table,
            with: FirewallState(chains: [.input([RuleObject(1, jump: "x")]), .regular("x", [RuleObject(2)])])
        )
    }

    @Test func aChainGoesAfterTheRulesThatJumpToIt() throws {
        var table = try FakeTable(
            FirewallState(chains: [
                .input([RuleObject(1, jump: "a")]), .regular("a", [RuleObject(2, jump: "b")]),
                .regular("b", [RuleObject(3)]),
            ])
        )
        let changes = try reconcile(&table, with: FirewallState(chains: [.input([RuleObject(4)])]))
        #expect(changes?.chains.map(\.kind) == [.change, .delete, .delete])
    }

    @Test func aSetOfAnotherKindTakesItsUsersAlong() throws {
        let rules = [RuleObject(1), RuleObject(2, set: "a"), RuleObject(3)]
        var table = try FakeTable(FirewallState(chains: [.input(rules)], sets: [SetObject("a", [1...9])]))
        let before = handles(table)
        let desired = FirewallState(chains: [.input(rules)], sets: [SetObject("a", [1...1], flags: [])])
        let changes = try #require(try reconcile(&table, with: desired))
        #expect(changes.chains[0].rules == [.renew(observed: 1, desired: 1, before: 2)])
        #expect(handles(table)[0] == before[0])
        #expect(handles(table)[2] == before[2])
        #expect(table.state?.chains[0].rules.map(\.packets) == before.map { $0 * 100 })
        // To a reader the set changes, and nothing else does.
        #expect(ChangeSet(firewall: changes).summary.total == 1)
    }

    @Test func whatOthersPutIntoTheTableGoes() throws {
        var map = SetObject("their-map", [])
        map.foreignAttributes = Array("their-chain".utf8)
        let quota = ForeignObject(messageType: 18, name: "quota", attributes: [])
        var table = try FakeTable(
            FirewallState(
                chains: [
                    .input([RuleObject(1), RuleObject(7, set: "their-map")]),
                    .regular("their-chain", [RuleObject(8, set: "their-map")]),
                ],
                sets: [map],
                foreignObjects: [quota]
            )
        )
        let changes = try #require(
            try reconcile(&table, with: FirewallState(chains: [.input([RuleObject(1)])]))
        )
        #expect(changes.deletedForeignObjects == [quota])
        #expect(changes.sets.map(\.name) == ["their-map"])
    }

    @Test func anAnonymousChainGoesWithItsRule() throws {
        let observed = FirewallState(chains: [
            .input([RuleObject(1), RuleObject(2, jump: "__chain3")]), .regular("__chain3", [RuleObject(4)]),
        ])
        let desired = FirewallState(chains: [.input([RuleObject(1)])])
        let changes = difference(
            desired: DesiredState(firewall: desired),
            observed: ObservedState(firewall: try FakeTable(observed).state)
        ).changes.firewall
        #expect(changes?.chains.map(\.name) == ["input"])
        #expect(changes?.chains[0].rules == [.delete(observed: 1)])
    }

    @Test func aTableThatWasPutToSleepWakesUp() throws {
        let state = FirewallState(chains: [.input([RuleObject(1)])])
        var asleep = state
        asleep.isDormant = true
        let changes = difference(
            desired: DesiredState(firewall: state),
            observed: ObservedState(firewall: asleep)
        ).changes
        #expect(changes.firewall?.table == .wake)
        #expect(changes.summary.changed == 1)
        var steps = 0
        changes.firewall?.forEachStep { (step: FirewallStep) in
            steps += 1
            guard case .addTable = step else {
                Issue.record("\(step)")
                return
            }
        }
        #expect(steps == 1)
    }

    @Test func anUndoneChangeMayNeedObjectsOfOthers() throws {
        var map = SetObject("their-map", [])
        map.foreignAttributes = [1, 2, 3]
        let state = FirewallState(
            chains: [.input([RuleObject(7, set: "their-map")])],
            sets: [map],
            foreignObjects: [ForeignObject(messageType: 18, name: "quota", attributes: [1])]
        )
        var table = try FakeTable(FirewallState(chains: [.input([RuleObject(7)])]))
        try reconcile(&table, with: state)
        try reconcile(&table, with: state)
    }

    @Test func rulesDifferByTheContentOfTheirOwnSets() throws {
        func rule(_ ports: ClosedRange<UInt32>) -> RuleObject {
            var rule = RuleObject(1)
            rule.anonymousSets = [SetObject("__set%d", [ports])]
            return rule
        }
        var table = try FakeTable(FirewallState(chains: [.input([rule(22...25), RuleObject(2)])]))
        let desired = FirewallState(chains: [.input([rule(22...26), RuleObject(2)])])
        let changes = difference(
            desired: DesiredState(firewall: desired),
            observed: ObservedState(firewall: table.state)
        ).changes.firewall
        #expect(changes?.chains[0].rules == [.replace(observed: 0, desired: 0)])
        try table.apply(changes)
        #expect(table.state?.chains[0].rules[0].rule == rule(22...26))
    }

    @Test func farTooManySearchesForHandlesBecomeARefill() {
        let rules = (0..<20_000).map { RuleObject($0) }
        func changes(_ desired: [RuleObject]) -> ChainChange? {
            difference(
                desired: DesiredState(firewall: FirewallState(chains: [.input(desired)])),
                observed: ObservedState(firewall: FirewallState(chains: [.input(rules)]))
            ).changes.firewall?.chains.first
        }
        #expect(changes(Array(rules.dropLast(50)))?.isRefilled == false)
        #expect(changes(Array(rules.dropLast(5000)))?.isRefilled == true)
        // Handles at the start of the chain are found at once.
        #expect(changes(Array(rules.dropFirst(3000)))?.isRefilled == false)
    }

    @Test(arguments: 0..<300)
    func anyTableBecomesAnyOther(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        var table = try FakeTable(RandomTable.make(&dice, withForeign: true))
        for round in 0..<4 {
            let commit: SetCommit = round.isMultiple(of: 2) ? .interleaved : .atomic
            try reconcile(&table, with: RandomTable.make(&dice, withForeign: false), commit)
        }
    }
}
