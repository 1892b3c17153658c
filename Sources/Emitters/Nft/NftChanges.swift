import KernelObjects
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel

/// Writes a script for `nft -f` that makes changes of Weir's table and no others, in one transaction.
///
/// Rules are named by their handles, so that the script is for the kernel as it was read.
struct NftChanges {
    private let desired: FirewallState
    private let reader: TableRuleReader
    private let origin: (Int32) -> RuleOrigin?

    init(
        desired: FirewallState?,
        familiesOfSets: [String: AddressFamilies],
        origin: @escaping (Int32) -> RuleOrigin?
    ) {
        self.desired = desired ?? FirewallState()
        reader = TableRuleReader(self.desired, familiesOfSets: familiesOfSets)
        self.origin = origin
    }

    func write(_ changes: FirewallChanges, to text: inout TextBuffer) throws(Inexpressible) {
        text.write("#!/usr/sbin/nft -f\n# For the kernel as it was read: rules are named by their handles.\n")
        let hooks = Dictionary(desired.chains.map { ($0.name, $0.base?.hook) }) { first, _ in first }
        var replaced: [(handle: UInt64, chain: String)] = []
        func deleteReplaced() throws(Inexpressible) {
            for rule in replaced {
                try text.write(nft: "delete rule", rule.chain, handle: rule.handle)
                text.write(UInt8(ascii: "\n"))
            }
            replaced = []
        }
        try changes.forEachStep { step throws(Inexpressible) in
            switch step {
            case .replaceRule(let handle, let entry, let chain) where entry.rule.hasIntervals:
                // nft 1.0.6 ends with a failed assertion where a rule with a set of intervals replaces another one. So it is put
                // before that one, which goes when no other rule has to be put before it.
                replaced.append((handle, chain))
                try write(.addRule(entry, chain: chain, before: handle), hooks, to: &text)
            case .deleteSet, .deleteChain:
                try deleteReplaced()
                try write(step, hooks, to: &text)
            default:
                try write(step, hooks, to: &text)
            }
            text.write(UInt8(ascii: "\n"))
        }
        try deleteReplaced()
    }

    private func write(
        _ step: FirewallStep,
        _ hooks: [String: NetfilterHook?],
        to text: inout TextBuffer
    ) throws(Inexpressible) {
        switch step {
        case .addTable: text.write("add table inet \(FirewallState.tableName)")
        case .deleteTable: text.write("delete table inet \(FirewallState.tableName)")
        case .addSet(let set):
            try text.write(nft: "add set", set.name)
            text.write(" { \(try set.nftProperties.joined(separator: "; ")); }")
        case .deleteSet(let set): try text.write(nft: "delete set", set.name)
        case .addElements(let elements, let set):
            try text.write(nft: "add element", set.name)
            try text.write(nftMembers: elements, of: set)
        case .addTransientElements(let members, let set):
            try text.write(nft: "add element", set.name)
            try text.write(nftMembers: members.map(\.element), of: set)
        case .deleteElements(let elements, let set):
            try text.write(nft: "delete element", set.name)
            try text.write(nftMembers: elements, of: set)
        case .addChain(let chain):
            try text.write(nft: "add chain", chain.name)
            guard let base = chain.base else { return }
            text.write(" { ")
            text.write(nftBase: base)
            text.write(" }")
        case .setPolicy(let chain):
            try text.write(nft: "add chain", chain.name)
            text.write(" { policy \(chain.base?.policy.rawValue ?? "accept"); }")
        case .deleteChain(let chain): try text.write(nft: "delete chain", chain.name)
        case .flushChain(let chain): try text.write(nft: "flush chain", chain.name)
        case .deleteRule(let entry, let chain): try text.write(nft: "delete rule", chain, handle: entry.handle)
        case .addRule(let entry, let chain, let handle):
            try text.write(nft: handle == nil ? "add rule" : "insert rule", chain, handle: handle)
            try write(entry, chain, hooks, to: &text)
        case .replaceRule(let handle, let entry, let chain):
            try text.write(nft: "replace rule", chain, handle: handle)
            try write(entry, chain, hooks, to: &text)
        case .addForeignObject(let object), .deleteForeignObject(let object):
            throw Inexpressible("the object '\(object.name)' of somebody else is in Weir's table")
        }
    }

    private func write(
        _ entry: RuleEntry,
        _ chain: String,
        _ hooks: [String: NetfilterHook?],
        to text: inout TextBuffer
    ) throws(Inexpressible) {
        text.write(UInt8(ascii: " "))
        let rule = try reader.read(entry, inChain: chain, origin: origin(entry.origin))
        let writer = NftRule(hook: hooks[chain] ?? nil, packets: entry.packets, bytes: entry.bytes)
        try writer.write(rule, to: &text)
    }
}

extension RuleObject {
    /// Whether the rule looks into a set of its own that holds intervals.
    fileprivate var hasIntervals: Bool {
        anonymousSets.contains { $0.flags.contains(.interval) }
    }
}

extension TextBuffer {
    /// Appends a command and what it is about: `delete rule inet weir input handle 5`.
    fileprivate mutating func write(
        nft command: StaticString,
        _ name: String,
        handle: UInt64? = nil
    ) throws(Inexpressible) {
        write(command)
        write(" inet \(FirewallState.tableName) ")
        try write(nftName: name)
        if let handle { write(" handle \(handle)") }
    }

    fileprivate mutating func write(nftMembers elements: [SetElement], of set: SetObject) throws(Inexpressible) {
        write(" { ")
        try write(nftElements: elements, of: set)
        write(" }")
    }
}
