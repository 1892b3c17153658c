import Guards
import KernelObjects
import KernelState
import Netlink
import NetworkTypes

/// Looks whether sessions live, and by which interface their packets come in, by waiting until they have said something.
struct SessionProbe {
    /// How long, in milliseconds: for a session that is made to say something, and for those that happen to.
    private static let patience = 2000
    private static let glance = 300

    /// The connections with what was seen of them.
    /// - Parameter speak: Makes the session that the program runs in say something.
    static func probed(
        _ facts: [ConnectionFact],
        _ links: [LinkObject],
        _ connection: inout KernelConnection,
        speak: () -> Void
    ) throws(KernelStateError) -> [ConnectionFact] {
        var facts = facts
        let tap = try connection.tapPackets()
        let before = try carried(&connection, facts)
        speak()
        var waitedFor = Set(facts.filter { $0.isEstablished && $0.role.isOwn }.map(\.local))
        let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
        let isSpokenTo = !waitedFor.isEmpty
        tap.watch(milliseconds: isSpokenTo ? patience : glance) { packet in
            guard let ends = packet.ends, let name = names[packet.interface] else { return true }
            for index in facts.indices where facts[index].local == ends.destination && facts[index].peer == ends.source
            {
                facts[index].input = name
                facts[index].distance = packet.routersPassed
                waitedFor.remove(facts[index].local)
            }
            return !isSpokenTo || !waitedFor.isEmpty
        }
        let after = try carried(&connection, facts)
        for index in facts.indices {
            let ends = Ends(facts[index])
            guard let old = before[ends], let new = after[ends] else { continue }
            facts[index].isSeenAlive = new > old
        }
        return facts
    }

    private struct Ends: Hashable {
        var local: TCPEndpoint
        var peer: TCPEndpoint

        init(_ fact: ConnectionFact) {
            local = fact.local
            peer = fact.peer
        }

        init(_ socket: TCPSocketObject) {
            local = socket.local
            peer = socket.peer
        }
    }

    /// How many bytes each connection has carried.
    private static func carried(
        _ connection: inout KernelConnection,
        _ facts: [ConnectionFact]
    ) throws(KernelStateError) -> [Ends: UInt64] {
        var counts: [Ends: UInt64] = [:]
        let wanted = Set(facts.filter { $0.isEstablished && $0.role != .other }.map(Ends.init))
        for port in Set(wanted.map(\.local.port)) {
            try connection.readTCPSockets(localPort: port, countsBytes: true) { socket in
                if wanted.contains(Ends(socket)) { counts[Ends(socket)] = socket.bytesCarried }
            }
        }
        return counts
    }
}
