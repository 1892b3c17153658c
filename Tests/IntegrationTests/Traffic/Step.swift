import Testing

/// One packet, which way it goes, and what becomes of it.
struct Step: Sendable {
    /// Who sends the packet.
    enum Origin: Sendable {
        /// A neighbour on this link.
        case neighbour(on: String)
        /// The host under test.
        case host
    }

    /// What becomes of a packet.
    enum Fate: Sendable {
        /// It gets where it was going to, as it was.
        case passes
        /// Nothing at all is seen of it.
        case vanishes
        /// The sender is told so in an ICMP (or ICMPv6) message with this type and code, and nothing else happens.
        case isAnsweredBy(icmp: UInt8, UInt8)
        /// The sender gets a TCP segment with RST, and nothing else happens.
        case isReset
        /// It gets to where a packet with these ends would go; the answer comes back as if from the original one.
        case becomes(Ends)
        /// It leaves by a link to a neighbour.
        case leaves(by: String, to: UInt8)
    }

    /// What a translated packet may have instead of its own ends; nothing where it keeps them.
    struct Ends: Sendable {
        var sources: [Address]?
        var sourcePorts: ClosedRange<UInt16>?
        var destinations: [Address]?
        var destinationPorts: ClosedRange<UInt16>?
    }

    var origin: Origin
    var packet: Packet
    var fate: Fate
    /// Where the table says so.
    var location: SourceLocation

    func with(_ fate: Fate) -> Step {
        var copy = self
        copy.fate = fate
        return copy
    }
}

/// A neighbour on a link sends a packet to the host itself, or to where the packet says.
func arriving(
    _ packet: Packet,
    on link: String = "eth0",
    _ fate: Step.Fate = .passes,
    location: SourceLocation = #_sourceLocation
) -> Step {
    let link = Link.named(link)
    var packet = packet
    packet.source = packet.source ?? link.address(2, isIPv6: packet.isIPv6)
    packet.destination = packet.destination ?? link.address(1, isIPv6: packet.isIPv6)
    return Step(origin: .neighbour(on: link.name), packet: packet, fate: fate, location: location)
}

/// A neighbour on one link sends a packet to a neighbour on another one, through the host.
func passing(
    _ packet: Packet,
    from link: String = "eth0",
    to other: String = "eth1",
    _ fate: Step.Fate = .passes,
    location: SourceLocation = #_sourceLocation
) -> Step {
    let other = Link.named(other)
    let packet = packet.destination == nil ? packet.to(other.address(2, isIPv6: packet.isIPv6)) : packet
    return arriving(packet, on: link, fate, location: location)
}

/// The host sends a packet to a neighbour on a link, or to where the packet says.
func leaving(
    _ packet: Packet,
    on link: String = "eth0",
    _ fate: Step.Fate = .passes,
    location: SourceLocation = #_sourceLocation
) -> Step {
    let link = Link.named(link)
    var packet = packet
    packet.source = packet.source ?? link.address(1, isIPv6: packet.isIPv6)
    packet.destination = packet.destination ?? link.address(2, isIPv6: packet.isIPv6)
    return Step(origin: .host, packet: packet, fate: fate, location: location)
}

extension Step.Fate {
    /// The packet gets to one of these destinations.
    static func goes(
        to addresses: Address...,
        port: UInt16? = nil,
        among ports: ClosedRange<UInt16>? = nil
    ) -> Self {
        .becomes(
            Step.Ends(
                destinations: addresses.isEmpty ? nil : addresses,
                destinationPorts: port.map { $0...$0 } ?? ports
            )
        )
    }

    /// The packet gets there as if from this source.
    static func comes(from address: Address, among ports: ClosedRange<UInt16>? = nil) -> Self {
        .becomes(Step.Ends(sources: [address], sourcePorts: ports))
    }
}

extension Step.Ends {
    /// The packet with these ends: with those of a packet that was seen as far as they are left open.
    func replacing(_ packet: Packet, like seen: Packet? = nil) -> Packet {
        func choice<Value: Equatable>(_ seen: Value?, _ allowed: [Value]?, _ own: Value?) -> Value? {
            guard let allowed, let first = allowed.first else { return own }
            guard let seen, allowed.contains(seen) else { return first }
            return seen
        }
        var copy = packet
        copy.source = choice(seen?.source, sources, packet.source)
        copy.destination = choice(seen?.destination, destinations, packet.destination)
        copy.sourcePort = choice(seen?.sourcePort, sourcePorts.map(Array.init), packet.sourcePort)
        copy.destinationPort = choice(seen?.destinationPort, destinationPorts.map(Array.init), packet.destinationPort)
        return copy
    }
}
