import KernelObjects
import NetworkTypes

/// A policy routing rule and a packet (`fib_rule_match` in net/core/fib_rules.c).
struct RoutingRuleMatch {
    /// Whether the rule holds.
    private(set) var truth: Truth
    /// The priority of the rule that is asked next.
    let gotoTarget: UInt32?
    private let suppressedPrefixLength: UInt32?
    private let hasMore: Bool

    init(_ rule: RoutingRuleObject, _ question: RouteQuestion) {
        let selector = rule.hasUnknownAttributes ? RoutingRuleSelector(rule) : nil
        gotoTarget = selector?.gotoTarget
        suppressedPrefixLength = selector?.suppressedPrefixLength
        hasMore = rule.hasUnknownAttributes && selector?.hasMore ?? true
        truth = rule.fits(question)
        if let selector {
            truth = truth.and(selector.fits(question))
            // What is not known may keep the rule from fitting, or make one that is turned round hold.
            if selector.hasMore { truth = truth.and(.maybe) }
            if selector.isInverted { truth = !truth }
        } else if rule.hasUnknownAttributes {
            truth = .maybe
        }
    }

    /// Whether the rule looks away from a route that it finds (`fib4_rule_suppress`, `fib6_rule_suppress`).
    func suppresses(_ route: RouteObject) -> Truth {
        if let suppressedPrefixLength, UInt32(route.key.destination.length) <= suppressedPrefixLength { return .yes }
        return hasMore ? .maybe : .no
    }
}

extension RoutingRuleObject {
    /// Whether what all rules can ask for is so.
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

extension RoutingRuleSelector {
    /// Whether what only rules of other programs ask for is so.
    fileprivate func fits(_ question: RouteQuestion) -> Truth {
        var truth = question.mark.equals(mark & markMask, under: markMask)
        if let ipProtocol, ipProtocol != IPProtocol.tcp.rawValue { return .no }
        if let sourcePorts, !sourcePorts.contains(question.sourcePort) { return .no }
        if let destinationPorts, !destinationPorts.contains(question.destinationPort) { return .no }
        if let users { truth = truth.and(question.user.map { Truth(users.contains($0)) } ?? .maybe) }
        // Sessions have a type of service of their own; which, only the server knows.
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
