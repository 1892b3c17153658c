import KernelObjects
import NetworkTypes

/// What connection tracking has noted of a conversation.
struct TrackedEntry {
    enum Stage {
        /// Nothing.
        case none
        /// The first packet of a connection, from the peer or from this host.
        case opening(isArriving: Bool)
        /// A packet in the middle of a connection, from the peer or from this host; until the other one answers it is a new connection.
        case pickedUp(isArriving: Bool)
        /// Packets of both directions.
        case established
        /// It is not known what.
        case unknown
    }

    var stage: Stage
    /// Where the server takes the connection.
    var server: TCPEndpoint
    /// Where rules of other programs take it if Weir's do not; nil if they do not.
    var destinationByOthers: TCPEndpoint?
    var status = KnownNumber(0)
    var mark = KnownNumber(0)
    var originalSource: TCPEndpoint?
    var originalDestination: TCPEndpoint?
    /// Whether the kernel takes every packet of a connection, in its window or not (`nf_conntrack_tcp_be_liberal`).
    let isAlwaysLiberal: Bool
    /// Whether the kernel takes up connections whose beginning it has not seen (`nf_conntrack_tcp_loose`).
    let picksUp: Bool
    /// Whether it takes those of this one (`IP_CT_TCP_FLAG_BE_LIBERAL`).
    var isLiberal: Bool
    /// Whether something that the peer sent was not seen.
    private var hasMissedArriving = false
    /// Whether something that this host sent was not seen.
    private var hasMissedLeaving = false

    init(stage: Stage, server: TCPEndpoint, isAlwaysLiberal: Bool = false, picksUp: Bool = true) {
        self.stage = stage
        self.server = server
        self.isAlwaysLiberal = isAlwaysLiberal
        self.picksUp = picksUp
        isLiberal = isAlwaysLiberal
    }

    /// The packet as connection tracking lets it go on (`nf_conntrack_in`).
    func tracking(_ packet: Packet, isArriving: Bool) -> Packet {
        guard packet.tracking.states != .untracked else { return packet }
        var result = packet
        let states = states(of: packet, isArriving: isArriving)
        // Before this every packet is invalid; one that was perhaps taken out of tracking stays that, perhaps.
        result.tracking.states = packet.tracking.states.subtracting(.invalid).union(states)
        result.tracking.hasEntry =
            result.tracking.states.isDisjoint(with: [.invalid, .untracked])
            ? .yes : result.tracking.states.isSubset(of: [.invalid, .untracked]) ? .no : .maybe
        if states == .new {
            let none: ConntrackStatus = [.expected, .seenReply, .confirmed, .snat, .dnat, .dying]
            result.tracking.status = KnownNumber(0, known: none.rawValue)
            result.tracking.mark = KnownNumber(0)
            result.tracking.originalSource = packet.source
            result.tracking.originalDestination = packet.destination
        } else {
            let seen: ConntrackStatus = [.seenReply, .confirmed]
            let certain = seen.union(.dying)
            result.tracking.status = KnownNumber(
                status.value | seen.rawValue,
                known: status.known | certain.rawValue
            )
            result.tracking.mark = mark
            result.tracking.originalSource = originalSource
            result.tracking.originalDestination = originalDestination
        }
        return result
    }

    /// What state a packet has (`tcp_conntracks` in nf_conntrack_proto_tcp.c, with `nf_conntrack_tcp_loose`; of neighbour discovery
    /// `nf_conntrack_icmpv6_error`).
    private func states(of packet: Packet, isArriving: Bool) -> ConntrackStates {
        let flags: Packet.Flags
        switch packet.transport {
        case .tcp(let known): flags = known
        case .neighbourDiscovery: return .untracked
        // Each direction is a connection of its own: the source port comes from what is carried.
        case .carrier(_, port: .some): return .new
        case .carrier:
            if case .established = stage { return .established }
            if case .pickedUp(let isFirstArriving) = stage, isFirstArriving != isArriving { return .established }
            return .new
        }
        return switch (stage, flags) {
        case (.unknown, _): [.new, .established, .invalid]
        case (.none, .syn): .new
        case (.none, .ack): picksUp ? .new : .invalid
        case (.none, _): .invalid
        // Who acknowledges what was not seen is not believed (`tcp_in_window`).
        case (.established, _):
            !isLiberal && (isArriving ? hasMissedLeaving : hasMissedArriving) ? .invalid : .established
        case (.pickedUp(let isFirstArriving), _): isArriving == isFirstArriving ? .new : .established
        case (.opening, .syn): .new
        // The answer, or what belongs to no connection that was answered.
        case (.opening(let isFirstArriving), _): isArriving == isFirstArriving ? .invalid : .established
        }
    }

    /// What is noted after a packet has passed.
    func noting(_ packet: Packet, isArriving: Bool) -> TrackedEntry {
        var result = self
        result.mark = packet.tracking.mark
        result.server = isArriving ? packet.destination : server
        switch packet.tracking.states {
        case .new:
            let isOpening = packet.transport == .tcp(.syn)
            result.stage = isOpening ? .opening(isArriving: isArriving) : .pickedUp(isArriving: isArriving)
            // Of one that is seen from its middle on the window is not known.
            result.isLiberal = isAlwaysLiberal || !isOpening
            result.hasMissedArriving = false
            result.hasMissedLeaving = false
            let translated = ConntrackStatus([.snat, .dnat]).rawValue
            result.status = KnownNumber(packet.tracking.status.value & translated, known: translated)
            result.originalSource = packet.tracking.originalSource
            result.originalDestination = packet.tracking.originalDestination
        case .established: result.stage = .established
        case .untracked, .invalid:
            result.mark = mark
            if isArriving { result.hasMissedArriving = true } else { result.hasMissedLeaving = true }
        default:
            result.stage = .unknown
            result.status = .unknown
            result.mark = .unknown
        }
        return result
    }
}
