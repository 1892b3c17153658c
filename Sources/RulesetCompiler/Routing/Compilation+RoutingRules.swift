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
        var action: RoutingRule.Action = .blackhole
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
        var owners: [PriorityKey: SourceRange] = [:]
        for node in declarations.routingRules {
            guard !diagnostics.isFull else { return }
            guard let rule = pendingRule(node) else { continue }
            pending.append(rule)
            guard let priority = rule.priority else { continue }
            for family in rule.families {
                let key = PriorityKey(family: family, priority: priority.number)
                guard let first = owners.updateValue(rule.range, forKey: key) else { continue }
                report(.duplicatePriority(priority.number, family, first: first, at: priority.range))
                break
            }
        }
        var next = Self.firstPriority
        for rule in pending {
            if rule.priority == nil {
                while rule.families.contains(where: { owners[PriorityKey(family: $0, priority: next)] != nil }) {
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
    }

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
                action: rule.action
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
            switch attribute.kind {
            case .from(let value): rule.source = prefixes(value)
            case .to(let value): rule.destination = prefixes(value)
            case .iif(let value): rule.inputInterface = interfaceName(value)
            case .oif(let value): rule.outputInterface = interfaceName(value)
            case .fwmark(let value): rule.mark = single(value, MarkValue.self)
            case .priority(let value): rule.priority = priority(value).map { ($0, value.range) }
            case .lookup(let value): rule.action = .lookup(table(value) ?? 0)
            case .refuse(.blackhole): rule.action = .blackhole
            case .refuse(.unreachable): rule.action = .unreachable
            case .refuse(.prohibit): rule.action = .prohibit
            }
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
        return rule
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
}

extension AddressFamilies {
    fileprivate init(_ prefixes: [IPPrefix]) {
        self = prefixes.reduce(into: []) { $0.formUnion(AddressFamilies($1.family)) }
    }
}
