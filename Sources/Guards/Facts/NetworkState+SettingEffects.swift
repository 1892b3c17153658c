import KernelObjects
import Reconciliation

extension NetworkState {
    /// Takes away what the kernel removes by itself when settings are written.
    mutating func lose(by changes: [SysctlChange]) {
        let now = ObservedState(routes: routes, links: links, addresses: addresses)
        let names = Dictionary(links.map { ($0.name, $0.setting("net.ipv6.conf", "accept_ra")) }) { first, _ in first }
        let settings = settings
        let lost = now.routesLost(by: changes) { interface in names[interface].flatMap { settings[$0] } }
        let addressesLost = now.addressesLost(by: changes)
        guard !lost.isEmpty || !addressesLost.isEmpty else { return }
        routes.removeAll { route in lost.contains { $0.isEquivalent(to: route) } }
        addresses.removeAll { address in addressesLost.contains(address) }
    }

    /// The addresses that settings take with them and that Weir cannot give back, by setting.
    func leasesEnded(by changes: [SysctlChange]) -> [GuardFinding] {
        let now = ObservedState(links: links, addresses: addresses)
        return changes.compactMap { change in
            let lost = now.leasedAddressesLost(by: [change])
            return lost.isEmpty ? nil : .leasesEnd(lost, setting: change.name)
        }
    }
}
