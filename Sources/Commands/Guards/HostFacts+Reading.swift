import Guards
import KernelObjects
import KernelState
import NetworkTypes

extension HostFacts {
    /// Finds out who is connected to the host. What cannot be found out is said, and is no reason to fail.
    /// - Parameters:
    ///   - session: The ssh session that the program runs in.
    ///   - state: The host, as it is.
    init(_ connection: inout KernelConnection, session: SSHConnection?, _ state: NetworkState) {
        self.init()
        addConnections(&connection, session, state)
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

    private mutating func addConnections(
        _ connection: inout KernelConnection,
        _ session: SSHConnection?,
        _ state: NetworkState
    ) {
        var sockets = ManagementSockets(session, state)
        do throws(KernelStateError) {
            try connection.readTCPSockets { sockets.add($0) }
        } catch {
            unknowns.append("\(error)")
        }
        unknowns += sockets.unknowns
        managementPorts = sockets.ports
        var management = sockets.management
        omittedConnections = max(0, management.count - ManagementSockets.mostConnections)
        management.removeLast(omittedConnections)
        do throws(KernelStateError) {
            management = try Carriers(state).carried(management, &connection)
        } catch {
            unknowns.append("\(error)")
        }
        connections = management + sockets.others
    }

    private mutating func addForeignTables(_ connection: inout KernelConnection) {
        do throws(KernelStateError) {
            foreignTables = try ForeignTable.all(&connection)
        } catch {
            unknowns.append("\(error)")
            foreignTables.append(ForeignTable(name: "other programs"))
        }
    }
}

extension ForeignTable {
    /// The tables of other programs that packets of IP come through.
    static func all(_ connection: inout KernelConnection) throws(KernelStateError) -> [ForeignTable] {
        var tables: [ForeignTable] = []
        for listing in try connection.readForeignTables() {
            let families = listing.table.families
            guard let name = listing.table.familyOfIPPackets, !families.isEmpty, !listing.hasNoBaseChain else {
                continue
            }
            tables.append(
                ForeignTable(name: "\(name) \(listing.table.name)", families: families, content: listing.content)
            )
        }
        for name in try connection.readLegacyTables() {
            tables.append(ForeignTable(name: name, families: [name.hasPrefix("ip6") ? 10 : 2]))
        }
        return tables
    }
}

extension KernelConnection.ForeignTableListing {
    /// Whether packets do not come through it.
    fileprivate var hasNoBaseChain: Bool {
        content.map { content in content.isDormant || !content.chains.contains { $0.base != nil } } ?? false
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

    /// The families of the packets that come through its chains at the hooks of IP.
    fileprivate var families: Set<UInt8> {
        switch family {
        case 1: [2, 10]
        case 2, 10: [family]
        default: []
        }
    }
}
