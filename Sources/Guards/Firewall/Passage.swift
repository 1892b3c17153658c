/// How a packet fares on a part of its way: it may get on, it may end, and often it is certain which.
struct Passage {
    /// The packet as it gets on; nothing where it cannot.
    var packet: Packet?
    /// Where it may end; the last one is where it ends for certain, if it does.
    var cuts: [Cut] = []
    /// The rules of which it is not known whether they hold for the packet.
    var doubts: [RulePlace] = []

    /// How many doubts are kept: a person reads them.
    private static let mostDoubts = 8

    mutating func doubt(_ place: RulePlace) {
        if doubts.count < Self.mostDoubts, !doubts.contains(place) { doubts.append(place) }
    }

    /// Goes on with the next part of the way.
    mutating func then(_ next: (Packet) -> Passage) {
        guard let packet else { return }
        let rest = next(packet)
        self.packet = rest.packet
        cuts += rest.cuts
        for place in rest.doubts { doubt(place) }
    }

    /// Takes another way into account that the packet may have gone.
    mutating func join(_ other: Passage) {
        if let mine = packet, let theirs = other.packet, mine.destination != theirs.destination {
            // Both get on, but to different servers.
            cuts += other.cuts
            packet = mine
        } else {
            packet.join(other.packet)
            cuts += other.cuts
        }
        for place in other.doubts { doubt(place) }
    }
}
