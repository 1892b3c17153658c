/// The parts of a rule that have words of their own: negation, answers of `reject`, rates, logs, connection states, ICMP.
extension RuleRewriter {
    /// `not saddr V` as `saddr ! V`.
    mutating func rewriteNegation() -> Bool {
        guard index + 1 < input.count else { return false }
        index += 1
        let start = output.count
        guard rewritePart() else { return false }
        var match = output[start...].prefix(1)
        if match == ["ct"], start + 1 < output.count { match = output[start...].prefix(2) }
        guard start + match.count < output.count, output[start + match.count] != "!" else { return false }
        output.insert("!", at: start + match.count)
        return true
    }

    mutating func rewriteAnswer() -> Bool {
        output.append("with")
        index += 1
        guard index < input.count else { return false }
        if ["icmp", "icmpv6", "icmp6", "icmpx"].contains(word) {
            let family = word == "icmp6" ? "icmpv6" : word
            index += peek() == "type" ? 2 : 1
            guard index < input.count else { return false }
            return put(family, Vocabulary.rejectName(word), taking: 1)
        }
        if word == "tcp", ["reset", "rst"].contains(peek()) { return put("tcp", "reset", taking: 2) }
        guard let type = Vocabulary.rejectType(word) else { return false }
        output += type
        index += 1
        return true
    }

    /// `limit rate over 3 per minute burst 5 packets`.
    mutating func rewriteLimit() -> Bool {
        index += 1
        output.append("limit")
        while index < input.count, ["rate", "to", "=", "at", "max"].contains(word) { index += 1 }
        if index < input.count, word == "over" || word == "above" {
            output.append("over")
            index += 1
        }
        guard index < input.count else { return false }
        let parts = word.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard let number = parts.first, number.isDigits else { return put(word, taking: 1) }
        index += 1
        var unit = ""
        if parts.count == 1, index < input.count, ["bytes", "kbytes", "mbytes", "packets"].contains(word) {
            unit = word == "packets" ? "" : " \(word)"
            index += 1
        }
        var period = parts.count > 1 ? parts[1] : ""
        if period.isEmpty {
            guard index < input.count else { return false }
            if word.hasPrefix("/"), word.utf8.count > 1 {
                period = String(word.dropFirst())
                index += 1
            } else {
                if ["per", "a", "an", "every", "each", "/"].contains(word) { index += 1 }
                guard index < input.count else { return false }
                period = word
                index += 1
            }
        }
        guard let name = Vocabulary.period(period) else { return false }
        output.append("\(number)\(unit)/\(name)")
        while index < input.count, ["burst", "limit-burst"].contains(word), peek().isDigits {
            output += ["burst", peek()]
            index += 2
            if index < input.count, word == "packets" { index += 1 }
        }
        return true
    }

    mutating func rewriteLog() -> Bool {
        output.append("log")
        index += 1
        while index < input.count {
            switch word {
            case "prefix", "log-prefix": index += 1
            case "log-level": return put("level", taking: 1) && rewriteValue(of: "level")
            default: return true
            }
        }
        return true
    }

    mutating func rewriteConnection() -> Bool {
        let next = peek()
        if word == "ct", !["state", "ctstate"].contains(next), !Vocabulary.states.contains(next) {
            let count = min(3, input.count - index)
            output += input[index..<index + count]
            index += count
            return true
        }
        return rewriteStates(taking: ["state", "ctstate"].contains(next) ? 2 : 1)
    }

    mutating func rewriteStates(taking count: Int) -> Bool {
        index += count
        output += ["ct", "state"]
        guard index < input.count else { return false }
        if word == "!" || word == "not" {
            output.append("!")
            index += 1
        }
        var states: [String] = []
        var isList = false
        while index < input.count {
            switch word {
            case "{", "[", "(": isList = true
            case "}" where isList, "]" where isList, ")" where isList:
                index += 1
                return finishStates(states)
            case ",", "and", "or", "|": break
            default:
                let parts = word.split(whereSeparator: { $0 == "|" || $0 == "/" }).map { $0.lowercased() }
                guard !parts.isEmpty, parts.allSatisfy(Vocabulary.states.contains) else { return finishStates(states) }
                states += parts
            }
            index += 1
        }
        return finishStates(states)
    }

    mutating func finishStates(_ states: [String]) -> Bool {
        guard !states.isEmpty else { return false }
        for (offset, state) in states.enumerated() { output += offset == 0 ? [state] : [",", state] }
        return true
    }

    mutating func rewriteICMP() -> Bool {
        if word == "ping" { return put("icmp", "type", "echo-request", taking: 1) }
        let family = word == "icmp6" ? "icmpv6" : word
        output.append(family)
        index += 1
        guard index < input.count else { return true }
        if ["type", "icmp-type", "icmpv6-type"].contains(word) {
            index += 1
            output.append("type")
            return rewriteValue(of: "type")
        }
        if let type = Vocabulary.icmpType(word) { return put("type", type, taking: 1) }
        return true
    }

    /// Words that say nothing: `any`, pf's `quick` and `keep state`.
    mutating func rewriteFiller() -> Bool {
        index += word == "keep" && peek() == "state" ? 2 : 1
        return true
    }
}
