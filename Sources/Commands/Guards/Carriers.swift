import Guards
import KernelObjects
import KernelState
import NetworkTypes

/// Finds what carries a session that comes from this host itself: `ssh -R` to a relay makes the session's packets go by lo, and what has
/// to live on is the connection of ssh(1) to the relay.
struct Carriers {
    private let state: NetworkState
    private let own: Set<IPAddress>

    init(_ state: NetworkState) {
        self.state = state
        own = Set(state.addresses.map(\.address))
    }

    /// The clients of ssh: one that has no other connection was started by a user who is on this host already.
    private static let clients: Set<String> = ["ssh", "dbclient"]

    /// The connections, each with those that carry it.
    func carried(
        _ facts: [ConnectionFact],
        _ connection: inout KernelConnection
    ) throws(KernelStateError) -> [ConnectionFact] {
        guard facts.contains(where: isLocal) else { return facts }
        var sockets: [TCPSocketObject] = []
        let ends = Set(facts.filter(isLocal).map(\.peer))
        var peers: [TCPEndpoint: UInt32] = [:]
        try connection.readTCPSockets { socket in
            guard socket.state == .established else { return }
            if ends.contains(socket.local) { peers[socket.local] = socket.inode }
        }
        var result: [ConnectionFact] = []
        var holders: [(fact: ConnectionFact, holder: SocketHolder)] = []
        for var fact in facts {
            if isLocal(fact), fact.isEstablished {
                let found = try peers[fact.peer].map { (inode) throws(KernelStateError) in
                    try SocketHolder.all(ofSocket: inode)
                }
                holders += (found ?? []).map { (fact, $0) }
                if found?.isEmpty ?? true { fact.unjudgedCarrier = "another program" }
            }
            result.append(fact)
        }
        let inodes = holders.reduce(into: Set<UInt32>()) { $0.formUnion($1.holder.sockets) }
        try connection.readTCPSockets { socket in
            guard socket.state == .established, inodes.contains(socket.inode), !isOwn(socket.peer.address) else {
                return
            }
            sockets.append(socket)
        }
        for (fact, holder) in holders {
            let carriers = sockets.filter { holder.sockets.contains($0.inode) }
            result += mirrored(fact) + carriers.map { carrier($0, of: fact) }
            guard carriers.isEmpty, !Self.clients.contains(holder.name),
                let index = result.firstIndex(where: { $0.local == fact.local && $0.peer == fact.peer })
            else { continue }
            result[index].unjudgedCarrier = holder.name
        }
        return result
    }

    private func isLocal(_ fact: ConnectionFact) -> Bool {
        isOwn(fact.peer.address)
    }

    private func isOwn(_ address: IPAddress) -> Bool {
        own.contains(address) || state.localPrefixes.contains { $0.contains(address) }
    }

    /// The connection as the end sees it that opened it.
    private func mirrored(_ fact: ConnectionFact) -> [ConnectionFact] {
        var other = fact
        other.local = fact.peer
        other.peer = fact.local
        other.role = .carrier(ofOwnSession: fact.role.isOwn)
        return [other]
    }

    private func carrier(_ socket: TCPSocketObject, of fact: ConnectionFact) -> ConnectionFact {
        ConnectionFact(
            local: socket.local,
            peer: socket.peer,
            role: .carrier(ofOwnSession: fact.role.isOwn),
            interface: state.links.first { $0.index == socket.boundInterface }?.name,
            mark: socket.mark,
            user: socket.user
        )
    }
}
