public import KernelObjects

extension KernelConnection {
    /// Reads everything that a plan is made from.
    /// - Parameter sysctls: The kernel settings to read, by dotted name.
    public mutating func readState(sysctls names: [String] = []) throws(KernelStateError) -> ObservedState {
        let listing = try readFirewall()
        let routing = try readRouting()
        return ObservedState(
            firewall: listing.firewall,
            generation: listing.generation,
            routes: routing.routes,
            routingRules: routing.routingRules,
            sysctls: try readSysctls(names),
            links: routing.links,
            addresses: routing.addresses
        )
    }
}
