import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// Warns of a service by name that is not one of the protocol of its rule: `tcp dport wireguard`.
    func warnOfOtherProtocol(_ rule: Rule, _ located: LocatedRule) {
        var transport: IPProtocol?
        var isSuspicious = false
        for match in rule.matches {
            switch match {
            case .transportProtocol(let protocols):
                guard case .values(let values) = protocols.operand, !protocols.isNegated, values.count == 1 else {
                    return
                }
                transport = values.first
            case .sourcePort(let ports), .destinationPort(let ports), .originalDestinationPort(let ports):
                guard let transport, case .values(let values) = ports.operand else { continue }
                isSuspicious =
                    isSuspicious
                    || values.intervals.contains { $0.isSingle && Service.isOfOtherProtocol($0.lower, transport) }
            default: continue
            }
        }
        // Numbers are what they are: only who writes a name has the service in mind.
        guard isSuspicious, let transport else { return }
        for value in portValues(located) {
            guard let service = withBytes(value.range, { Service(named: $0) }) else { continue }
            guard Service.isOfOtherProtocol(service.port, transport) else { continue }
            report(.serviceOfOtherProtocol(text(value.range), service, transport, at: value.range))
        }
    }

    /// The single values that a rule and its blocks name as ports.
    private func portValues(_ located: LocatedRule) -> [ValueSyntax] {
        var result: [ValueSyntax] = []
        var lists = [(located.node.clauses, located.node.range)]
        var scope: RuleScope? = located.scope
        while let current = scope {
            if let head = current.head { lists.append((head.clauses, head.range)) }
            scope = current.parent
        }
        for (list, range) in lists {
            for clause in clauses(list, beside: range) { collectPorts(clause, 0, &result) }
        }
        return result
    }

    private func collectPorts(_ clause: ClauseSyntax, _ depth: Int, _ result: inout [ValueSyntax]) {
        switch clause.match {
        case .port(_, let value), .ctOriginalPort(let value):
            collect(value, depth, &result)
        case .group(let name):
            guard depth < Self.maximumMatches, let content = definition(name) else { return }
            switch content.content {
            case .matches(let list):
                for inner in clauses(list, beside: content.range) { collectPorts(inner, depth + 1, &result) }
            case .value: return
            }
        default: return
        }
    }

    private func collect(_ value: ValueSyntax, _ depth: Int, _ result: inout [ValueSyntax]) {
        // Who names very many ports looks at each for himself.
        guard depth < Self.maximumMatches, result.count < Self.mostPortValues else { return }
        switch value.form {
        case .literal:
            result.append(value)
        case .list(let list):
            for inner in values(list, beside: value.range) { collect(inner, depth + 1, &result) }
        case .variable:
            guard let name = value.referencedName, let definition = definition(name),
                case .value(let inner) = definition.content
            else { return }
            collect(inner, depth + 1, &result)
        case .string, .set, .range, .masked:
            return
        }
    }

    private static var mostPortValues: Int { 256 }

    private func definition(_ name: NameSyntax) -> LetSyntax? {
        variables.index(of: text(name.range)).flatMap { bindings[$0] }
    }
}
