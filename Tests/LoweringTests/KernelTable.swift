import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation

extension KernelConnection {
    /// Makes the kernel have this.
    mutating func apply(_ desired: DesiredState) throws {
        let observed = try readState(sysctls: desired.sysctls.map(\.name))
        let changes = difference(desired: desired, observed: observed).changes
        if let firewall = changes.firewall {
            var transaction = try FirewallTransaction(firewall)
            try commit(&transaction, ifGeneration: observed.generation)
        }
        try perform(changes.routes)
        try perform(changes.routingRules)
    }

    /// Reads Weir's table.
    mutating func table() throws -> FirewallState {
        try readFirewall().firewall ?? FirewallState()
    }
}
