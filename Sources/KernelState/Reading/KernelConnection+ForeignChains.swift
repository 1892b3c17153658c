public import KernelObjects
import Netlink
import SystemPackage

extension KernelConnection {
    /// Reads where base chains of others hang.
    public mutating func readForeignBaseChains() throws(KernelStateError) -> [FirewallDump.BaseChain] {
        var chains: [FirewallDump.BaseChain] = []
        do throws(ReadFailure) {
            try firewall.dump(NetlinkRequest(FirewallDump.allChainsRequest)) { (_, payload) throws(ReadFailure) in
                do throws(KernelObjectsError) {
                    if let chain = try FirewallDump.baseChain(payload), !chain.table.isWeirs { chains.append(chain) }
                } catch {
                    throw .object(error)
                }
            }
        } catch {
            throw KernelStateError(.readFirewall, error)
        }
        return chains
    }
}
