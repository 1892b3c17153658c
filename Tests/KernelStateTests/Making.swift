import KernelObjects
import KernelState
import Netlink
import Reconciliation
import Testing

/// The changes that make a table where there is none.
func firewallChanges(making state: FirewallState) -> FirewallChanges {
    FirewallChanges(
        table: .add,
        sets: state.sets.map(SetChange.add),
        chains: state.chains.map { ChainChange(kind: .add, observed: nil, desired: $0) },
        addedForeignObjects: state.foreignObjects
    )
}

extension KernelConnection {
    /// Makes a table where there is none.
    mutating func make(_ state: FirewallState) throws {
        try change(firewallChanges(making: state))
    }

    /// Makes a change, whatever the generation.
    mutating func change(_ changes: FirewallChanges) throws {
        var transaction = try FirewallTransaction(changes)
        try commit(&transaction, ifGeneration: try readGeneration())
    }
}

extension FirewallBatch {
    /// Commits the messages.
    func commit() throws {
        var socket = try NetlinkSocket(.netfilter)
        var batch = try NetlinkBatch(encodedMessages: encodedMessages)
        let outcome = try socket.commit(&batch)
        try #require(outcome.isSuccess, "\(outcome.errors)")
    }
}
