import Guards
import KernelObjects
import Lowering
import NetworkTypes
import RulesetModel

/// Says for people which rules connections do not get to, and the words that do.
struct TranslationText {
    /// Where a part of the rule file is written.
    let place: (RuleOrigin) -> String?

    /// How many lines are written.
    private static let mostLines = 12

    func lines(_ check: TranslationCheck) -> [String] {
        let findings = check.findings
        let ordered = findings.filter { $0.overlap == .certain } + findings.filter { $0.overlap != .certain }
        var lines = ordered.prefix(Self.mostLines).map(line)
        if ordered.count > Self.mostLines {
            lines.append(
                "weir: \(ordered.count - Self.mostLines) more rules are affected by translations of other programs"
            )
        }
        if check.isIncomplete { lines.append("weir: \(Self.incomplete)") }
        return lines
    }

    static let incomplete =
        "other programs have so many rules that translate connections that not all were compared with Weir's"

    private func line(_ finding: TranslationCheck.Finding) -> String {
        let start = finding.origin.flatMap(place) ?? "weir"
        return "\(start): \(sentence(finding))"
    }

    /// The sentence without a place.
    func sentence(_ finding: TranslationCheck.Finding) -> String {
        let isCertain = finding.overlap == .certain
        guard let first = finding.translations.first else { return "" }
        let who =
            "\(name(first))\(finding.translations.count > 1 ? " (and \(finding.translations.count - 1) more)" : "")"
        let destination = target(first.target)
        guard finding.origin != nil else {
            return isCertain
                ? "'policy in drop' does not see connections that \(who) sends \(destination) first; 'policy forward drop' does"
                : "'policy in drop' may not see connections that \(who) may send \(destination) first; 'policy forward drop' does"
        }
        let rule = finding.rule
        switch rule.action {
        case .redirect, .destinationNAT:
            let verb = isCertain ? "comes" : "may come"
            return "'\(rule)' \(verb) too late for connections that \(who) translates first\(earlier(finding, first))"
        default:
            let words = seeing(rule, first.target, finding.hook)
            return isCertain
                ? "'\(rule)' does not see connections that \(who) sends \(destination) first; '\(words)' does"
                : "'\(rule)' may not see connections that \(who) may send \(destination) first, as far as it is understood; "
                    + "'\(words)' sees those"
        }
    }

    private func name(_ translation: ForeignTranslation) -> String {
        guard let chain = translation.chain else { return "table '\(translation.table)'" }
        let rule = translation.handle.map { "rule with handle \($0) in " } ?? ""
        return "table '\(translation.table)' (\(rule)chain '\(chain)')"
    }

    private func target(_ target: ForeignTranslation.Target) -> String {
        var text = TextBuffer()
        switch target {
        case .other(let address?, let port?): return "to \(TCPEndpoint(address: address, port: port).text)"
        case .other(let address?, nil):
            text.write("to ")
            text.write(address)
        case .other(nil, let port?): text.write("to port \(port)")
        case .thisHost(let port?): text.write("to port \(port) of this host")
        case .thisHost(nil): text.write("to this host")
        case .other(nil, nil), .unknown: text.write("elsewhere")
        }
        return text.text
    }

    /// A chain of the same rule that is tried before.
    private func earlier(_ finding: TranslationCheck.Finding, _ first: ForeignTranslation) -> String {
        let priorities = finding.translations.compactMap(\.priority)
        // Before -200 the kernel tracks no connections yet.
        guard let lowest = priorities.min(), lowest > -199 else { return "" }
        var rule = finding.rule
        rule.direction = nil
        return "; 'chain NAME type nat hook \(first.hook) priority \(lowest - 1) { \(rule) }' comes before"
    }

    /// The rule in the words and at the place where it sees the connections after their translation.
    private func seeing(_ rule: Rule, _ target: ForeignTranslation.Target, _ hook: NetfilterHook) -> Rule {
        var result = rule
        let isLocal: Bool
        switch target {
        case .thisHost, .other(nil, _): isLocal = true
        case .other(let address?, _): isLocal = AddressRange(address).isLoopback
        case .unknown: isLocal = false
        }
        result.direction = hook == .output ? .output : isLocal ? .input : .forward
        result.matches = rule.matches.map { match in
            switch match {
            case .destinationAddress(let addresses): .originalDestinationAddress(addresses)
            case .destinationPort(let ports): .originalDestinationPort(ports)
            default: match
            }
        }
        result.matches = result.matches.enumerated()
            .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
        // Without any of these it would be about everything that passes.
        if !result.matches.contains(where: \.isOnOriginal) {
            result.matches.append(.connectionStatus(.dnat, isNegated: false))
        }
        return result
    }
}

extension Match {
    fileprivate var isOnOriginal: Bool {
        switch self {
        case .originalDestinationAddress, .originalDestinationPort: true
        default: false
        }
    }
}
