import Guards
import KernelObjects
import KernelState
import Netlink
import NetworkTypes

extension HostFacts {
    /// How many connections for management are looked after; beyond, people come from the same places.
    private static let mostConnections = 32
    /// How many other connections are looked at, to see whether they have to be tracked.
    private static let mostOthers = 64
    /// How many sockets are read.
    private static let mostSockets = 20_000

    /// Whether a process of this name is a server that people look after hosts with.
    private static func isServer(_ name: String) -> Bool {
        name.hasPrefix("sshd") || name == "dropbear"
    }

    /// Finds out who is connected to the host. What cannot be found out is said, and is no reason to fail.
    /// - Parameters:
    ///   - session: The ssh session that the program runs in.
    ///   - links: The interfaces, for the names of those that sockets are bound to.
    ///   - addresses: The host's own addresses.
    init(
        _ connection: inout KernelConnection,
        session: SSHConnection?,
        links: [LinkObject],
        addresses: [AddressObject]
    ) {
        self.init()
        do throws(KernelStateError) {
            let (sockets, isComplete) = try connection.readTCPSockets(limit: Self.mostSockets)
            if !isComplete { unknowns.append("there are more than \(Self.mostSockets) TCP connections") }
            choose(from: sockets, session, links, addresses)
        } catch {
            unknowns.append("\(error)")
            choose(from: [], session, links, addresses)
        }
        addForeignTables(&connection)
        for index in connections.indices where connections[index].isEstablished {
            do throws(KernelStateError) {
                let fact = connections[index]
                let entry = try connection.trackedConnection(local: fact.local, peer: fact.peer)
                connections[index].tracking = entry.map { .tracked($0) } ?? .untracked
            } catch {
                unknowns.append("\(error)")
                break
            }
        }
    }

    private mutating func choose(
        from sockets: [TCPSocketObject],
        _ session: SSHConnection?,
        _ links: [LinkObject],
        _ addresses: [AddressObject]
    ) {
        let own = Set(addresses.map(\.address))
        // sudo(8) takes the variable away; the server is still there.
        let ancestors = ProcessSockets(ofAncestorsNamed: Self.isServer)
        // Where the others cannot be listed, these are known all the same.
        var servers = ancestors
        do throws(KernelStateError) {
            servers = try ProcessSockets(ofProcessesNamed: Self.isServer)
        } catch {
            unknowns.append("\(error)")
        }
        if servers.hiddenProcesses > 0 { unknowns.append("not every ssh server lets its sockets be seen") }
        let listening = Set(sockets.lazy.filter { $0.state == .listening }.map(\.local.port))
        for socket in sockets where socket.state == .listening && servers.inodes.contains(socket.inode) {
            managementPorts.insert(socket.local.port)
        }
        var management: [ConnectionFact] = []
        var others: [ConnectionFact] = []
        var isSessionFound = false
        for socket in sockets where socket.state == .established && !own.contains(socket.peer.address) {
            guard own.contains(socket.local.address) else { continue }
            // What a server forwards are connections of its own making: they have another port.
            let isServed = listening.contains(socket.local.port)
            let isManagement = isServed && servers.inodes.contains(socket.inode)
            let isSession =
                session.map { $0.peer == socket.peer && $0.local == socket.local }
                ?? (isServed && ancestors.inodes.contains(socket.inode))
            let fact = ConnectionFact(
                local: socket.local,
                peer: socket.peer,
                role: isSession ? .ownSession : isManagement ? .management : .other,
                interface: links.first { $0.index == socket.boundInterface }?.name
            )
            if isSession {
                isSessionFound = true
                management.insert(fact, at: 0)
            } else if isManagement {
                management.append(fact)
            } else if others.count < Self.mostOthers {
                others.append(fact)
            }
            if isSession || isManagement { managementPorts.insert(socket.local.port) }
        }
        // The variable outlives the session in tmux(1), and it may be about another namespace.
        let isListeningKnown = !sockets.isEmpty
        if let session, !isSessionFound, own.contains(session.local.address),
            !isListeningKnown || listening.contains(session.local.port)
        {
            let fact = ConnectionFact(
                local: session.local,
                peer: session.peer,
                role: .ownSession,
                isEstablished: !isListeningKnown
            )
            management.insert(fact, at: 0)
            managementPorts.insert(session.local.port)
        }
        omittedConnections = max(0, management.count - Self.mostConnections)
        connections = Array(management.prefix(Self.mostConnections)) + others
    }

    private mutating func addForeignTables(_ connection: inout KernelConnection) {
        do throws(KernelStateError) {
            for chain in try connection.readForeignBaseChains() {
                guard let family = chain.table.familyOfIPPackets else { continue }
                let name = "\(family) \(chain.table.name)"
                if !foreignTables.contains(name) { foreignTables.append(name) }
            }
            foreignTables += try connection.readLegacyTables()
        } catch {
            unknowns.append("\(error)")
        }
    }
}

extension FirewallDump.Table {
    /// nft's name of the family, if packets of IP come through such tables on their way to a socket.
    var familyOfIPPackets: String? {
        switch family {
        case 1: "inet"
        case 2: "ip"
        case 5: "netdev"
        case 10: "ip6"
        default: nil
        }
    }
}
