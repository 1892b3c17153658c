import KernelObjects
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel

/// Writes shell commands of ip(8) and sysctl(8), in the order in which Weir itself makes what they make (`Phase`).
struct IPCommands {
    let ruleset: Ruleset
    let isUndo: Bool

    func write(to text: inout TextBuffer) {
        text.write(isUndo ? "#!/bin/sh\n" : "#!/bin/sh\nset -e\n")
        let routes = RouteOrder.sorted(ruleset.routes) { $0.object() }
        guard !isUndo else {
            // What leads into a table goes before the table's routes do.
            for rule in ruleset.routingRules.reversed() { text.write(command: rule.ipArguments("del")) }
            for route in routes.reversed() { text.write(command: route.ipArguments("del")) }
            return
        }
        for route in routes { text.write(command: route.ipArguments("add")) }
        for rule in ruleset.routingRules { text.write(command: rule.ipArguments("add")) }
        for sysctl in SysctlOrder.sorted(ruleset.sysctls, name: \.name) {
            text.write(command: ["sysctl", "-w", "\(sysctl.name)=\(sysctl.value)"])
        }
    }
}

extension Route {
    /// The command that adds, replaces or deletes the route of this protocol (`rtm_protocol`).
    func ipArguments(_ verb: String, routeProtocol: UInt8 = weirProtocol) -> [String] {
        var words = destination.family == .ipv4 ? ["ip", "route", verb] : ["ip", "-6", "route", verb]
        var hops: [NextHop] = []
        switch target {
        case .nextHops(let nextHops): hops = nextHops
        case .blackhole: words.append("blackhole")
        case .unreachable: words.append("unreachable")
        case .prohibit: words.append("prohibit")
        case .nextRule: words.append("throw")
        case .local(let interface):
            words.append("local")
            hops = [NextHop(gateway: nil, interface: interface)]
        }
        words.append(destination.length == 0 ? "default" : "\(destination.address)/\(destination.length)")
        let isMultipath = hops.count > 1
        if !isMultipath, let hop = hops.first { words += hop.ipArguments(destination.family) }
        // ip(8) puts what is for this host into the table `local`.
        let isLocal = if case .local = target { true } else { false }
        if table != 254 || isLocal { words += ["table", "\(table)"] }
        // A deletion without a metric takes the first route to the destination that there is; for IPv4, 0 is first.
        let isSpecific = verb == "del" && destination.family == .ipv6
        if isSpecific || metric != Route.defaultMetric(destination.family) { words += ["metric", "\(metric)"] }
        words += ["proto", "\(routeProtocol)"]
        // ip(8) knows a destination on the link by itself where there is one way, not where there are several.
        let isOnLinks = isMultipath && destination.family == .ipv4 && hops.allSatisfy { $0.gateway == nil }
        if let scope = scope ?? (isOnLinks ? .link : nil) { words += ["scope", scope.description] }
        if let source { words += ["src", source.description] }
        // ip(8) takes any number here for a hexadecimal one.
        if typeOfService != 0 { words += ["tos", "0x\(String(typeOfService, radix: 16))"] }
        for (metric, value) in metrics.sorted(by: { $0.key < $1.key }) {
            words.append(metric.word)
            if lockedMetrics.contains(metric) { words.append("lock") }
            words.append(metric.unitsPerMillisecond == nil ? "\(value)" : "\(value)ms")
        }
        if usesECN { words += ["features", "ecn"] }
        if let congestionControl { words += ["congctl", congestionControl] }
        if preference != .medium { words += ["pref", preference.description] }
        if isMultipath {
            for hop in hops {
                words += ["nexthop"] + hop.ipArguments(destination.family) + ["weight", "\(hop.weight)"]
            }
        }
        return words
    }
}

extension NextHop {
    fileprivate func ipArguments(_ family: AddressFamily) -> [String] {
        var words: [String] = []
        if let gateway {
            words += gateway.family == family ? ["via", gateway.description] : ["via", "inet6", gateway.description]
        }
        if let interface { words += ["dev", interface.rawValue] }
        if isOnLink { words.append("onlink") }
        return words
    }
}

extension RoutingRule {
    /// The command that adds or deletes the rule.
    func ipArguments(_ verb: String) -> [String] {
        var words = family == .ipv4 ? ["ip", "rule", verb] : ["ip", "-6", "rule", verb]
        if isInverted { words.append("not") }
        if let source { words += ["from", source.description] }
        if let destination { words += ["to", destination.description] }
        if let inputInterface { words += ["iif", inputInterface.rawValue] }
        if let outputInterface { words += ["oif", outputInterface.rawValue] }
        // Of a mark 0 without a mask the kernel takes no notice.
        if let mark { words += ["fwmark", mark == Mark(0) ? "0x0/0xffffffff" : mark.description] }
        words += packets.ipArguments
        switch action {
        case .lookup(let table): words += ["lookup", "\(table)"]
        case .lookupOfVRF: words.append("l3mdev")
        case .goTo(let target): words += ["goto", "\(target)"]
        case .nothing: words.append("nop")
        case .blackhole: words.append("blackhole")
        case .unreachable: words.append("unreachable")
        case .prohibit: words.append("prohibit")
        }
        if let suppressedPrefixLength { words += ["suppress_prefixlength", "\(suppressedPrefixLength)"] }
        if let suppressedGroup { words += ["suppress_ifgroup", "\(suppressedGroup)"] }
        return words + ["priority", "\(priority)", "protocol", "\(weirProtocol)"]
    }
}

extension PacketSelector {
    fileprivate var ipArguments: [String] {
        var words: [String] = []
        // ip(8) takes any number here for a hexadecimal one.
        if typeOfService != 0 { words += ["tos", "0x\(String(typeOfService, radix: 16))"] }
        if let dscp { words += ["dscp", "\(dscp)"] }
        if let ipProtocol { words += ["ipproto", "\(ipProtocol.rawValue)"] }
        if let sourcePorts { words += ["sport", sourcePorts.description] }
        if let destinationPorts { words += ["dport", destinationPorts.description] }
        // ip(8) takes a range only.
        if let users { words += ["uidrange", "\(users.lower)-\(users.upper)"] }
        return words
    }
}
