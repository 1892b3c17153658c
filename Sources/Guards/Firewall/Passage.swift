/// How a packet fares on a part of its way: it may get on, it may end, and often it is certain which.
struct Passage {
    /// The packet as it gets on; nil if it cannot.
    var packet: Packet?
    /// Where it may end; the last one is where it ends for certain, if it does.
    var cuts: [Cut] = []
    /// What it depends on whether it gets on.
    var doubts: [Doubt] = []
    /// What the chains of other programs see of the packet.
    var sights: Set<ForeignSight> = []

    /// How many doubts are kept: what is new among more than these is not found.
    private static let mostDoubts = 256

    mutating func doubt(_ doubt: Doubt) {
        if doubts.count < Self.mostDoubts, !doubts.contains(doubt) { doubts.append(doubt) }
    }

    /// Goes on with the next part of the way.
    mutating func then(_ next: (Packet) -> Passage) {
        guard let packet else { return }
        let rest = next(packet)
        self.packet = rest.packet
        take(rest)
    }

    /// Takes over where packets end on another way, and what that depends on.
    private mutating func take(_ other: Passage) {
        cuts += other.cuts
        sights.formUnion(other.sights)
        for doubt in other.doubts { self.doubt(doubt) }
    }

    /// Takes another way into account that the packet may have gone.
    mutating func join(_ other: Passage) {
        if let mine = packet, let theirs = other.packet, mine.destination != theirs.destination {
            // Both get on, but to different servers.
            packet = mine
        } else {
            packet.join(other.packet)
        }
        take(other)
    }
}
