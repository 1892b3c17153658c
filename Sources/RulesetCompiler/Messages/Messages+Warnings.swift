import Diagnostics
import NetworkTypes
import RulesetModel

// Rules that do something else than their words suggest.

extension Diagnostic {
    static func everySegmentRefused(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .everySegmentRefused,
            "every segment of an ordinary TCP connection has such flags, so the rule refuses them all",
            at: range
        )
    }

    static func dataRefused(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .everySegmentRefused,
            "segments with data have such flags, so the rule ends every TCP connection",
            at: range,
            notes: [
                .init("`ct state new` spares known connections; `accept ... ct state established` before it does too")
            ]
        )
    }

    static func refusalUnderLimit(_ rule: Rule, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .refusalUnderLimit,
            "the rate limits the refusal: only what keeps to it is refused, and all that comes beyond it passes this rule",
            at: range,
            notes: rule.meantByLimit.map { .init($0) }
        )
    }

    static func excessAccepted(_ rule: Rule, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .limitWithoutEffect,
            "this accepts what exceeds the rate, and not what keeps to it",
            at: range,
            notes: [.init("without `over` it is the other way round: `\(rule.atRate(isOver: false))`")]
        )
    }

    static func limitWithoutEffect(_ rule: Rule, at range: SourceRange) -> Diagnostic {
        var refusal = rule.withoutLimit
        refusal.action = .drop
        refusal.log = nil
        refusal.comment = nil
        return Diagnostic(
            .limitWithoutEffect,
            "what exceeds the rate passes too: no rule after this one refuses it, and no policy",
            at: range,
            notes: [.init("`\(refusal)` after it refuses the rest")]
        )
    }

    static func translationOfLoopback(_ verb: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .translationOfLoopback,
            "no connection that comes in by `lo` is translated: what this host sends to itself was looked at when it left",
            at: range,
            notes: [.init("`\(verb) out on lo` is about those")]
        )
    }

    /// - Parameter interface: One that the rule names.
    static func loopbackTarget(
        _ family: AddressFamily,
        _ interface: InterfaceName?,
        at range: SourceRange
    ) -> Diagnostic {
        let setting = "net.ipv4.conf.\((interface?.rawValue ?? "all").replacing(".", with: "/")).route_localnet"
        let remedy = "let the service listen on an address that is not of `lo`, and say `redirect`"
        let notes =
            switch family {
            case .ipv4:
                [
                    Note("`sysctl \(setting) = 1` lets them in, and with them whatever else comes for 127.0.0.0/8"),
                    Note("or \(remedy)"),
                ]
            case .ipv6: [Note(remedy)]
            }
        return Diagnostic(
            .loopbackTarget,
            "the kernel drops packets from outside for \(family == .ipv4 ? "127.0.0.0/8" : "::1")",
            at: range,
            notes: notes
        )
    }
}

extension Rule {
    /// The rules that were probably meant by a refusal with a limit.
    fileprivate var meantByLimit: [String] {
        var refusal = withoutLimit
        refusal.log = nil
        if let log {
            let line = Rule(direction: direction, matches: matches, action: .log(log))
            return ["two rules limit the log alone: `\(line)` and `\(refusal)`"]
        }
        let spared = Rule(direction: direction, matches: matches, action: .accept)
        return [
            "to refuse what exceeds the rate: `\(atRate(isOver: true))`",
            "or let in what keeps to it: `\(spared)` and `\(refusal)`",
        ]
    }

    /// The rule for what keeps to the rate, or for what exceeds it.
    fileprivate func atRate(isOver: Bool) -> Rule {
        var rule = self
        rule.matches = matches.map { match in
            guard case .limit(var limit) = match else { return match }
            limit.isOver = isOver
            return .limit(limit)
        }
        return rule
    }

    /// The rule for all packets, however many.
    fileprivate var withoutLimit: Rule {
        var rule = self
        rule.matches.removeAll { if case .limit = $0 { true } else { false } }
        return rule
    }
}
