/// Where in its chain a new rule goes.
public enum RulePosition: Sendable, Hashable {
    /// After all others.
    case last
    /// Before all others.
    case first
    /// Before the rule with this handle.
    case before(handle: UInt64)
    /// After the rule with this handle.
    case behind(handle: UInt64)
    /// After a rule that this batch adds, by the number it was given (`NFTA_RULE_POSITION_ID`, since Linux 5.1).
    case behindNew(id: UInt32)
}

extension FirewallBatch {
    /// Adds a rule, and before it the sets that live in it.
    /// - Parameter id: A number by which later messages of this batch can refer to the rule (`NFTA_RULE_ID`).
    /// - Returns: The indices of the messages; the last one is the rule's own.
    @discardableResult
    public mutating func addRule(
        _ rule: RuleObject,
        to chain: String,
        at position: RulePosition = .last,
        id: UInt32? = nil
    ) throws(KernelObjectsError) -> ClosedRange<Int> {
        try appendRule(rule, chain: chain, flags: position.flags | MessageFlag.create) { writer in
            switch position {
            case .last, .first: break
            case .before(let handle), .behind(let handle): writer.networkOrder(RuleAttribute.position, handle)
            case .behindNew(let id): writer.networkOrder(RuleAttribute.positionID, id)
            }
            if let id { writer.networkOrder(RuleAttribute.id, id) }
        }
    }

    /// Puts another rule in the place of the one with a handle. The handle stays; counters start anew.
    /// - Returns: The indices of the messages; the last one is the rule's own.
    @discardableResult
    public mutating func replaceRule(
        handle: UInt64,
        in chain: String,
        with rule: RuleObject
    ) throws(KernelObjectsError) -> ClosedRange<Int> {
        try appendRule(rule, chain: chain, flags: MessageFlag.replace) { writer in
            writer.networkOrder(RuleAttribute.handle, handle)
        }
    }

    /// Deletes the rule with a handle.
    @discardableResult
    public mutating func deleteRule(handle: UInt64, in chain: String) throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.deleteRule, flags: 0, "a rule") { writer in
            writer.string(RuleAttribute.table, FirewallState.tableName)
            writer.name(RuleAttribute.chain, chain)
            writer.networkOrder(RuleAttribute.handle, handle)
        }
    }

    private mutating func appendRule(
        _ rule: RuleObject,
        chain: String,
        flags: UInt16,
        _ place: (inout AttributeWriter) -> Void
    ) throws(KernelObjectsError) -> ClosedRange<Int> {
        let first = count
        do throws(KernelObjectsError) {
            var setIDs: [UInt32] = []
            for set in rule.anonymousSets { setIDs.append(try addAnonymousSet(set)) }
            let last = try append(FirewallMessage.newRule, flags: flags, "a rule of chain '\(chain)'") { writer in
                writer.string(RuleAttribute.table, FirewallState.tableName)
                writer.name(RuleAttribute.chain, chain)
                place(&writer)
                let expressions = writer.open(RuleAttribute.expressions)
                writer.sentExpressions(rule.expressions, anonymousSetIDs: setIDs)
                writer.close(expressions)
                if !rule.userdata.isEmpty { writer.data(RuleAttribute.userdata, rule.userdata) }
            }
            return first...last
        } catch {
            removeMessages(from: first)
            throw error
        }
    }
}

extension RulePosition {
    fileprivate var flags: UInt16 {
        switch self {
        case .last, .behind, .behindNew: MessageFlag.append
        case .first, .before: 0
        }
    }
}
