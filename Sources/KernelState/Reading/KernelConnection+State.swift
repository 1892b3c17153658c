public import KernelObjects

extension KernelConnection {
    /// Reads everything that a plan is made from.
    /// - Parameters:
    ///   - names: The kernel settings to read, by dotted name.
    ///   - known: What of Weir's table need not be read if nf_tables is at the same generation.
    public mutating func readState(
        sysctls names: [String] = [],
        knowing known: KnownFirewall? = nil
    ) throws(KernelStateError) -> ObservedState {
        let listing = try readFirewall(knowing: known)
        var state = try readStateWithoutFirewall(sysctls: names)
        state.firewall = listing.firewall
        state.generation = listing.generation
        return state
    }

    /// Reads what takes no privilege: everything but Weir's table and nf_tables' generation.
    /// - Parameter names: The kernel settings to read, by dotted name.
    public mutating func readStateWithoutFirewall(sysctls names: [String]) throws(KernelStateError) -> ObservedState {
        let routing = try readRouting()
        return ObservedState(
            routes: routing.routes,
            routingRules: routing.routingRules,
            sysctls: try readSysctls(names),
            links: routing.links,
            addresses: routing.addresses,
            setCommit: setCommit
        )
    }
}
