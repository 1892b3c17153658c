import NetworkTypes
import RulesetModel

extension Match {
    /// How many values, or ranges of them, a packet's is compared with.
    var valueCount: Int {
        switch self {
        case .inputInterface(let membership), .outputInterface(let membership): membership.count(\.count)
        case .sourceAddress(let membership), .destinationAddress(let membership),
            .originalDestinationAddress(let membership):
            membership.count(\.rangeCount)
        case .transportProtocol(let membership): membership.count(\.count)
        case .sourcePort(let membership), .destinationPort(let membership), .originalDestinationPort(let membership):
            membership.count(\.intervals.count)
        case .socketUser(let membership), .socketGroup(let membership): membership.count(\.intervals.count)
        case .icmp(let match): match.types.count
        case .field(let match): if case .among(let values) = match.values { values.intervals.count } else { 1 }
        case .family, .tcpFlags, .connectionState, .connectionStatus, .connectionMark, .mark, .limit: 1
        }
    }
}

extension Membership {
    /// How many values stand in the rule; those of a named set are there once for all rules.
    fileprivate func count(_ count: (Values) -> Int) -> Int {
        if case .values(let values) = operand { count(values) } else { 1 }
    }
}
