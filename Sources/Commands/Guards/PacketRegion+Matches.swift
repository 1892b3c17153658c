import Guards
import NetworkTypes
import RulesetModel

extension PacketRegion {
    /// The packets of new connections that meet these conditions; nil if there are none, or if the conditions look at translation themselves.
    init?(_ matches: [Match], sets: [NamedSet]) {
        self.init()
        for match in matches {
            switch match {
            case .family(let family): families = families.intersection(AddressFamilies(family))
            case .icmp(let icmp):
                families = families.intersection(AddressFamilies(icmp.family))
                protocols = [(icmp.family == .ipv4 ? IPProtocol.icmp : .icmpv6).rawValue]
            case .transportProtocol(let membership): restrict(membership, sets)
            case .destinationPort(let membership):
                guard !membership.isNegated, let values = membership.values(in: sets, \.ports) else {
                    isExact = false
                    continue
                }
                ports = ports.map { $0.intersection(values) } ?? values
            case .sourceAddress(let membership):
                guard let values = restrict(membership, sets) else { continue }
                sources = sources.map { $0.intersection(values) } ?? values
            case .destinationAddress(let membership):
                guard let values = restrict(membership, sets) else { continue }
                destinations = destinations.map { $0.intersection(values) } ?? values
            case .inputInterface(let membership):
                guard let values = membership.values(in: sets, \.interfaces) else {
                    isExact = false
                    continue
                }
                if membership.isNegated { otherInputs += values } else { inputs = values }
            case .connectionState(let states, let isNegated):
                guard states.contains(.new) != isNegated else { return nil }
            case .connectionStatus, .originalDestinationAddress, .originalDestinationPort: return nil
            case .limit: break
            case .field, .outputInterface, .sourcePort, .tcpFlags, .connectionMark, .mark, .socketUser, .socketGroup:
                isExact = false
            }
        }
    }

    private mutating func restrict(_ membership: Membership<[IPProtocol]>, _ sets: [NamedSet]) {
        guard let values = membership.values(in: sets, \.protocols) else {
            isExact = false
            return
        }
        let numbers = Set(values.map(\.rawValue))
        let wanted = membership.isNegated ? Set(0...255).subtracting(numbers) : numbers
        protocols = protocols.map { $0.intersection(wanted) } ?? wanted
    }

    /// The addresses that are asked for; nil if that is not known or they are those that are not meant. The family is restricted in any case.
    private mutating func restrict(_ membership: Membership<AddressSet>, _ sets: [NamedSet]) -> AddressSet? {
        guard let values = membership.values(in: sets, \.addresses) else {
            isExact = false
            return nil
        }
        families = families.intersection(values.families)
        guard membership.isNegated else { return values }
        isExact = false
        return nil
    }
}

extension Membership {
    /// The values, of the rule or of a named set; nil if members are added to that at run time, or if there is none.
    fileprivate func values(in sets: [NamedSet], _ members: (NamedSet.Contents) -> Values?) -> Values? {
        switch operand {
        case .values(let values): return values
        case .namedSet(let name):
            guard let set = sets.first(where: { $0.name == name }), set.timeout == nil else { return nil }
            return members(set.contents)
        }
    }
}
