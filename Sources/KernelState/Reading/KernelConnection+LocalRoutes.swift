public import KernelObjects
import Netlink
import NetworkTypes
import SystemPackage

extension KernelConnection {
    /// Reads which addresses the kernel takes for its own: the routes of the table `local`, which it makes for addresses and people make for
    /// more.
    public mutating func readLocalRoutes() throws(KernelStateError) -> [RouteObject] {
        let indices = try readInterfaceIndices(.readRouting)
        let names = Dictionary(indices.map { ($0.value, $0.key) }) { first, _ in first }
        var routes: [RouteObject] = []
        // A change in the middle is found by whoever compares what the kernel answers with what these say.
        var isConsistent = true
        do throws(ReadFailure) {
            for family in AddressFamily.allCases {
                do throws(ReadFailure) {
                    try routing.dump(RoutingDump.localRoutes(family), &isConsistent) {
                        (payload) throws(KernelObjectsError) in
                        guard let route = try RoutingDump.route(payload, interfaceName: { names[$0] }),
                            route.key.destination.family == family, route.isKernelsOwn
                        else { return }
                        routes.append(route)
                    }
                } catch {
                    // The kernel makes the table with the first address of a namespace.
                    guard case .netlink(let reason) = error, reason.errno == .noSuchFileOrDirectory else { throw error }
                }
            }
        } catch {
            throw KernelStateError(.readRouting, error)
        }
        return routes
    }
}
