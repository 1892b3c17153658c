/// Requests for nf_tables dumps of Weir's table. Kernels that do not know a filter answer with more than was asked for.
extension FirewallDump {
    /// Asks for the generation; no dump, but one answer.
    public static let generationRequest = request(FirewallMessage.getGeneration, family: FirewallHeader.anyFamily) {
        _ in
    }

    /// Asks for the tables of all families and owners.
    public static let tablesRequest = request(FirewallMessage.getTable, family: FirewallHeader.anyFamily) { _ in }

    /// Asks for the chains of the table.
    public static let chainsRequest = request(FirewallMessage.getChain) { writer in
        writer.string(ChainAttribute.table, FirewallState.tableName)
    }

    /// Asks for the chains of the tables of all families and owners.
    public static let allChainsRequest = request(FirewallMessage.getChain, family: FirewallHeader.anyFamily) { _ in }

    /// Asks for the sets of the table.
    public static let setsRequest = request(FirewallMessage.getSet) { writer in
        writer.string(SetAttribute.table, FirewallState.tableName)
    }

    /// Asks for the stateful objects of the table.
    public static let objectsRequest = request(FirewallMessage.getObject) { writer in
        writer.string(ObjectAttribute.table, FirewallState.tableName)
    }

    /// Asks for the flowtables of the table.
    public static let flowtablesRequest = request(FirewallMessage.getFlowtable) { writer in
        writer.string(ObjectAttribute.table, FirewallState.tableName)
    }

    /// Asks for the rules of one chain. All chains in one dump would cost quadratic time: the kernel starts each 32 KiB anew at the
    /// first rule.
    public static func rulesRequest(ofChain name: String) -> EncodedMessage {
        request(FirewallMessage.getRule) { writer in
            writer.string(RuleAttribute.table, FirewallState.tableName)
            writer.name(RuleAttribute.chain, name)
        }
    }

    /// Asks for the rules of one chain of a table of another program.
    public static func rulesRequest(ofChain name: String, in table: Table) -> EncodedMessage {
        request(FirewallMessage.getRule, family: table.family) { writer in
            writer.string(RuleAttribute.table, table.name)
            writer.string(RuleAttribute.chain, name)
        }
    }

    /// Asks for one rule; no dump, but one answer, and an error if the chain has no such rule.
    public static func ruleRequest(handle: UInt64, ofChain name: String) -> EncodedMessage {
        request(FirewallMessage.getRule) { writer in
            writer.string(RuleAttribute.table, FirewallState.tableName)
            writer.string(RuleAttribute.chain, name)
            writer.networkOrder(RuleAttribute.handle, handle)
        }
    }

    /// Asks for the members of a set.
    public static func elementsRequest(ofSet name: String) -> EncodedMessage {
        request(FirewallMessage.getElements) { writer in
            writer.string(ElementAttribute.table, FirewallState.tableName)
            writer.name(ElementAttribute.set, name)
        }
    }

    /// Asks for members of a set by their first keys; no dump, but an answer for each. In an interval set a key finds the interval that it
    /// lies in, start and end, unless that has no end. The kernel answers with an error at the first key that the set does not have.
    public static func request(forElements elements: some Sequence<SetElement>, of set: SetObject) -> EncodedMessage {
        let encoding = ElementEncoding(set: set, isDeletion: false)
        return request(FirewallMessage.getElements) { writer in
            writer.string(ElementAttribute.table, FirewallState.tableName)
            writer.name(ElementAttribute.set, set.name)
            let list = writer.open(ElementAttribute.list)
            for element in elements { encoding.writeLookup(of: element, into: &writer) }
            writer.close(list)
        }
    }

    private static func request(
        _ type: UInt16,
        family: UInt8 = FirewallHeader.inet,
        _ body: (inout AttributeWriter) -> Void
    ) -> EncodedMessage {
        var writer = AttributeWriter(capacity: 64)
        writer.raw([family, 0, 0, 0])
        body(&writer)
        return EncodedMessage(type: type, payload: writer.takeBytes())
    }
}
