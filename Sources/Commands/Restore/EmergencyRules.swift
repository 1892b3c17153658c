import KernelObjects
import Lowering
import RulesetCompiler
import SystemPackage

/// What `weir restore --fail-closed` loads where no generation can be brought back: nobody gets in but by ssh, nothing is forwarded, and
/// the host can still get its addresses.
enum EmergencyRules {
    /// The rules, in Weir's own words.
    static func text(sshPort: UInt16) -> String {
        """
        policy in drop
        policy forward drop

        in {
            accept ct state established,related
            accept on lo
            accept tcp dport \(sshPort) "ssh"
            accept icmp type echo-request limit 10/second burst 20
            accept icmpv6 type echo-request limit 10/second burst 20
            # Without neighbour discovery no IPv6 packet finds its way, and without router advertisements many hosts have no address.
            accept icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }
            accept saddr fe80::/10 icmpv6 type { nd-router-advert, mld-listener-query }
            # Answers of DHCP servers belong to no connection when they were asked by broadcast.
            accept udp sport 67 dport 68
            accept saddr fe80::/10 udp sport 547 dport 546
        }

        """
    }

    /// What they mean for the kernel; nil if this program is wrong.
    static func state(sshPort: UInt16) -> DesiredState? {
        guard let ruleset = RuleFileCompiler.compile(text: text(sshPort: sshPort), path: "emergency rules").ruleset
        else { return nil }
        return try? lower(ruleset).state
    }
}
