import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// The priorities that are not the kernel's own.
    private static let priorities: ClosedRange<UInt64> = 1...32765
    /// The first priority of rules that do not say one.
    private static let firstPriority: UInt32 = 10000

    /// A routing rule whose priority may not be known yet.
    private struct PendingRule {
        var priority: (number: UInt32, range: SourceRange)?
        var families: [AddressFamily] = []
        var source: [IPPrefix] = []
        var destination: [IPPrefix] = []
        var inputInterface: InterfaceName?
        var outputInterface: InterfaceName?
        var mark: Mark?
        var packets = PacketSelector()
        var inversion: SourceRange?
        var action: RoutingRule.Action = .blackhole
        /// Where the priority of a `goto` is written.
        var target: SourceRange?
        var suppressedPrefixLength: UInt8?
        var suppressedGroup: UInt32?
        let range: SourceRange
    }

    /// A place among the policy routing rules.
    private struct PriorityKey: Hashable {
        let family: AddressFamily
        let priority: UInt32
    }

    /// Compiles the policy routing rules. Those without a priority get free ones in file order.
    func compileRoutingRules() {
        var pending: [PendingRule] = []
        var owners: Set<PriorityKey> = []
        for node in declarations.routingRules {
            guard !diagnostics.isFull else { return }
            guard let rule = pendingRule(node) else { continue }
            pending.append(rule)
            guard let priority = rule.priority else { continue }
            for family in rule.families { owners.insert(PriorityKey(family: family, priority: priority.number)) }
        }
        var next = Self.firstPriority
        for rule in pending {
            if rule.priority == nil {
                while rule.families.contains(where: { owners.contains(PriorityKey(family: $0, priority: next)) }) {
                    next += 1
                }
            }
            let priority = rule.priority?.number ?? next
            guard UInt64(priority) <= Self.priorities.upperBound else {
                return report(.noPriorityLeft(from: Self.firstPriority, at: rule.range))
            }
            for family in rule.families { add(rule, family, priority) }
            if rule.priority == nil { next += 1 }
        }
        checkTargets(pending)
        checkEqualPriorities(pending)
    }

    /// Rules of one priority are asked in the order of the file, as the kernel keeps the order in which they come. It has to tell them apart
    /// in adding and deleting one.
    private func checkEqualPriorities(_ pending: [PendingRule]) {
        let priorities = Dictionary(
            pending.compactMap { rule in rule.priority.map { (rule.range, $0.range) } },
            uniquingKeysWith: { first, _ in first }
        )
        var places: [PriorityKey: [(identity: RoutingRuleIdentity, range: SourceRange)]] = [:]
        var reported: Set<SourceRange> = []
        for (rule, range) in zip(ruleset.routingRules, provenance.routingRules) {
            let key = PriorityKey(family: rule.family, priority: rule.priority)
            let identity = rule.identity
            let others = places[key] ?? []
            let place = priorities[range] ?? range
            if let other = others.first(where: { identity.isMistakable(for: $0.identity) }) {
                guard reported.insert(range).inserted else { continue }
                report(.mistakablePriority(rule.priority, rule.family, other: other.range, at: place))
            } else if others.count == RoutingRuleIdentity.mostOfOnePriority {
                return report(.crowdedPriority(rule.priority, RoutingRuleIdentity.mostOfOnePriority, at: place))
            } else {
                places[key, default: []].append((identity, range))
            }
        }
    }

    /// The kernel passes over a `goto` to a rule that is not there, and takes none that leads back.
    private func checkTargets(_ pending: [PendingRule]) {
        let places = Set(ruleset.routingRules.map { PriorityKey(family: $0.family, priority: $0.priority) })
        let targets = Dictionary(
            pending.compactMap { rule in rule.target.map { (rule.range, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        var reported: Set<SourceRange> = []
        for (rule, range) in zip(ruleset.routingRules, provenance.routingRules) {
            guard case .goTo(let target) = rule.action, let place = targets[range], !reported.contains(place) else {
                continue
            }
            let isThere =
                Self.kernelPriorities.contains(target)
                || places.contains(PriorityKey(family: rule.family, priority: target))
            if target <= rule.priority {
                report(.backwardGoto(target, from: rule.priority, at: place))
            } else if !isThere {
                report(.gotoNowhere(target, rule.family, at: place))
            } else {
                continue
            }
            reported.insert(place)
        }
    }

    /// The priorities of the kernel's rules for the tables `main` and `default` (`fib_default_rules_init`).
    private static let kernelPriorities: ClosedRange<UInt32> = 32766...32767

    private func add(_ rule: PendingRule, _ family: AddressFamily, _ priority: UInt32) {
        ruleset.routingRules.append(
            RoutingRule(
                family: family,
                priority: priority,
                source: rule.source.first { $0.family == family },
                destination: rule.destination.first { $0.family == family },
                inputInterface: rule.inputInterface,
                outputInterface: rule.outputInterface,
                mark: rule.mark,
                packets: rule.packets,
                isInverted: rule.inversion != nil,
                action: rule.action,
                suppressedPrefixLength: rule.suppressedPrefixLength,
                suppressedGroup: rule.suppressedGroup
            )
        )
        provenance.routingRules.append(rule.range)
    }

    // MARK: Parts

    private func pendingRule(_ node: RoutingRuleSyntax) -> PendingRule? {
        var rule = PendingRule(range: node.range)
        let errors = diagnostics.errorCount
        var families = AddressFamilies.both
        var fixed: SourceRange?
        if let family = node.family {
            families = family.family == .ip ? .ipv4 : .ipv6
            fixed = family.range
        }
        for attribute in syntax[Int(node.range.file.rawValue)][node.attributes] {
            read(attribute, into: &rule)
            guard diagnostics.errorCount == errors, let own = attribute.kind.families(rule.source, rule.destination)
            else { continue }
            families.formIntersection(own)
            guard !families.isEmpty else {
                report(.contradictingFamilies(own, at: attribute.range, other: fixed))
                return nil
            }
            fixed = attribute.range
        }
        guard diagnostics.errorCount == errors else { return nil }
        rule.families = AddressFamily.allCases.filter { families.contains(AddressFamilies($0)) }
        check(rule, syntax[Int(node.range.file.rawValue)][node.attributes])
        return diagnostics.errorCount == errors ? rule : nil
    }

    private func read(_ attribute: RoutingRuleAttributeSyntax, into rule: inout PendingRule) {
        switch attribute.kind {
        case .not: rule.inversion = attribute.range
        case .from(let value): rule.source = prefixes(value)
        case .to(let value): rule.destination = prefixes(value)
        case .iif(let value): rule.inputInterface = interfaceName(value)
        case .oif(let value): rule.outputInterface = interfaceName(value)
        case .fwmark(let value): rule.mark = single(value, MarkValue.self)
        case .tos(let value):
            rule.packets.typeOfService = number(value, "a type of service", in: 1...255).map { UInt8($0) } ?? 0
        case .dscp(let value):
            let greatest = UInt64(PacketSelector.greatestDSCP)
            rule.packets.dscp = number(value, "a DSCP", in: 0...greatest).map { UInt8($0) }
        case .ipproto(let value): rule.packets.ipProtocol = ipProtocol(value)
        case .sport(let value): rule.packets.sourcePorts = ports(value)
        case .dport(let value): rule.packets.destinationPorts = ports(value)
        case .uidrange(let value): rule.packets.users = users(value)
        case .suppressPrefixLength(let value):
            rule.suppressedPrefixLength = number(value, "the length of a prefix", in: 0...128).map { UInt8($0) }
        case .suppressGroup(let value):
            let groups = 0...UInt64(UInt32.max - 1)
            rule.suppressedGroup = number(value, "a group of interfaces", in: groups).map { UInt32($0) }
        case .priority(let value): rule.priority = priority(value).map { ($0, value.range) }
        case .lookup(let value): rule.action = .lookup(table(value) ?? 0)
        case .l3mdev: rule.action = .lookupOfVRF
        case .goto(let value):
            rule.action = .goTo(number(value, "a priority", in: 1...32767).map { UInt32($0) } ?? 0)
            rule.target = value.range
        case .nop: rule.action = .nothing
        case .refuse(.blackhole): rule.action = .blackhole
        case .refuse(.unreachable): rule.action = .unreachable
        case .refuse(.prohibit): rule.action = .prohibit
        }
    }

    /// Checks what parts of a rule say together.
    private func check(_ rule: PendingRule, _ attributes: ArraySlice<RoutingRuleAttributeSyntax>) {
        if let inversion = rule.inversion, !attributes.contains(where: \.kind.isSelector) {
            report(.nothingToInvert(at: inversion))
        }
        let hasLookup =
            switch rule.action {
            case .lookup, .lookupOfVRF: true
            default: false
            }
        for attribute in attributes {
            switch attribute.kind {
            case .tos(let value):
                let mask = rule.families.reduce(UInt8.max) { $0 & PacketSelector.typeOfServiceMask($1) }
                if rule.packets.typeOfService & ~mask != 0 {
                    report(.unusableTypeOfService(text(value.range), mask, at: value.range))
                }
                if rule.packets.dscp != nil { report(.typeOfServiceTwice(at: attribute.range)) }
            case .suppressPrefixLength(let value):
                if !hasLookup { report(.nothingToSuppress(at: attribute.range)) }
                if rule.families.contains(.ipv4), rule.suppressedPrefixLength ?? 0 > AddressFamily.ipv4.addressBits {
                    let text = text(value.range)
                    report(.numberOutOfRange(text, "the length of an IPv4 prefix", 0...32, at: value.range))
                }
            case .suppressGroup:
                if !hasLookup { report(.nothingToSuppress(at: attribute.range)) }
            default: break
            }
        }
    }

    private func ipProtocol(_ value: ValueSyntax) -> IPProtocol? {
        guard let ipProtocol = single(value, ProtocolValue.self) else { return nil }
        guard ipProtocol.rawValue != 0 else {
            report(.numberOutOfRange(text(value.range), "a protocol that rules can ask for", 1...255, at: value.range))
            return nil
        }
        return ipProtocol
    }

    private func ports(_ value: ValueSyntax) -> Interval<UInt16>? {
        guard let ports = single(value, PortValue.self) else { return nil }
        let possible = PacketSelector.ports
        guard possible.contains(ports.lower), possible.contains(ports.upper) else {
            let bounds = UInt64(possible.lowerBound)...UInt64(possible.upperBound)
            report(.numberOutOfRange(text(value.range), "a port of a routing rule", bounds, at: value.range))
            return nil
        }
        return ports
    }

    private func users(_ value: ValueSyntax) -> Interval<UInt32>? {
        guard let users = single(value, UserValue.self) else { return nil }
        guard PacketSelector.users.contains(users.upper) else {
            let bounds = UInt64(PacketSelector.users.lowerBound)...UInt64(PacketSelector.users.upperBound)
            report(.numberOutOfRange(text(value.range), "a user", bounds, at: value.range))
            return nil
        }
        return users
    }

    /// The prefixes of a selector: at most one of each family, since a rule has one priority.
    private func prefixes(_ value: ValueSyntax) -> [IPPrefix] {
        guard let prefixes = values(value, PrefixValue.self) else { return [] }
        for family in AddressFamily.allCases where prefixes.count(where: { $0.family == family }) > 1 {
            report(.listNotAllowed(PrefixValue.noun, at: value.range))
            return []
        }
        return prefixes
    }

    private func priority(_ value: ValueSyntax) -> UInt32? {
        guard let number = single(value, NumberValue.self) else { return nil }
        guard Self.priorities.contains(number) else {
            report(.reservedPriority(text(value.range), Self.priorities, at: value.range))
            return nil
        }
        return UInt32(number)
    }
}

extension RoutingRuleAttributeSyntax.Kind {
    /// The families that the attribute fixes, given the rule's prefixes; nothing where it fixes none.
    fileprivate func families(_ source: [IPPrefix], _ destination: [IPPrefix]) -> AddressFamilies? {
        switch self {
        case .from where !source.isEmpty: AddressFamilies(source)
        case .to where !destination.isEmpty: AddressFamilies(destination)
        default: nil
        }
    }

    /// Whether it is one of what `not` turns round.
    fileprivate var isSelector: Bool {
        switch self {
        case .from, .to, .iif, .oif, .fwmark, .tos, .dscp, .ipproto, .sport, .dport, .uidrange: true
        default: false
        }
    }
}

extension AddressFamilies {
    fileprivate init(_ prefixes: [IPPrefix]) {
        self = prefixes.reduce(into: []) { $0.formUnion(AddressFamilies($1.family)) }
    }
}
