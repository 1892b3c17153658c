public import NetworkTypes
import Vocabulary

/// The packets that conditions hold for: for each thing that can be asked for, the values that a packet may have.
///
/// What is not known from a rule file, members of named sets above all, is kept as it is asked for: two regions that ask differently
/// are taken to have packets in common, and neither to hold the other.
public struct MatchRegion: Sendable {
    /// A question to a named set.
    struct Lookup: Hashable {
        let rank: Int
        let set: String
        let isNegated: Bool
    }

    var families = AddressFamilies.both
    var inputInterface: InterfaceNames?
    var outputInterface: InterfaceNames?
    var source: AddressSet?
    var destination: AddressSet?
    var originalDestination: AddressSet?
    var protocols: IntervalSet<UInt16>?
    var sourcePorts: IntervalSet<UInt16>?
    var destinationPorts: IntervalSet<UInt16>?
    var originalDestinationPorts: IntervalSet<UInt16>?
    /// Values of the octet of TCP flags.
    var tcpFlags: IntervalSet<UInt16>?
    /// Type times 256 plus code.
    var icmp: IntervalSet<UInt16>?
    var states: ConntrackStates?
    /// Values of the status, of which the language knows the lower ten bits.
    var status: IntervalSet<UInt16>?
    var connectionMark: MarkRegion?
    var mark: MarkRegion?
    var user: IntervalSet<UInt32>?
    var group: IntervalSet<UInt32>?
    /// Values of fields of the vocabulary.
    var fields: [Field.ID: IntervalSet<FieldValue>] = [:]
    /// Bits of such fields that are asked for under a mask: kept as they are asked for.
    var maskedFields: Set<FieldMatch> = []
    var lookups: Set<Lookup> = []
    /// Whether it holds for some of these packets only, as a rate allows.
    public internal(set) var isLimited = false

    /// All packets.
    public init() {}

    /// The packets for which all conditions hold; `familiesOfSet` gives the families of a named set of addresses.
    public init(_ matches: [Match], familiesOfSet: (String) -> AddressFamilies = { _ in .both }) {
        for match in matches { narrow(to: match, familiesOfSet) }
    }
}

extension MatchRegion.Lookup {
    /// The question with the other answer.
    fileprivate var opposite: Self {
        Self(rank: rank, set: set, isNegated: !isNegated)
    }
}

extension MatchRegion {
    /// Whether no packet is in the region.
    public var isEmpty: Bool {
        families.isEmpty
            || inputInterface.isNothing || outputInterface.isNothing
            || source.isNothing || destination.isNothing || originalDestination.isNothing
            || protocols.isNothing
            || sourcePorts.isNothing || destinationPorts.isNothing || originalDestinationPorts.isNothing
            || tcpFlags.isNothing || icmp.isNothing
            || states.isNothing || status.isNothing
            || connectionMark.isNothing || mark.isNothing
            || user.isNothing || group.isNothing
            || fields.values.contains(where: \.isEmpty)
            || maskedFields.contains { $0.opposite.map(maskedFields.contains) ?? false }
            || lookups.contains { lookups.contains($0.opposite) }
    }

    /// Whether no packet is in both regions.
    public func isDisjoint(with other: MatchRegion) -> Bool {
        intersection(other).isEmpty
    }

    /// Whether every packet of this region is in the other one; in doubt it is not.
    public func isSubset(of other: MatchRegion) -> Bool {
        !other.isLimited
            && families.isSubset(of: other.families)
            && inputInterface.lies(within: other.inputInterface)
            && outputInterface.lies(within: other.outputInterface)
            && protocols.lies(within: other.protocols)
            && destinationPorts.lies(within: other.destinationPorts)
            && sourcePorts.lies(within: other.sourcePorts)
            && source.lies(within: other.source)
            && destination.lies(within: other.destination)
            && originalDestination.lies(within: other.originalDestination)
            && originalDestinationPorts.lies(within: other.originalDestinationPorts)
            && tcpFlags.lies(within: other.tcpFlags)
            && icmp.lies(within: other.icmp)
            && states.lies(within: other.states)
            && status.lies(within: other.status)
            && connectionMark.lies(within: other.connectionMark)
            && mark.lies(within: other.mark)
            && user.lies(within: other.user)
            && group.lies(within: other.group)
            && other.fields.allSatisfy { field, values in fields[field]?.isSubset(of: values) ?? false }
            && other.maskedFields.isSubset(of: maskedFields)
            && other.lookups.isSubset(of: lookups)
    }

    /// The packets that are in both regions.
    public func intersection(_ other: MatchRegion) -> MatchRegion {
        var result = self
        result.families.formIntersection(other.families)
        result.inputInterface.narrow(to: other.inputInterface)
        result.outputInterface.narrow(to: other.outputInterface)
        result.source.narrow(to: other.source)
        result.destination.narrow(to: other.destination)
        result.originalDestination.narrow(to: other.originalDestination)
        result.protocols.narrow(to: other.protocols)
        result.sourcePorts.narrow(to: other.sourcePorts)
        result.destinationPorts.narrow(to: other.destinationPorts)
        result.originalDestinationPorts.narrow(to: other.originalDestinationPorts)
        result.tcpFlags.narrow(to: other.tcpFlags)
        result.icmp.narrow(to: other.icmp)
        result.states.narrow(to: other.states)
        result.status.narrow(to: other.status)
        result.connectionMark.narrow(to: other.connectionMark)
        result.mark.narrow(to: other.mark)
        result.user.narrow(to: other.user)
        result.group.narrow(to: other.group)
        result.fields.merge(other.fields) { $0.intersection($1) }
        result.maskedFields.formUnion(other.maskedFields)
        result.lookups.formUnion(other.lookups)
        result.isLimited = isLimited || other.isLimited
        result.settleFamilies()
        return result
    }

    /// The packets that answer those of the region: addresses, ports and interfaces the other way round, the connection known.
    ///
    /// What the answers have in common with the packets is not known of marks, owners and flags.
    public var answers: MatchRegion {
        var result = MatchRegion()
        result.families = families
        // What is forwarded seldom leaves by the interface that it came in by.
        result.inputInterface = outputInterface ?? inputInterface?.others
        result.outputInterface = inputInterface
        result.source = destination
        result.destination = source
        result.protocols = protocols
        result.sourcePorts = destinationPorts
        result.destinationPorts = sourcePorts
        result.states = .established
        return result
    }

    /// An address counts only where its family does.
    mutating func settleFamilies() {
        for addresses in [source, destination, originalDestination] {
            if let addresses { families.formIntersection(addresses.families) }
        }
        guard families == .ipv4 || families == .ipv6 else { return }
        let family: AddressFamily = families == .ipv4 ? .ipv4 : .ipv6
        source = source?.only(family)
        destination = destination?.only(family)
        originalDestination = originalDestination?.only(family)
    }
}
