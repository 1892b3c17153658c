import Guards
import KernelObjects
import KernelState
import NetworkTypes

/// Picks the TCP sockets over which a host is administered; there may be very many others, of any program.
struct ManagementSockets {
    /// How many connections for management are looked after; beyond, people come from the same places.
    static let mostConnections = 32
    /// How many other connections are looked at, to see whether they have to be tracked.
    private static let mostOthers = 64
    /// How many connections of servers are kept.
    private static let mostOfServers = 4096

    /// Read when there is a socket: a host may have many processes.
    private var servers: ServerProcesses?
    /// The sockets of the servers that this program was started from: sudo(8) takes the variable away.
    private let ancestors: Set<UInt32>
    private let session: SSHConnection?
    private let links: [LinkObject]
    private let own: Set<IPAddress>
    /// Addresses that are routed to this host though no interface has them.
    private let localPrefixes: [IPPrefix]

    private var listening: Set<UInt16> = []
    private var listeningServers: Set<UInt16> = []
    private var served: [(socket: TCPSocketObject, isSession: Bool)] = []
    private var rest: [TCPSocketObject] = []
    /// What could not be found out.
    private(set) var unknowns: [String] = []

    init(_ session: SSHConnection?, _ state: NetworkState) {
        self.session = session
        ancestors = ServerProcesses.socketsOfAncestors()
        links = state.links
        own = Set(state.addresses.map(\.address))
        localPrefixes = state.localPrefixes
    }

    /// Takes a socket into account.
    mutating func add(_ socket: TCPSocketObject) {
        let servers = servers ?? readServers()
        self.servers = servers
        guard socket.state == .established else {
            listening.insert(socket.local.port)
            if servers.stage(ofSocket: socket.inode) != nil { listeningServers.insert(socket.local.port) }
            return
        }
        let isSession =
            session.map { $0.peer == socket.peer && $0.local == socket.local } ?? ancestors.contains(socket.inode)
        let stage = servers.stage(ofSocket: socket.inode)
        if isSession || stage != nil {
            // Who has only connected has not logged in yet, and is nobody to look after.
            guard isSession || stage != .beforeLogin, served.count < Self.mostOfServers else { return }
            served.append((socket, isSession))
        } else if rest.count < Self.mostOthers, isOwn(socket.local.address), !isOwn(socket.peer.address) {
            rest.append(socket)
        }
    }

    private mutating func readServers() -> ServerProcesses {
        do throws(KernelStateError) {
            let servers = try ServerProcesses.read()
            if servers.hiddenCount > 0 { unknowns.append("the sockets of some ssh servers cannot be seen") }
            return servers
        } catch {
            unknowns.append("\(error)")
            return ServerProcesses([])
        }
    }

    private var hasSeenSockets: Bool {
        servers != nil
    }

    private func isOwn(_ address: IPAddress) -> Bool {
        own.contains(address) || localPrefixes.contains { $0.contains(address) }
    }

    /// The ports of the servers.
    var ports: Set<UInt16> {
        listeningServers.union(management.map(\.local.port))
    }

    /// Those for management, the session that the program runs in first.
    var management: [ConnectionFact] {
        // What a server forwards are connections of its own making: they have another port.
        let sockets = served.filter { listening.contains($0.socket.local.port) && isOwn($0.socket.local.address) }
        var facts = sockets.filter(\.isSession).map { fact($0.socket, .ownSession) }
        // The variable outlives the session in tmux(1), and it may be about another namespace. Whoever is at tmux came by another session, if
        // there is one.
        if sockets.isEmpty, let session, isOwn(session.local.address),
            !hasSeenSockets || listening.contains(session.local.port)
        {
            facts.append(
                ConnectionFact(
                    local: session.local,
                    peer: session.peer,
                    role: .ownSession,
                    isEstablished: !hasSeenSockets
                )
            )
        }
        return facts + sockets.filter { !$0.isSession }.map { fact($0.socket, .management) }
    }

    /// Others, to see whether they have to be tracked.
    var others: [ConnectionFact] {
        rest.map { fact($0, .other) }
    }

    private func fact(_ socket: TCPSocketObject, _ role: ConnectionFact.Role) -> ConnectionFact {
        ConnectionFact(
            local: socket.local,
            peer: socket.peer,
            role: role,
            interface: links.first { $0.index == socket.boundInterface }?.name,
            mark: socket.mark,
            user: socket.user
        )
    }
}
