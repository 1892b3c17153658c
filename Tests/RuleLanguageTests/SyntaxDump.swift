import Diagnostics
import NetworkTypes
import RuleLanguage
import Vocabulary

/// The syntax of a file as text without blanks and places: equal texts are equal syntax.
struct SyntaxDump {
    let file: RuleFileSyntax
    let map: SourceMap

    static func dump(_ parsed: Parsed) -> [String] {
        let dump = SyntaxDump(file: parsed.syntax, map: parsed.map)
        return parsed.syntax[parsed.syntax.topLevel].map(dump.statement)
    }

    private func text(_ range: SourceRange) -> String {
        map.text(range)
    }

    private func string(_ string: StringSyntax?) -> String {
        string.map { " \"\($0.text(in: map))\"" } ?? ""
    }

    private func statement(_ statement: StatementSyntax) -> String {
        switch statement {
        case .rule(let rule): self.rule(rule)
        case .block(let block): self.block(block)
        case .chain(let chain): self.chain(chain)
        case .policy(let policy):
            "policy \(policy.direction.direction) \(policy.verdict.isAccept ? "accept" : "drop")"
        case .binding(let binding): self.binding(binding)
        case .include(let include): "include" + string(include.path)
        case .set(let set): self.set(set)
        case .option(let option): "option \(text(option.name.range)) \(text(option.value.range))"
        case .route(let route): self.route(route)
        case .table(let table): "table \(text(table.name.range)) = \(value(table.number))"
        case .routingRule(let rule): routingRule(rule)
        case .sysctl(let sysctl): "sysctl \(text(sysctl.key.range)) = \(value(sysctl.value))"
        }
    }

    private func rule(_ rule: RuleSyntax) -> String {
        var dump = verb(rule)
        if let direction = rule.direction {
            dump += " \(direction.direction)"
        }
        dump += clauses(rule.clauses)
        for argument in file[rule.arguments] {
            dump += " <" + self.argument(argument) + ">"
        }
        return dump + string(rule.comment)
    }

    private func verb(_ rule: RuleSyntax) -> String {
        switch rule.verb {
        case .setMark(let mark), .setConnectionMark(let mark): "\(text(rule.verbRange)) \(value(mark))"
        case .jump(let name), .goto(let name): "\(text(rule.verbRange)) \(text(name.range))"
        default: "\(rule.verb)"
        }
    }

    private func clauses(_ list: SyntaxList<ClauseSyntax>) -> String {
        file[list].map { " [" + match($0.match) + "]" }.joined()
    }

    private func match(_ match: MatchSyntax) -> String {
        switch match {
        case .interface(let side, let value): "\(side) \(self.value(value))"
        case .family(let family): "\(family)"
        case .address(let side, let value): "\(side) address \(self.value(value))"
        case .transport(let word): "\(word)"
        case .proto(let value): "proto \(self.value(value))"
        case .port(let side, let value): "\(side) port \(self.value(value))"
        case .tcpFlags(let value): "flags \(self.value(value))"
        case .icmp(let word, let type, let code):
            "\(word)" + (type.map { " type \(value($0))" } ?? "") + (code.map { " code \(value($0))" } ?? "")
        case .ctState(let value): "ct state \(self.value(value))"
        case .ctStatus(let value): "ct status \(self.value(value))"
        case .ctMark(let value): "ct mark \(self.value(value))"
        case .ctOriginalAddress(let value): "ct original daddr \(self.value(value))"
        case .ctOriginalPort(let value): "ct original dport \(self.value(value))"
        case .mark(let value): "mark \(self.value(value))"
        case .skuid(let value): "skuid \(self.value(value))"
        case .skgid(let value): "skgid \(self.value(value))"
        case .field(let field, let value): "\(field.field.words) \(self.value(value))"
        case .limit(let rate, let isOver, let burst):
            "limit\(isOver ? " over" : "") \(value(rate))" + (burst.map { " burst \(value($0))" } ?? "")
        case .group(let name): "group \(text(name.range))"
        }
    }

    private func argument(_ argument: ArgumentSyntax) -> String {
        switch argument {
        case .target(let target):
            return "to" + (target.address.map { " \(value($0))" } ?? "") + (target.port.map { " :\(value($0))" } ?? "")
        case .rejectWith(let type):
            switch type.answer {
            case .icmp(let name): return "icmp \(text(name.range))"
            case .icmpv6(let name): return "icmpv6 \(text(name.range))"
            case .icmpx(let name): return "icmpx \(text(name.range))"
            case .tcpReset: return "tcp reset"
            }
        case .natFlag(let flag, _):
            return "\(flag)"
        case .andAccept:
            return "and accept"
        case .log(let log):
            let level = log.level.map { " level \(text($0.range))" } ?? ""
            return "log" + string(log.prefix) + level + (log.group.map { " group \(value($0))" } ?? "")
        }
    }

    private func value(_ value: ValueSyntax) -> String {
        (value.isNegated ? "!" : "") + form(value)
    }

