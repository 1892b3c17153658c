import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// Warns where a rule does something else than its words suggest.
    func warn(of rule: Rule, _ located: LocatedRule) {
        switch rule.action {
        case .drop, .reject:
            warnOfRefusal(rule, located)
        case .redirect, .destinationNAT, .sourceNAT:
            warnOfLoopback(rule, located)
        case .accept:
            warnOfAcceptedExcess(rule, located)
        default: break
        }
    }

    // MARK: Rules that refuse

    private func warnOfRefusal(_ rule: Rule, _ located: LocatedRule) {
        for match in rule.matches {
            switch match {
            case .limit(let limit) where !limit.isOver:
                report(.refusalUnderLimit(rule, at: range(of: match.rank, located)))
                return
            case .tcpFlags where rule.holdsForEveryOrdinarySegment:
                report(.everySegmentRefused(at: range(of: match.rank, located)))
                return
            default: break
            }
        }
    }

    // MARK: Rules that accept

    private func warnOfAcceptedExcess(_ rule: Rule, _ located: LocatedRule) {
        for case .limit(let limit) in rule.matches where limit.isOver {
            report(.excessAccepted(rule, at: range(of: Match.limit(limit).rank, located)))
            return
        }
    }

    // MARK: Translations and `lo`

    /// Connections of this host to itself are translated where they leave; when they come in by `lo` that was decided.
    private func warnOfLoopback(_ rule: Rule, _ located: LocatedRule) {
        guard located.place.translatesWhatComesIn else { return }
        let known = withKnownMembers(rule)
        let names = known.inputInterfaces?.contains(InterfacePattern(.loopback)) ?? false
        guard names || known.comesInByLoopback else {
            guard let target = rule.loopbackTarget else { return }
            let range = arguments(located.node).target?.range ?? located.node.range
            loopbackTargets.append(
                LoopbackTarget(family: target.family, interfaces: known.inputInterfaces, range: range)
            )
            return
        }
        let verb = text(located.node.verbRange)
        let rank = rule.matches.first { $0.rank == 0 || $0.isOfLoopback }?.rank ?? 0
        report(.translationOfLoopback(verb, at: range(of: rank, located)))
    }

    /// Warns of connections from outside that are sent to a loopback address, which the kernel drops unless a setting allows it.
    func warnOfLoopbackTargets() {
        guard !loopbackTargets.isEmpty else { return }
        let settings = ruleset.sysctls.compactMap { $0.value == "0" ? nil : routeLocalnetInterface($0.name) }
        for target in loopbackTargets where !target.isAllowed(on: settings) {
            let named = target.interfaces?.first { !$0.isPrefix }
            report(.loopbackTarget(target.family, named?.name, at: target.range))
        }
    }

    /// The interface that a setting lets packets come in by for 127.0.0.0/8.
    private func routeLocalnetInterface(_ setting: String) -> String? {
        let (prefix, suffix) = ("net.ipv4.conf.", ".route_localnet")
        guard setting.hasPrefix(prefix), setting.hasSuffix(suffix),
            setting.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        return String(setting.dropFirst(prefix.count).dropLast(suffix.count))
    }
}

/// A rule that sends what comes from outside to a loopback address.
struct LoopbackTarget {
    let family: AddressFamily
    /// The interfaces that it names.
    let interfaces: [InterfacePattern]?
    /// Its `to` with all that belongs to it.
    let range: SourceRange

    /// Whether the kernel lets such packets in by interfaces of these names; for IPv6 it never does.
    fileprivate func isAllowed(on names: [String]) -> Bool {
        guard family == .ipv4 else { return false }
        guard let interfaces, !names.contains("all") else { return !names.isEmpty }
        return interfaces.allSatisfy { pattern in
            names.contains { name in
                // In a setting's name the dot of an interface is a slash.
                InterfaceName(name.replacing("/", with: ".")).map { pattern.intersection(InterfacePattern($0)) != nil }
                    ?? false
            }
        }
    }
}

extension Place {
    /// Whether a verb of NAT here is about packets that come in.
    fileprivate var translatesWhatComesIn: Bool {
        switch self {
        case .direction(let direction): direction == .input
        case .base(let chain): chain.hook == .prerouting || chain.hook == .input
        case .regular: false
        }
    }
}

extension Match {
    /// Whether the condition is one on the addresses of the loopback interface.
    fileprivate var isOfLoopback: Bool {
        Rule(matches: [self], action: .accept).comesInByLoopback
    }
}

extension Rule {
    /// Whether all segments of an ordinary connection have the flags that the rule asks for.
    fileprivate var holdsForEveryOrdinarySegment: Bool {
        TCPFlags.ordinary.allSatisfy { flags in
            matches.allSatisfy { match in
                guard case .tcpFlags(let wanted) = match else { return true }
                return (flags.intersection(wanted.mask) == wanted.flags) != wanted.isNegated
            }
        }
    }
}

extension Rule {
    /// Whether the rule asks for flags that segments with data have, and not for those of all ordinary ones.
    var refusesData: Bool {
        var asksFlags = false
        for case .tcpFlags(let flags) in matches {
            guard flags.holds(.ack), flags.holds([.psh, .ack]) else { return false }
            asksFlags = true
        }
        return asksFlags && !holdsForEveryOrdinarySegment
    }
}

extension TCPFlags {
    /// What segments of a connection have that is opened, used, closed and reset (RFC 9293), without ECN and urgent data.
    fileprivate static let ordinary: [TCPFlags] = [
        .syn, [.syn, .ack], .ack, [.psh, .ack], [.fin, .ack], [.fin, .psh, .ack], .rst, [.rst, .ack],
    ]
}
