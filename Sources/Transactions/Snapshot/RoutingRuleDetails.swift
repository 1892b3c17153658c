import KernelObjects
import NetworkTypes

/// What is written of a route or a policy routing rule beside what every one has; of most it is nothing, and older files have no details.
struct SnapshotParts: OptionSet {
    let rawValue: UInt8

    /// There is what this program does not model.
    static let unknownAttributes = SnapshotParts(rawValue: 1)
    /// What few have follows.
    static let details = SnapshotParts(rawValue: 2)
}

/// What few policy routing rules have.
struct RoutingRuleDetails {
    var isInverted: Bool
    var asksMasterDevice: Bool
    var packets: PacketSelector
    var gotoTarget: UInt32?
    var suppressedPrefixLength: UInt32?
    var suppressedGroup: UInt32?

    /// Whether a rule without them is the same.
    var isEmpty: Bool {
        !isInverted && !asksMasterDevice && packets == PacketSelector() && gotoTarget == nil
            && suppressedPrefixLength == nil && suppressedGroup == nil
    }

    func apply(to rule: inout RoutingRuleObject) {
        rule.isInverted = isInverted
        rule.asksMasterDevice = asksMasterDevice
        rule.packets = packets
        rule.gotoTarget = gotoTarget
        rule.suppressedPrefixLength = suppressedPrefixLength
        rule.suppressedGroup = suppressedGroup
    }
}

extension RoutingRuleDetails {
    init(_ rule: RoutingRuleObject) {
        self.init(
            isInverted: rule.isInverted,
            asksMasterDevice: rule.asksMasterDevice,
            packets: rule.packets,
            gotoTarget: rule.gotoTarget,
            suppressedPrefixLength: rule.suppressedPrefixLength,
            suppressedGroup: rule.suppressedGroup
        )
    }
}
