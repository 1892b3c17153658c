import NetworkTypes
import RulesetModel

extension Rule {
    /// The targets of the rule, one for each rule of iptables(8) that it takes: the line in the log comes before the verdict.
    func iptablesTargets(_ family: AddressFamily) throws(Inexpressible) -> [[String]] {
        var targets: [[String]] = []
        if let log { targets.append(try log.iptables) }
        targets.append(try action.iptables(family))
        return targets
    }
}

extension LogStatement {
    fileprivate var iptables: [String] {
        get throws(Inexpressible) {
            switch target {
            case .kernel(let level):
                guard prefix.utf8.count <= IptablesNames.longestLogPrefix else {
                    throw Inexpressible(
                        "the prefix of a log line is at most \(IptablesNames.longestLogPrefix) bytes long"
                    )
                }
                return ["-j", "LOG"] + (prefix.isEmpty ? [] : ["--log-prefix", prefix])
                    + (level == .warn ? [] : ["--log-level", level.iptables])
            case .group(let group):
                guard prefix.utf8.count <= IptablesNames.longestGroupPrefix else {
                    throw Inexpressible(
                        "the prefix for a listener is at most \(IptablesNames.longestGroupPrefix) bytes long"
                    )
                }
                return ["-j", "NFLOG", "--nflog-group", "\(group)"]
                    + (prefix.isEmpty ? [] : ["--nflog-prefix", prefix])
            }
        }
    }
}

extension LogLevel {
    /// The name in iptables(8).
    fileprivate var iptables: String {
        switch self {
        case .err: "error"
        case .warn: "warning"
        default: description
        }
    }
}

extension Action {
    fileprivate func iptables(_ family: AddressFamily) throws(Inexpressible) -> [String] {
        switch self {
        case .accept: return ["-j", "ACCEPT"]
        case .drop: return ["-j", "DROP"]
        case .return: return ["-j", "RETURN"]
        case .count: return []
        case .notrack: return ["-j", "CT", "--notrack"]
        case .log(let statement): return try statement.iptables
        case .reject(let reason): return ["-j", "REJECT", "--reject-with", reason.iptables(family)]
        case .redirect(let redirect):
            return ["-j", "REDIRECT"] + redirect.ports.iptables
                + (try redirect.flags.iptables(allowed: .random, of: "REDIRECT"))
        case .masquerade(let masquerade):
            return ["-j", "MASQUERADE"] + masquerade.ports.iptables
                + (try masquerade.flags.iptables(allowed: [.random, .fullyRandom], of: "MASQUERADE"))
        case .destinationNAT(let translation):
            if let target = try translation.netmap { return target }
            return ["-j", "DNAT", "--to-destination", translation.iptables]
                + (try translation.flags.iptables(allowed: [.random, .persistent], of: "DNAT"))
        case .sourceNAT(let translation):
            guard translation.addresses != nil else { throw Inexpressible("SNAT needs an address") }
            if let target = try translation.netmap { return target }
            let all: NATFlags = [.random, .fullyRandom, .persistent]
            return ["-j", "SNAT", "--to-source", translation.iptables]
                + (try translation.flags.iptables(allowed: all, of: "SNAT"))
        case .setMark(let mark): return ["-j", "MARK", "--set-xmark", mark.iptables]
        case .setConnectionMark(let mark): return ["-j", "CONNMARK", "--set-xmark", mark.iptables]
        case .jump(let chain): return ["-j", chain]
        case .goto(let chain): return ["-g", chain]
        }
    }
}

extension RejectReason {
    fileprivate func iptables(_ family: AddressFamily) -> String {
        switch family {
        case .ipv4:
            guard let code = icmpCode else { return "tcp-reset" }
            return code == .protocolUnreachable ? "icmp-proto-unreachable" : "icmp-\(code)"
        case .ipv6:
            guard let code = icmpv6Code else { return "tcp-reset" }
            return code == .adminProhibited ? "icmp6-adm-prohibited" : "icmp6-\(code)"
        }
    }
}

extension Mark {
    /// Value and mask: the bits of the mask are cleared, then those of the value set.
    fileprivate var iptables: String {
        "0x\(String(value, radix: 16))/0x\(String(mask, radix: 16))"
    }
}

extension Interval<UInt16>? {
    /// `--to-ports 1024-65535`.
    fileprivate var iptables: [String] {
        map { ["--to-ports", $0.description] } ?? []
    }
}

extension AddressTranslation {
    /// `-j NETMAP`, which keeps the host part of addresses: of destinations before routing, of sources after it.
    fileprivate var netmap: [String]? {
        get throws(Inexpressible) {
            guard case .prefix(let prefix)? = addresses else { return nil }
            guard ports == nil else { throw Inexpressible("NETMAP has no new port beside a new prefix") }
            return ["-j", "NETMAP", "--to", prefix.description] + (try flags.iptables(allowed: [], of: "NETMAP"))
        }
    }

    /// `10.0.0.1-10.0.0.9:80`, `[2001:db8::1]:80`.
    fileprivate var iptables: String {
        var text = ""
        if let addresses {
            text = addresses.description
            if addresses.family == .ipv6, ports != nil { text = "[\(text)]" }
        }
        return ports.map { "\(text):\($0)" } ?? text
    }
}

extension NATFlags {
    fileprivate func iptables(allowed: NATFlags, of target: String) throws(Inexpressible) -> [String] {
        let names = Self.nameTable.entries.filter { contains($0.value) }
        for (name, flag) in names where !allowed.contains(flag) {
            throw Inexpressible("\(target) has no '\(name)'")
        }
        return names.map { $0.value == .fullyRandom ? "--random-fully" : "--\($0.name)" }
    }
}
