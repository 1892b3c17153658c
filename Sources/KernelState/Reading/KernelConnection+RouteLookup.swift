public import KernelObjects
import Netlink
import SystemPackage

/// What the kernel would do with a packet.
public enum RouteAnswer: Sendable {
    /// It goes this way: the entry of the routing table that matched.
    case route(RouteObject)
    /// It is dropped silently (`RTN_BLACKHOLE`).
    case blackhole
    /// It is refused as unreachable (`RTN_UNREACHABLE`).
    case unreachable
    /// It is refused as prohibited (`RTN_PROHIBIT`).
    case prohibited
    /// No route matches.
    case none
}

extension KernelConnection {
    /// Asks which way the kernel would send a packet.
    public mutating func lookUp(_ lookup: RouteLookup) throws(KernelStateError) -> RouteAnswer {
        let indices = try readInterfaceIndices(.lookUpRoute)
        let names = Dictionary(indices.map { ($0.value, $0.key) }) { first, _ in first }
        return try lookUp(lookup) { names[$0] }
    }

    /// Asks which way the kernel would send a packet, or whether it would take one that comes in.
    /// - Parameter interfaceName: The name of an interface by number.
    public mutating func lookUp(
        _ lookup: RouteLookup,
        interfaceName: (UInt32) -> String?
    ) throws(KernelStateError) -> RouteAnswer {
        var answer: RouteObject?
        do throws(ReadFailure) {
            try routing.request(NetlinkRequest(lookup.message)) { (_, payload) throws(ReadFailure) in
                do throws(KernelObjectsError) {
                    answer = try RoutingDump.route(payload, interfaceName: interfaceName) ?? answer
                } catch {
                    throw .object(error)
                }
            }
        } catch {
            // These errors are the answer.
            if case .netlink(let error) = error {
                switch error.errno {
                // With words it would be the question that is wrong.
                case .invalidArgument where error.message == nil: return .blackhole
                case .noRouteToHost: return .unreachable
                case .permissionDenied: return .prohibited
                case .networkUnreachable: return .none
                // What comes in from where no answer would go by the same interface (`rp_filter`).
                case .improperLink: return .none
                default: break
                }
            }
            throw KernelStateError(.lookUpRoute, error)
        }
        guard let answer else { return .none }
        switch answer.type {
        case 6: return .blackhole
        case 7: return .unreachable
        case 8: return .prohibited
        default: return .route(answer)
        }
    }
}
