extension RuleObject {
    /// The rule as the payload of a `NFT_MSG_NEWRULE` message, for readers of whole messages such as libnftnl.
    public var payload: [UInt8] {
        var writer = AttributeWriter(capacity: expressions.count + 64)
        // struct nfgenmsg: NFPROTO_INET, version 0, no resource.
        writer.raw([1, 0, 0, 0])
        writer.string(RuleAttribute.table, FirewallState.tableName)
        let list = writer.open(RuleAttribute.expressions)
        writer.raw(expressions)
        writer.close(list)
        return writer.takeBytes()
    }
}
