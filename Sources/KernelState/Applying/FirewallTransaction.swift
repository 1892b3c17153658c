import KernelObjects
import Netlink
import NetworkTypes
public import Reconciliation
import SystemPackage

/// The messages of a change of the firewall, ready to be checked or committed by the kernel.
public struct FirewallTransaction: Sendable {
    /// What the transaction does.
    public let changes: FirewallChanges
    var batch: NetlinkBatch
    /// Which step each message belongs to: a rule with sets in it takes several.
    private let steps: [Int32]

    /// Encodes changes.
    public init(_ changes: FirewallChanges) throws(KernelStateError) {
        self.changes = changes
        var messages = FirewallBatch(capacity: changes.estimatedSize)
        var steps: [Int32] = []
        var step: Int32 = 0
        do throws(KernelObjectsError) {
            try changes.forEachStep { (change) throws(KernelObjectsError) in
                try messages.append(change)
                while steps.count < messages.count { steps.append(step) }
                step += 1
            }
        } catch {
            throw KernelStateError(.changeFirewall, KernelStateError.Cause.object(error))
        }
        self.steps = steps
        do throws(NetlinkError) {
            batch = try NetlinkBatch(encodedMessages: messages.takeEncodedMessages())
        } catch {
            throw KernelStateError(.changeFirewall, error)
        }
    }

    /// How many messages there are.
    public var messageCount: Int {
        batch.count
    }

    /// How many bytes they have.
    public var byteCount: Int {
        batch.byteCount
    }

    /// The step that stands at an index, for finding out what was refused.
    public func step(at index: Int) -> FirewallStep? {
        var found: FirewallStep?
        var position = 0
        changes.forEachStep { step in
            if position == index { found = step }
            position += 1
        }
        return found
    }

    /// What the kernel refused, in terms of what was asked for.
    func refusal(_ error: BatchError) -> Refusal {
        guard let message = error.index, steps.indices.contains(message) else {
            return Refusal(change: nil, errno: error.errno, message: error.message)
        }
        let index = Int(steps[message])
        var refusal = Refusal(change: index, errno: error.errno, message: error.message)
        guard let step = step(at: index) else { return refusal }
        let first = steps[..<message].lastIndex { $0 != steps[message] }.map { $0 + 1 } ?? 0
        refusal.expression = error.attributeOffset.flatMap { step.expression(inMessage: message - first, atOffset: $0) }
        refusal.missingFeature = step.missingFeature(refusal)
        return refusal
    }
}

extension FirewallChanges {
    /// About how many bytes the messages take: a buffer that has to grow is copied, and large for a while.
    fileprivate var estimatedSize: Int {
        var size = 8192
        forEachStep { step in size += step.estimatedSize }
        return size
    }
}

extension FirewallBatch {
    /// Writes the messages of a step.
    fileprivate mutating func append(_ step: FirewallStep) throws(KernelObjectsError) {
        switch step {
        case .addTable: try addTable()
        case .deleteTable: try deleteTable()
        case .addSet(let set): try addSet(set)
        case .deleteSet(let set): try deleteSet(named: set.name)
        case .addElements(let elements, let set): try addElements(elements, to: set)
        case .addTransientElements(let elements, let set): try addTransientElements(elements, to: set)
        case .deleteElements(let elements, let set): try deleteElements(elements, from: set)
        case .addChain(let chain): try addChain(chain)
        case .setPolicy(let chain): try setPolicy(of: chain)
        case .deleteChain(let chain): try deleteChain(named: chain.name)
        case .flushChain(let chain): try flushChain(named: chain.name)
        case .deleteRule(let entry, let chain): try deleteRule(handle: entry.handle, in: chain)
        case .addRule(let entry, let chain, let handle):
            try addRule(entry.countedRule, to: chain, at: handle.map(RulePosition.before(handle:)) ?? .last)
        case .replaceRule(let handle, let entry, let chain):
            try replaceRule(handle: handle, in: chain, with: entry.countedRule)
        case .addForeignObject(let object): try addForeignObject(object)
        case .deleteForeignObject(let object): try deleteForeignObject(object)
        }
    }
}

extension FirewallStep {
    fileprivate var estimatedSize: Int {
        // A header, the names of table and chain, and a handle.
        let frame = 64
        switch self {
        case .addRule(let entry, _, _), .replaceRule(_, let entry, _):
            let sets = entry.rule.anonymousSets.reduce(0) { $0 + 4 * frame + Self.estimatedSize(of: $1.elements) }
            return frame + entry.rule.expressions.count + entry.rule.userdata.count + sets
        case .addElements(let elements, _), .deleteElements(let elements, _):
            return frame + Self.estimatedSize(of: elements)
        case .addTransientElements(let elements, _):
            return frame + 80 * elements.count
        default:
            return 4 * frame
        }
    }

    private static func estimatedSize(of elements: [SetElement]) -> Int {
        48 * elements.count
    }

    /// Which expression of a rule stands at a place of the step's message.
    fileprivate func expression(inMessage message: Int, atOffset offset: Int) -> Int? {
        var batch = FirewallBatch()
        guard (try? batch.append(self)) != nil else { return nil }
        return batch.expressionIndex(inMessage: message, atOffset: offset)
    }

    /// What the kernel would need in order not to refuse the step; nothing where the reason is another one.
    fileprivate func missingFeature(_ refusal: Refusal) -> String? {
        guard refusal.errno == .noSuchFileOrDirectory || refusal.errno == .notSupported else { return nil }
        switch self {
        case .addChain(let chain):
            return chain.base.map { "'\($0.type.rawValue)' chains in the hook '\($0.hook)'" }
        case .addRule(let entry, _, _), .replaceRule(_, let entry, _):
            guard let index = refusal.expression, let expressions = Expression.decode(entry.rule.expressions),
                expressions.indices.contains(index)
            else { return nil }
            return expressions[index].missingFeature(errno: refusal.errno)
        case .addSet(let set) where refusal.errno == .notSupported:
            return "sets of the kind of '\(set.name)'"
        default:
            return nil
        }
    }
}

extension Expression {
    fileprivate func missingFeature(errno: Errno) -> String? {
        switch self {
        // It is the chain, the set or the object that is missing.
        case .immediate, .lookup, .map, .dynamicSet, .object, .flowOffload:
            errno == .noSuchFileOrDirectory ? nil : "'\(kindName)' expressions of this form"
        default: "'\(kindName)' expressions" + (errno == .noSuchFileOrDirectory ? "" : " of this form")
        }
    }
}
