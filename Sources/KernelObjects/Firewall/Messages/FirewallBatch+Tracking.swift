/// A table that does nothing but make connection tracking see the namespace's packets.
extension FirewallBatch {
    /// `NFT_TABLE_F_OWNER` (Linux 5.12): the table goes when the socket that made it is closed, however that comes about.
    private static let owner: UInt32 = 2

    /// Makes a table with one chain that no packet comes into, and in it a rule that asks for the connection's state: for such a rule
    /// the kernel starts to track connections (`nf_ct_netns_get` in `nft_ct_get_init`).
    /// - Parameter name: The name of the table, which nobody else has; its family is inet.
    public mutating func addTrackingTable(named name: String) throws(KernelObjectsError) {
        _ = try append(FirewallMessage.newTable, flags: MessageFlag.create | MessageFlag.exclusive, "the table") {
            writer in
            writer.string(TableAttribute.name, name)
            writer.networkOrder(TableAttribute.flags, Self.owner)
        }
        let chain = "unused"
        _ = try append(FirewallMessage.newChain, flags: MessageFlag.create, "chain '\(chain)'") { writer in
            writer.string(ChainAttribute.table, name)
            writer.string(ChainAttribute.name, chain)
        }
        var expressions = ExpressionWriter()
        expressions.append(ConntrackExpression(.state))
        let bytes = expressions.finish()
        _ = try append(FirewallMessage.newRule, flags: MessageFlag.create | MessageFlag.append, "a rule") { writer in
            writer.string(RuleAttribute.table, name)
            writer.string(RuleAttribute.chain, chain)
            let list = writer.open(RuleAttribute.expressions)
            writer.raw(bytes)
            writer.close(list)
        }
    }
}