    private func form(_ value: ValueSyntax) -> String {
        switch value.form {
        case .literal(let shape):
            let words = text(value.range).split { " \t\\\n".contains($0) }
            return words.joined(separator: " ") + ":\(shape)"
        case .string: return text(value.range)
        case .variable: return text(value.range)
        case .set: return text(value.range)
        case .range(let sides): return file[sides].map(self.value).joined(separator: " - ")
        case .masked(let sides): return file[sides].map(self.value).joined(separator: " / ")
        case .list(let elements): return "{" + file[elements].map(self.value).joined(separator: ", ") + "}"
        }
    }

    private func statements(_ list: SyntaxList<StatementSyntax>) -> String {
        " (" + file[list].map(statement).joined(separator: "; ") + ")"
    }

    private func block(_ block: BlockSyntax) -> String {
        "block" + (block.direction.map { " \($0.direction)" } ?? "") + clauses(block.clauses)
            + statements(block.statements)
    }

    private func chain(_ chain: ChainSyntax) -> String {
        var dump = "chain \(text(chain.name.range))"
        if let hook = chain.hook {
            dump += hook.type.map { " type \(text($0.range))" } ?? ""
            dump += " hook \(text(hook.hook.range)) priority"
            dump += hook.priority.base.map { " \(text($0.range))" } ?? ""
            dump += hook.priority.offset.map { " \(hook.priority.isNegative ? "-" : "+")\(text($0))" } ?? ""
            dump += hook.policy.map { $0.isAccept ? " policy accept" : " policy drop" } ?? ""
        }
        return dump + statements(chain.statements)
    }

    private func binding(_ binding: LetSyntax) -> String {
        let name = "let \(text(binding.name.range)) ="
        switch binding.content {
        case .value(let value): return "\(name) \(self.value(value))"
        case .matches(let clauses): return name + self.clauses(clauses)
        }
    }

    private func set(_ set: SetSyntax) -> String {
        var dump = "set \(text(set.name.range)): \(text(set.type.range))"
        for option in file[set.options] {
            switch option.kind {
            case .from(let path): dump += " from" + string(path)
            case .timeout(let value): dump += " timeout \(self.value(value))"
            case .size(let value): dump += " size \(self.value(value))"
            }
        }
        if let elements = set.elements {
            dump += " {" + file[elements].map(value).joined(separator: ", ") + "}"
        }
        return dump + string(set.comment)
    }

    private func route(_ route: RouteSyntax) -> String {
        var dump = "route" + (route.family.map { " \($0.family)" } ?? "")
        dump += route.type.map { " \(text($0.range))" } ?? ""
        dump += " " + value(route.destination) + attributes(route.attributes)
        return dump + file[route.nextHops].map { " (" + attributes($0.attributes) + " )" }.joined()
    }

    private func attributes(_ list: SyntaxList<RouteAttributeSyntax>) -> String {
        file[list]
            .map { attribute in
                switch attribute.kind {
                case .via(let value): " via \(self.value(value))"
                case .dev(let value): " dev \(self.value(value))"
                case .metric(let value): " metric \(self.value(value))"
                case .table(let value): " table \(self.value(value))"
                case .src(let value): " src \(self.value(value))"
                case .path(let metric, let value, let isLocked):
                    " \(metric.word)\(isLocked ? " lock" : "") \(self.value(value))"
                case .features(let value): " features \(self.value(value))"
                case .congctl(let value): " congctl \(self.value(value))"
                case .pref(let value): " pref \(self.value(value))"
                case .tos(let value): " tos \(self.value(value))"
                case .scope(let value): " scope \(self.value(value))"
                case .onlink: " onlink"
                case .weight(let value): " weight \(self.value(value))"
                }
            }
            .joined()
    }

    private func routingRule(_ rule: RoutingRuleSyntax) -> String {
        let attributes = file[rule.attributes].map { attribute in
            switch attribute.kind {
            case .from(let value): " from \(self.value(value))"
            case .to(let value): " to \(self.value(value))"
            case .iif(let value): " iif \(self.value(value))"
            case .oif(let value): " oif \(self.value(value))"
            case .fwmark(let value): " fwmark \(self.value(value))"
            case .not: " not"
            case .tos(let value): " tos \(self.value(value))"
            case .dscp(let value): " dscp \(self.value(value))"
            case .ipproto(let value): " ipproto \(self.value(value))"
            case .sport(let value): " sport \(self.value(value))"
            case .dport(let value): " dport \(self.value(value))"
            case .uidrange(let value): " uidrange \(self.value(value))"
            case .suppressPrefixLength(let value): " suppress_prefixlength \(self.value(value))"
            case .suppressGroup(let value): " suppress_ifgroup \(self.value(value))"
            case .l3mdev: " l3mdev"
            case .goto(let value): " goto \(self.value(value))"
            case .nop: " nop"
            case .priority(let value): " priority \(self.value(value))"
            case .lookup(let value): " lookup \(self.value(value))"
            case .refuse(let refusal): " \(refusal)"
            }
        }
        return "rule" + (rule.family.map { " \($0.family)" } ?? "") + attributes.joined()
    }
}
