import NetworkTypes
import RulesetModel

/// One source port and one destination port, which stand next to each other in every transport header that has ports.
struct PortPair {
    let source: UInt16
    let destination: UInt16

    /// The ports that two conditions ask for; nothing where they ask for something else.
    init?(_ first: Match, _ second: Match) {
        guard case .sourcePort(let source) = first, case .destinationPort(let destination) = second,
            let sourcePort = source.singlePort, let destinationPort = destination.singlePort
        else { return nil }
        (self.source, self.destination) = (sourcePort, destinationPort)
    }
}

extension PortPair {
    /// The ports that two conditions shut out; nil if they ask for something else.
    init?(shutOutBy first: Match, _ second: Match) {
        guard case .sourcePort(let source) = first, case .destinationPort(let destination) = second,
            let sourcePort = source.shutOutPort, let destinationPort = destination.shutOutPort
        else { return nil }
        (self.source, self.destination) = (sourcePort, destinationPort)
    }
}

extension [Match] {
    /// Whether two conditions next to each other ask for one source port and one destination port.
    var havePortPair: Bool {
        zip(self, dropFirst()).contains { PortPair($0, $1) != nil }
    }
}

extension Membership<IntervalSet<UInt16>> {
    /// The port, where exactly one is asked for.
    fileprivate var singlePort: UInt16? {
        guard !isNegated, case .values(let values) = operand, values.intervals.count == 1, values.intervals[0].isSingle
        else { return nil }
        return values.intervals[0].lower
    }
}
