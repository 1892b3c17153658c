import TestSupport
import Testing

extension HostUnderTest {
    /// Sends the packet of a step and expects its fate, and nothing else, to be seen.
    func check(_ step: Step, in context: String) throws {
        switch step.origin {
        case .neighbour(let link): try inject(step.packet, on: link)
        case .host: try send(step.packet)
        }
        var outcome = Outcome(step)
        let seen = try watch(for: &outcome)
        guard expectSame(seen, outcome, step, "\(context)\nsent: \(step.packet)") else { return }

        // Translated connections work both ways: the other end answers, and the answer comes from whom was called.
        guard case .becomes = step.fate, let link = outcome.arrival?.link, let arrived = outcome.arrival?.packet,
            let answer = arrived.answerOfPeer
        else { return }
        try inject(answer, on: link)
        var back = Outcome(answerTo: step)
        let answered = try watch(for: &back)
        _ = expectSame(answered, back, step, "\(context)\nanswered: \(answer)")
    }

    /// Collects events until they are the expected ones, or for two seconds, should they not become so: on a machine that has much else
    /// to do the kernel takes its time with a packet.
    private func watch(for outcome: inout Outcome) throws -> [Event] {
        var seen: [Event] = []
        for attempt in 0..<100 {
            seen += try events()
            outcome.adapt(to: seen)
            if Set(seen) == Set(outcome.events) { break }
            if attempt > 2 { pause(milliseconds: 20) }
        }
        return seen
    }

    private func expectSame(_ seen: [Event], _ outcome: Outcome, _ step: Step, _ comment: String) -> Bool {
        let actual = seen.map { "\($0)\n" }.sorted().joined()
        let expected = outcome.events.map { "\($0)\n" }.sorted().joined()
        expectSameText(actual, expected, Comment(rawValue: comment), sourceLocation: step.location)
        return actual == expected
    }
}

/// What is to be seen of a packet.
private struct Outcome {
    var events: [HostUnderTest.Event] = []
    /// The packet where it gets to, with what could only be known by looking filled in.
    var arrival: HostUnderTest.Event?
    private var ends = Step.Ends()
    private let step: Step

    init(_ step: Step) {
        self.step = step
        switch step.fate {
        case .vanishes:
            break
        case .passes:
            arrive(step.packet, of: step)
        case .leaves(let link, let neighbour):
            events = [HostUnderTest.Event(link: link, neighbour: neighbour, packet: step.packet)]
        case .isReset:
            tell(step, { $0.flags = step.packet.flags.contains(.ack) ? .rst : [.rst, .ack] })
        case .isAnsweredBy(let type, let code):
            tell(step, { $0.payload = .icmp(type: type, code: code) })
            if !Link.isOwn(events[0].packet.source ?? "::") {
                events[0].packet.source = Self.hostAddress(toward: step)
            }
        case .becomes(let ends):
            self.ends = ends
            arrive(ends.replacing(step.packet), of: step)
        }
    }

    /// What the sender sees of the answer to a packet.
    init(answerTo step: Step) {
        self.step = step
        if let answer = step.packet.answerOfPeer { events = [Self.atSender(answer, of: step)] }
    }

    /// The packet gets to its destination; the host's own answer comes back from whom was called.
    private mutating func arrive(_ packet: Packet, of step: Step) {
        guard let destination = packet.destination else { return }
        if Link.isOwn(destination) {
            events = [HostUnderTest.Event(link: nil, neighbour: nil, packet: packet)]
            if let answer = step.packet.answerOfHost { events.append(Self.atSender(answer, of: step)) }
        } else {
            let link = Link.toward(destination)
            events = [HostUnderTest.Event(link: link.name, neighbour: link.neighbour(destination), packet: packet)]
        }
        arrival = events[0]
    }

    /// The host answers the packet instead of letting it pass.
    private mutating func tell(_ step: Step, _ change: (inout Packet) -> Void) {
        var answer = step.packet.reversed
        change(&answer)
        events = [Self.atSender(answer, of: step)]
    }

    private static func atSender(_ packet: Packet, of step: Step) -> HostUnderTest.Event {
        guard case .neighbour = step.origin, let destination = packet.destination else {
            return HostUnderTest.Event(link: nil, neighbour: nil, packet: packet)
        }
        let link = Link.toward(destination)
        return HostUnderTest.Event(link: link.name, neighbour: link.neighbour(destination), packet: packet)
    }

    /// The address that the host itself answers the sender of a step with.
    private static func hostAddress(toward step: Step) -> Address {
        guard let source = step.packet.source else { return "::" }
        return Link.isOwn(source) ? source : Link.toward(source).address(1, isIPv6: source.isIPv6)
    }

    /// Takes over from what is seen what the expectation leaves open.
    mutating func adapt(to seen: [HostUnderTest.Event]) {
        guard let expected = arrival else { return }
        for event in seen where ends.replacing(step.packet, like: event.packet) == event.packet {
            guard (event.link == nil) == (expected.link == nil) else { continue }
            arrive(event.packet, of: step)
        }
    }
}

extension Link {
    /// The last number of the neighbour that packets for an address are handed to.
    fileprivate func neighbour(_ address: Address) -> UInt8 {
        let isHere = self.address(0, isIPv6: address.isIPv6).isNeighbour(of: address)
        return isHere ? address.bytes[address.bytes.count - 1] : 2
    }
}
