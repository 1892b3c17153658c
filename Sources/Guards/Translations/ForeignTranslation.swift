public import NetworkTypes

/// A rule of another program that gives connections another destination.
public struct ForeignTranslation: Sendable, Hashable {
    /// Where the connections go then.
    public enum Target: Sendable, Hashable {
        /// To an address, or to another port; what is nil stays as it was.
        case other(IPAddress?, port: UInt16?)
        /// To this host; a port that is nil stays as it was.
        case thisHost(port: UInt16?)
        /// It is not known.
        case unknown
    }

    /// What people call its table: `ip nat`.
    public var table: String
    /// The chain that it stands in; nil if nothing of the table can be read.
    public var chain: String?
    /// Its handle, nil if it is not one rule.
    public var handle: UInt64?
    /// The hook: `prerouting` for what comes in, `output` for this host's own connections.
    public var hook: NetfilterHook
    /// The place among the chains that translate; smaller comes first. nil if it is not known.
    public var priority: Int32?
    /// The connections that it translates.
    public var region: PacketRegion
    /// Connections that earlier rules of the table keep from it.
    public var exceptions: [PacketRegion] = []
    /// Where it sends them.
    public var target: Target

    /// Whether some connections of a region are translated.
    public func overlap(_ other: PacketRegion) -> PacketRegion.Overlap {
        let overlap = region.overlap(other)
        guard overlap == .certain, !exceptions.isEmpty else { return overlap }
        let common = region.intersection(other)
        return exceptions.contains { common.mayBeInside($0) } ? .maybe : .certain
    }
}
