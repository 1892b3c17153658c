import KernelObjects
import NetworkTypes

/// A policy routing rule and a packet (`fib_rule_match` in net/core/fib_rules.c).
struct RoutingRuleMatch {
    /// Whether the rule holds.
    private(set) var truth: Truth
    private let rule: RoutingRuleObject
    private let hasMore: Bool

    /// - Parameter hasVRF: Whether there is an interface that packets of other interfaces belong to.
    init(_ rule: RoutingRuleObject, _ question: RouteQuestion, hasVRF: Bool) {
        self.rule = rule
        let selector = rule.hasUnknownAttributes ? RoutingRuleSelector(rule) : nil
        hasMore = rule.hasUnknownAttributes && selector?.hasMore ?? true
        truth = rule.fits(question).and(rule.packets.fits(question))
        if rule.asksMasterDevice { truth = truth.and(hasVRF ? .maybe : .no) }
        if let selector { truth = truth.and(selector.fits(question)) }
        // What is not known may keep the rule from fitting, or make one that is turned round hold.
        if hasMore { truth = truth.and(.maybe) }
        if rule.isInverted { truth = !truth }
    }

    /// Whether the rule looks away from a route that it finds (`fib4_rule_suppress`, `fib6_rule_suppress`).
    func suppresses(_ route: RouteObject) -> Truth {
        if let length = rule.suppressedPrefixLength, UInt32(route.key.destination.length) <= length { return .yes }
        // Which group an interface is in is not known.
        return hasMore || rule.suppressedGroup != nil ? .maybe : .no
    }
}

extension RoutingRuleObject {
    /// Whether addresses, interfaces and mark are those of the rule.
    fileprivate func fits(_ question: RouteQuestion) -> Truth {
        if let source, !source.contains(question.source) { return .no }
        if let destination, !destination.contains(question.destination) { return .no }
        if let outputInterface, outputInterface != question.boundInterface { return .no }
        var truth = Truth.yes
        if let inputInterface {
            truth = question.inputInterface.map { Truth($0 == inputInterface) } ?? .maybe
        }
        guard let mark else { return truth }
        return truth.and(question.mark.equals(mark.value, under: mark.mask))
    }
}

extension PacketSelector {
    fileprivate func fits(_ question: RouteQuestion) -> Truth {
        if let ipProtocol, ipProtocol != .tcp { return .no }
        if let sourcePorts, !sourcePorts.contains(question.sourcePort) { return .no }
        if let destinationPorts, !destinationPorts.contains(question.destinationPort) { return .no }
        let truth = users.map { users in question.user.map { Truth(users.contains($0)) } ?? .maybe } ?? .yes
        return asksForTypeOfService ? truth.and(.maybe) : truth
    }

    /// Sessions have a type of service of their own; which, only the server knows.
    var asksForTypeOfService: Bool {
        typeOfService != 0 || dscp != nil
    }
}

extension RoutingRuleSelector {
    /// Whether what only rules of other programs ask for is so.
    fileprivate func fits(_ question: RouteQuestion) -> Truth {
        guard sourcePort.includes(question.sourcePort), destinationPort.includes(question.destinationPort) else {
            return .no
        }
        let truth = question.mark.equals(mark & markMask, under: markMask)
        return hasTypeOfService ? truth.and(.maybe) : truth
    }
}

extension KnownNumber {
    /// Whether the bits under a mask are those of another number.
    func equals(_ other: UInt32, under mask: UInt32) -> Truth {
        if (value ^ other) & mask & known != 0 { return .no }
        return known & mask == mask ? .yes : .maybe
    }
}
