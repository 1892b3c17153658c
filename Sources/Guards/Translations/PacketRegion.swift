public import NetworkTypes

/// The packets that meet some conditions, as they are before translation.
public struct PacketRegion: Sendable, Hashable {
    /// Whether two regions have packets in common.
    public enum Overlap: Int, Sendable, Comparable {
        case none
        case maybe
        case certain

        public static func < (left: Self, right: Self) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The families.
    public var families: AddressFamilies = .both
    /// The transport protocols; nil for all.
    public var protocols: Set<UInt8>?
    /// The destination ports; nil for all.
    public var ports: IntervalSet<UInt16>?
    /// Where the packets come from; nil for everywhere.
    public var sources: AddressSet?
    /// Where they go to; nil for everywhere.
    public var destinations: AddressSet?
    /// The interfaces that they come in by; nil for all.
    public var inputs: [InterfacePattern]?
    /// Interfaces that they do not come in by.
    public var otherInputs: [InterfacePattern] = []
    /// Whether these are all conditions; otherwise there are fewer packets.
    public var isExact = true

    /// Creates the region of all packets.
    public init() {}

    /// Whether there are packets that meet the conditions of both.
    public func overlap(_ other: PacketRegion) -> Overlap {
        guard !families.intersection(other.families).isEmpty,
            Self.meet(protocols, other.protocols, { !$0.isDisjoint(with: $1) }),
            Self.meet(ports, other.ports, { !$0.intersection($1).isEmpty }),
            Self.meet(sources, other.sources, { !$0.intersection($1).isEmpty }),
            Self.meet(destinations, other.destinations, { !$0.intersection($1).isEmpty }),
            Self.meet(
                inputs,
                other.inputs,
                { ours, theirs in
                    ours.contains { our in theirs.contains { our.intersection($0) != nil } }
                }
            ),
            !isShutOut(of: other), !other.isShutOut(of: self)
        else { return .none }
        return isExact && other.isExact ? .certain : .maybe
    }

    /// Whether all of the interfaces are among those that the other region leaves out.
    private func isShutOut(of other: PacketRegion) -> Bool {
        guard let inputs else { return false }
        return inputs.allSatisfy { input in other.otherInputs.contains { $0.intersection(input) == input } }
    }

    private static func meet<Value>(_ first: Value?, _ second: Value?, _ overlap: (Value, Value) -> Bool) -> Bool {
        guard let first, let second else { return true }
        return overlap(first, second)
    }

    /// The packets that meet the conditions of both.
    public func intersection(_ other: PacketRegion) -> PacketRegion {
        var result = self
        result.families = families.intersection(other.families)
        if let protocols = other.protocols { result.restrict(protocols: protocols) }
        if let ports = other.ports { result.restrict(ports: ports) }
        if let sources = other.sources { result.restrict(sources: sources) }
        if let destinations = other.destinations { result.restrict(destinations: destinations) }
        if let inputs = other.inputs {
            result.inputs =
                result.inputs.map { ours in
                    ours.flatMap { our in inputs.compactMap { our.intersection($0) } }
                } ?? inputs
        }
        result.otherInputs += other.otherInputs
        result.isExact = isExact && other.isExact
        return result
    }

    /// Whether the region may be a part of the other one: no condition shows that it is not.
    public func mayBeInside(_ other: PacketRegion) -> Bool {
        families.subtracting(other.families).isEmpty
            && Self.isInside(protocols, other.protocols) { $0.isSubset(of: $1) }
            && Self.isInside(ports, other.ports) { $1.isSuperset(of: $0) }
            && Self.isInside(sources, other.sources) { $0.intersection($1) == $0 }
            && Self.isInside(destinations, other.destinations) { $0.intersection($1) == $0 }
            && Self.isInside(inputs, other.inputs) { ours, theirs in
                ours.allSatisfy { our in theirs.contains { $0.intersection(our) == our } }
            }
            && other.otherInputs.allSatisfy { otherInputs.contains($0) }
    }

    private static func isInside<Value>(_ inner: Value?, _ outer: Value?, _ isInside: (Value, Value) -> Bool) -> Bool {
        guard let outer else { return true }
        guard let inner else { return false }
        return isInside(inner, outer)
    }

    // MARK: Narrowing

    mutating func restrict(protocols other: Set<UInt8>) {
        protocols = protocols.map { $0.intersection(other) } ?? other
    }

    mutating func restrict(ports other: IntervalSet<UInt16>) {
        ports = ports.map { $0.intersection(other) } ?? other
    }

    mutating func restrict(sources other: AddressSet) {
        sources = sources.map { $0.intersection(other) } ?? other
    }

    mutating func restrict(destinations other: AddressSet) {
        destinations = destinations.map { $0.intersection(other) } ?? other
    }

    mutating func restrict(input: InterfacePattern) {
        inputs = inputs.map { $0.compactMap { $0.intersection(input) } } ?? [input]
    }
}
