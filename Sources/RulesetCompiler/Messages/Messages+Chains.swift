import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Diagnostic {
    static func jumpLoop(_ cycle: DependencyGraph.Cycle, _ names: [String]) -> Diagnostic {
        let ranges = cycle.steps.map(\.edge.range)
        return Diagnostic(
            .jumpLoop,
            "chains jump to each other: \(cycle.text(names))",
            at: ranges.last,
            notes: ranges.dropLast().map { .init("this jump is part of the circle", at: $0) }
        )
    }

    static func jumpTooDeep(_ depth: Int, maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.jumpTooDeep, "from here \(depth) jumps follow each other; the kernel follows \(maximum)", at: range)
    }

    static func jumpToBaseChain(_ name: String, declared: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .jumpToBaseChain,
            "the kernel itself calls '\(name)', so no rule can jump to it",
            at: range,
            notes: [.init("it is declared with a hook", at: declared)]
        )
    }

    static func noChainOfType(_ type: ChainType, hooks: [NetfilterHook], at range: SourceRange) -> Diagnostic {
        let possible = hooks.map { "`\($0)`" }.joined(separator: ", ")
        return Diagnostic(
            .invalidHook,
            "chains of type `\(type.rawValue)` have one of these hooks: \(possible)",
            at: range
        )
    }

    static func natBeforeTracking(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .invalidHook,
            "addresses are translated after connection tracking: the priority must be above \(BaseChain.trackingPriority)",
            at: range
        )
    }

    static func badPriority(_ text: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidHook, "'\(shortened(text))' is not a priority: a number of 32 bits is expected", at: range)
    }

    static func unreachableRule(deciding: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unreachableRule,
            "no packet gets to this rule and those after it in its chain",
            at: range,
            notes: [.init("this rule decides on every packet", at: deciding)]
        )
    }

    static func targetNotAccepted(
        _ verb: String,
        _ ports: Interval<UInt16>?,
        _ direction: RulesetModel.Direction,
        at range: SourceRange
    ) -> Diagnostic {
        let port = ports.map { $0.isSingle ? "port \($0)" : "ports \($0)" } ?? "these packets"
        let end = SourceRange(file: range.file, start: range.end, end: range.end)
        return Diagnostic(
            .targetNotAccepted,
            "after this `\(verb)`, no rule of the direction `\(direction.rawValue)` accepts \(port)",
            at: range,
            fixIts: [.init("add `and accept`", replacing: end, with: " and accept")]
        )
    }
}
