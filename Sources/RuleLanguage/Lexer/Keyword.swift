/// The words of the grammar.
///
/// They are reserved in every position: none can be a name, a port, an interface or a set element.
public enum Keyword: UInt8, Sendable, Hashable, CaseIterable {
    // Declarations
    case chain, expect, def, include, `let`, map, option, policy, route, rule, set, sysctl, table
    // Verbs
    case accept, add, count, dnat, drop, dup, goto, jump, log, masquerade, notrack, queue, redirect, reject, `return`
    case snat, synproxy, tproxy, update
    // Directions and interfaces
    case `in`, out, forward, on, from, to
    // Matches
    case burst, code, ct, daddr, dccp, dport, flags, icmp, icmpv6, ip, ip6, limit, mark, proto, quota, saddr, sctp
    case skgid, skuid, sport, state, status, tcp, time, type, udp, udplite
    // Arguments
    case and, fullyRandom, group, level, persistent, random, with
    // Chains and sets
    case hook, priority, size, timeout
    // Routes and routing rules
    case blackhole, dev, fwmark, iif, lookup, metric, mtu, oif, onlink, prohibit, scope, src, unreachable, via, weight

    /// The word as it is written.
    public var spelling: String {
        self == .fullyRandom ? "fully-random" : "\(self)"
    }

    /// The keyword that a word is, if it is one.
    public init?(_ word: String) {
        guard let keyword = Self.bySpelling[word] else {
            return nil
        }
        self = keyword
    }

    private static let bySpelling = Dictionary(uniqueKeysWithValues: allCases.map { ($0.spelling, $0) })
}
