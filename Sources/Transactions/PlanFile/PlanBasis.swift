import KernelObjects
import NetworkTypes
import Reconciliation

/// What the kernel had of what a plan touches and relies on: Weir's own objects, those that have the place of a desired one, and the
/// interfaces and addresses that desired routes need.
struct PlanBasis: Sendable {
    /// An interface or address that desired routes need, and how it is, in words.
    struct Circumstance: Sendable, Hashable {
        var subject: String
        var state: String
    }

    /// The objects, and what Weir had displaced.
    var objects: Snapshot
    /// Interfaces and addresses.
    var circumstances: [Circumstance]

    init(objects: Snapshot, circumstances: [Circumstance]) {
        self.objects = objects
        self.circumstances = circumstances
    }

    /// Picks what matters to the change that is shown.
    init(_ preview: Preview) {
        self.init(desired: preview.desired, observed: preview.observed, displaced: preview.displaced)
    }

    /// Picks what matters to a desired state.
    init(desired: DesiredState, observed: ObservedState, displaced: Displaced) {
        let keys = Set(desired.routes.map(\.key)).union(displaced.routes.map(\.key))
        let places = Set(desired.routingRules.map { RoutingRulePlace($0) })
        let wanted = Set(desired.sysctls.map(\.name))
        // What the kernel writes along with a setting is as nobody has asked for.
        var settings = wanted.union(
            Set(displaced.sysctls.map(\.name)).subtracting(SysctlOrder.companions(of: wanted))
        )
        objects = Snapshot(
            origin: KernelInstance(boot: "", namespace: 0),
            generation: observed.generation,
            firewall: observed.firewall,
            firewallDigest: observed.firewall?.digest,
            routes: observed.routes.filter { $0.routeProtocol == weirProtocol || keys.contains($0.key) },
            routingRules: observed.routingRules.filter {
                $0.ruleProtocol == weirProtocol || places.contains(RoutingRulePlace($0))
            },
            // One that is desired and displaced something was read for both.
            sysctls: observed.sysctls.filter { settings.remove($0.name) != nil },
            displaced: displaced
        )
        circumstances = Self.circumstances(of: desired.routes, observed)
    }

    private static func circumstances(of routes: [RouteObject], _ observed: ObservedState) -> [Circumstance] {
        let links = Dictionary(observed.links.map { ($0.name, $0) }) { first, _ in first }
        let names = Dictionary(observed.links.map { ($0.index, $0.name) }) { first, _ in first }
        let hops = routes.lazy.flatMap(\.hops)
        var result = Set(hops.compactMap(\.interface)).sorted().map { name in
            Circumstance(subject: "interface \(name)", state: Self.state(of: links[name]))
        }
        let needs = AddressNeeds(routes)
        let needed = observed.addresses.filter { address in
            names[address.interfaceIndex].map { needs.include(address, of: $0) } ?? false
        }
        let texts = needed.map { "address \($0.address)/\($0.prefixLength) on \(names[$0.interfaceIndex] ?? "")" }
        result += Set(texts).sorted().map { Circumstance(subject: $0, state: "there") }
        return result
    }

    private static func state(of link: LinkObject?) -> String {
        guard let link else { return absent }
        return link.isUp ? "up" : "down"
    }

    /// The state of what is not there.
    static let absent = "missing"
}

/// The addresses that routes rely on: those that they prefer as a source, and those whose network has a gateway.
private struct AddressNeeds {
    private let sources: Set<IPAddress>
    private let gateways: Set<RouteObject.Hop>
    /// `RT_SCOPE_LINK` (<linux/rtnetlink.h>)
    private static let linkScope: UInt8 = 253

    init(_ routes: [RouteObject]) {
        sources = Set(routes.compactMap(\.preferredSource))
        let hops = routes.lazy.flatMap(\.hops).filter { $0.gateway != nil }
        gateways = Set(hops.map { RouteObject.Hop(gateway: $0.gateway, interface: $0.interface) })
    }

    func include(_ address: AddressObject, of interface: String) -> Bool {
        if sources.contains(address.address) { return true }
        // Every interface has a link-local network of its own, whatever its addresses.
        guard address.scope != Self.linkScope else { return false }
        let network = IPPrefix(masking: address.address, length: address.prefixLength)
        return gateways.contains { hop in
            guard let gateway = hop.gateway, hop.interface == nil || hop.interface == interface else { return false }
            return IPPrefix(masking: gateway, length: address.prefixLength) == network
        }
    }
}
