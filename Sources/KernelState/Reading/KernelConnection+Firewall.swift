public import KernelObjects
import Netlink
import SystemPackage

/// The firewall of one moment.
public struct FirewallListing: Sendable {
    /// The content of Weir's table; nothing where there is no such table.
    public var firewall: FirewallState?
    /// nf_tables' generation.
    public var generation: UInt32
    /// The tables of others, which Weir leaves alone.
    public var foreignTables: [FirewallDump.Table]
}

extension KernelConnection {
    /// Reads only the generation, which changes with every change of nf_tables in the namespace, whoever makes it.
    public mutating func readGeneration() throws(KernelStateError) -> UInt32 {
        do throws(ReadFailure) {
            return try firewall.firewallGeneration()
        } catch {
            throw KernelStateError(readingFirewall: error)
        }
    }

    /// Reads Weir's table. All that is returned is of one generation: if something changes meanwhile, it is read again.
    /// - Parameter known: What need not be read if nf_tables is at the same generation. It is returned as it is, live values included.
    public mutating func readFirewall(
        knowing known: KnownFirewall? = nil
    ) throws(KernelStateError) -> FirewallListing {
        for _ in 0..<Self.mostAttempts {
            do throws(ReadFailure) {
                let generation = try firewall.firewallGeneration()
                // Whoever knows something of a generation has read it, or made it by a batch that has returned.
                if known?.generation != generation {
                    guard try firewall.hasFinished(generation) else { continue }
                }
                var reading = FirewallReading(generation: generation, knowing: known)
                let listing: FirewallListing?
                do throws(ReadFailure) {
                    listing = try reading.read(&firewall)
                } catch {
                    // What was deleted meanwhile is an error, and no reason to give up.
                    guard try firewall.firewallGeneration() == generation else { continue }
                    throw error
                }
                if let listing, try firewall.firewallGeneration() == generation { return listing }
            } catch {
                throw KernelStateError(readingFirewall: error)
            }
        }
        throw KernelStateError(.readFirewall, .stale)
    }
}

extension KernelStateError {
    init(readingFirewall failure: ReadFailure) {
        self.init(.readFirewall, failure)
        // Without the module nobody answers for nf_tables' messages.
        if errno == .invalidArgument || errno == .notSupportedOnSocket {
            cause = .missingFeature("nf_tables (CONFIG_NF_TABLES)")
        }
    }
}

extension NetlinkSocket {
    /// Waits until the change that made a generation is finished; false where another generation has come meanwhile.
    ///
    /// The kernel counts the generation up first and unlinks what was deleted afterwards (`nf_tables_commit`). A dump continues by position
    /// where its last message ended: one that begins between the two leaves out as many rules as go away meanwhile, and nothing tells of
    /// it. An empty batch for the generation is let in when the change is over. It is committed, not only checked: to call it off, the
    /// kernel would wait for all processors (`synchronize_rcu` in `__nf_tables_abort`).
    fileprivate mutating func hasFinished(_ generation: UInt32) throws(ReadFailure) -> Bool {
        let outcome: BatchOutcome
        do throws(NetlinkError) {
            outcome = try commitNothing(ifGeneration: generation)
        } catch {
            throw .netlink(error)
        }
        guard let error = outcome.errors.first else { return true }
        guard outcome.isStale else { throw .netlink(NetlinkError(.request, error.errno, message: error.message)) }
        return false
    }

    mutating func firewallGeneration() throws(ReadFailure) -> UInt32 {
        var generation: UInt32?
        try request(NetlinkRequest(FirewallDump.generationRequest)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                generation = try FirewallDump.generation(payload)
            } catch {
                throw .object(error)
            }
        }
        guard let generation else { throw .object(.malformed(message: "NFT_MSG_NEWGEN")) }
        return generation
    }
}
