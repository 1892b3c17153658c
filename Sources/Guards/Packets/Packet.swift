import KernelObjects
import NetworkTypes

/// A packet on its way through this host, as far as it is known.
struct Packet {
    /// An interface that a packet came in or leaves by.
    enum Interface: Hashable {
        /// There is none: it is not known to the hook, or the packet is this host's own.
        case none
        /// This one.
        case link(LinkObject)
        /// There is one, but it is not known which.
        case unknown

        /// Its name, where it is known.
        var name: String? {
            guard case .link(let link) = self else { return nil }
            return link.name
        }
    }

    /// TCP flags (RFC 9293 3.1) of which some are not known.
    struct Flags: Hashable {
        var value: UInt8
        var known: UInt8

        /// The first segment of a connection.
        static let syn = Flags(value: 0x02, known: 0xff)
        /// The answer to it.
        static let synAck = Flags(value: 0x12, known: 0xff)
        /// Any later one of a connection that goes on: PSH comes and goes.
        static let ack = Flags(value: 0x10, known: 0xf7)
    }

    /// What the packet carries.
    enum Transport: Hashable {
        /// A segment with these flags.
        case tcp(Flags)
        /// A message of neighbour discovery with this type (RFC 4861 4.3, 4.4), whose ports are of no meaning.
        case neighbourDiscovery(type: UInt8)
        /// A packet that carries others: its protocol, and its port if it is UDP.
        case carrier(number: UInt8, port: UInt16?)
    }

    var source: TCPEndpoint
    var destination: TCPEndpoint
    var transport: Transport
    var input: Interface = .none
    var output: Interface = .none
    /// The user whose socket it comes from; nil if there is none, or if it is not known.
    var user: UInt32?
    /// The packet's mark.
    var mark = KnownNumber(0)
    /// What connection tracking says.
    var tracking = Tracking()

    var family: AddressFamily { destination.address.family }

    /// What is known if it is this packet or another one that took another way through the same rules.
    func joined(with other: Packet) -> Packet {
        var result = self
        result.mark = mark.joined(with: other.mark)
        if input != other.input { result.input = .unknown }
        if output != other.output { result.output = .unknown }
        result.tracking = tracking.joined(with: other.tracking)
        return result
    }
}

extension Packet? {
    /// What is known of the packet if it came one way or another; a way that it cannot have come does not count.
    mutating func join(_ other: Packet?) {
        guard let other else { return }
        self = map { $0.joined(with: other) } ?? other
    }
}

/// What connection tracking says about a packet.
struct Tracking: Hashable {
    /// The states that the packet may have; one if it is known. Before connection tracking has seen a packet it is invalid (`nft_ct_get_eval`).
    var states: ConntrackStates = .invalid
    /// Whether there is an entry that the packet belongs to: without one only the state can be asked for.
    var hasEntry: Truth = .no
    /// The connection's status bits.
    var status = KnownNumber(0)
    /// The connection's mark.
    var mark = KnownNumber(0)
    /// Where the connection's first packet went, before translation; nil if that is not known.
    var originalDestination: TCPEndpoint?
    /// Where the connection's first packet came from.
    var originalSource: TCPEndpoint?

    func joined(with other: Tracking) -> Tracking {
        var result = self
        result.states.formUnion(other.states)
        if hasEntry != other.hasEntry { result.hasEntry = .maybe }
        result.status = status.joined(with: other.status)
        result.mark = mark.joined(with: other.mark)
        if originalDestination != other.originalDestination { result.originalDestination = nil }
        if originalSource != other.originalSource { result.originalSource = nil }
        return result
    }
}
