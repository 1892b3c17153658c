import KernelObjects
import Reconciliation

/// Weir's table as the kernel would keep it: refuses what the kernel refuses.
struct FakeTable {
    enum Refusal: Error, Equatable {
        case exists(String)
        case missing(String)
        case busy(String)
    }

    private(set) var chains: [ChainObject] = []
    private(set) var sets: [SetObject] = []
    private(set) var foreignObjects: [ForeignObject] = []
    private(set) var exists = false
    private var lastHandle: UInt64 = 0

    init() {}

    /// The table with this content, as somebody else would have made it.
    init(_ state: FirewallState?) throws {
        guard let state else { return }
        exists = true
        sets = state.sets
        foreignObjects = state.foreignObjects
        chains = state.chains.map { chain in
            var chain = chain
            for index in chain.rules.indices {
                lastHandle += 1
                chain.rules[index].handle = lastHandle
                chain.rules[index].packets = lastHandle * 100
                chain.rules[index].bytes = lastHandle * 1000
            }
            return chain
        }
    }

    /// What a dump shows.
    var state: FirewallState? {
        exists ? FirewallState(chains: chains, sets: sets, foreignObjects: foreignObjects) : nil
    }

    /// Applies all changes, or none if one is refused.
    mutating func apply(_ changes: FirewallChanges?) throws {
        var copy = self
        try changes?.forEachStep { (step: FirewallStep) throws in try copy.apply(step) }
        self = copy
    }

    private mutating func apply(_ step: FirewallStep) throws {
        switch step {
        case .addTable:
            exists = true
        case .deleteTable:
            self = FakeTable()
        case .addSet(var set):
            guard !sets.contains(where: { $0.name == set.name }) else { throw Refusal.exists(set.name) }
            set.elements = []
            sets.append(set)
        case .deleteSet(let set):
            let index = try setIndex(set.name)
            guard users(ofSet: set.name) == 0 else { throw Refusal.busy(set.name) }
            sets.remove(at: index)
        case .addElements(let elements, let set):
            let index = try setIndex(set.name)
            for element in elements {
                guard !sets[index].elements.contains(where: { $0.start <= element.end && element.start <= $0.end })
                else { throw Refusal.exists("element of \(set.name)") }
                sets[index].elements.append(element)
            }
            sets[index].elements.sort { $0.start < $1.start }
        case .addTransientElements(let members, let set):
            try apply(.addElements(members.map(\.element), set))
        case .deleteElements(let elements, let set):
            let index = try setIndex(set.name)
            for element in elements {
                guard let place = sets[index].elements.firstIndex(of: element) else {
                    throw Refusal.missing("element of \(set.name)")
                }
                sets[index].elements.remove(at: place)
            }
        default:
            try applyToChains(step)
        }
    }

    private mutating func applyToChains(_ step: FirewallStep) throws {
        switch step {
        case .addChain(var chain):
            guard !chains.contains(where: { $0.name == chain.name }) else { throw Refusal.exists(chain.name) }
            chain.rules = []
            chains.append(chain)
        case .setPolicy(let chain):
            guard let policy = chain.base?.policy else { throw Refusal.missing("policy") }
            chains[try chainIndex(chain.name)].base?.policy = policy
        case .deleteChain(let chain):
            let index = try chainIndex(chain.name)
            guard users(ofChain: chain.name) == 0 else { throw Refusal.busy(chain.name) }
            chains.remove(at: index)
        case .flushChain(let chain):
            chains[try chainIndex(chain.name)].rules = []
        case .deleteRule(let entry, let chain):
            let index = try chainIndex(chain)
            chains[index].rules.remove(at: try ruleIndex(entry.handle, in: index))
        case .addRule(let entry, let chain, let before):
            let index = try chainIndex(chain)
            let place = try before.map { try ruleIndex($0, in: index) } ?? chains[index].rules.count
            lastHandle += 1
            chains[index].rules.insert(try fresh(entry, handle: lastHandle), at: place)
        case .replaceRule(let handle, let entry, let chain):
            let index = try chainIndex(chain)
            let place = try ruleIndex(handle, in: index)
            chains[index].rules[place] = try fresh(entry, handle: handle)
        case .addForeignObject(let object):
            foreignObjects.append(object)
        case .deleteForeignObject(let object):
            guard let index = foreignObjects.firstIndex(of: object) else { throw Refusal.missing(object.name) }
            foreignObjects.remove(at: index)
        default: break
        }
    }

    private func fresh(_ entry: RuleEntry, handle: UInt64) throws -> RuleEntry {
        for name in entry.rule.usedSets { _ = try setIndex(name) }
        for name in entry.rule.usedChains { _ = try chainIndex(name) }
        return RuleEntry(entry.rule, handle: handle, packets: entry.packets, bytes: entry.bytes)
    }

    private func users(ofSet name: String) -> Int {
        chains.reduce(0) { $0 + $1.rules.count { $0.rule.usedSets.contains(name) } }
    }

    private func users(ofChain name: String) -> Int {
        chains.reduce(0) { $0 + $1.rules.count { $0.rule.usedChains.contains(name) } }
            + sets.count { $0.foreignAttributes.map { String(decoding: $0, as: UTF8.self) } == name }
    }

    private func setIndex(_ name: String) throws -> Int {
        guard let index = sets.firstIndex(where: { $0.name == name }) else { throw Refusal.missing(name) }
        return index
    }

    private func chainIndex(_ name: String) throws -> Int {
        guard let index = chains.firstIndex(where: { $0.name == name }) else { throw Refusal.missing(name) }
        return index
    }

    private func ruleIndex(_ handle: UInt64, in chain: Int) throws -> Int {
        guard let index = chains[chain].rules.firstIndex(where: { $0.handle == handle }) else {
            throw Refusal.missing("rule \(handle)")
        }
        return index
    }
}
