import NetworkTypes

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
        if peek() == "log" || peek() == "logging" {
            index += 1
            return put("log", taking: 1)
        }
        index += 1
        guard index < input.count else { return false }
        if ["icmp", "icmpv6", "icmp6", "icmpx"].contains(word) {
            let family = word == "icmp6" ? "icmpv6" : word
            index += peek() == "type" ? 2 : 1
            guard index < input.count else { return false }
            answer = ["with", family, Synonyms.rejectName(word)]
        } else if word == "tcp", ["reset", "rst"].contains(peek()) {
            answer = ["with", "tcp", "reset"]
            index += 1
        } else {
            guard let type = Synonyms.rejectType(word) else { return false }
            answer = ["with"] + type
        }
        index += 1
        return true
    }

    /// `limit rate over 3 per minute burst 5 packets`.
    mutating func rewriteLimit(taking count: Int = 1) -> Bool {
        index += count
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
        guard let name = Synonyms.period(period) else { return false }
        output.append("\(number)\(unit)/\(name)")
        while index < input.count, ["burst", "limit-burst"].contains(word), peek().isDigits {
            output += ["burst", peek()]
            index += 2
            if index < input.count, word == "packets" { index += 1 }
        }
        return true
    }

    /// The name of a service, or what it is called elsewhere, with its protocol.
    mutating func rewriteService(_ word: String, taking count: Int) -> Bool {
        let name = Synonyms.services[word] ?? word
        guard let service = Service(named: name) else { return false }
        if let last = output.last, Synonyms.transports.contains(last) {
            return put("dport", name, taking: count)
        }
        switch service.transports {
        case .tcp: return put("tcp", "dport", name, taking: count)
        case .udp: return put("udp", "dport", name, taking: count)
        default:
            output += ["proto"] + Self.list(["tcp", "udp"]) + ["dport", name]
            index += count
            return true
        }
    }

    /// A word that stands by itself where a match is to start: a service, a port, an interface, a set, a rate, an answer, a target; nil if
    /// it cannot be told.
    mutating func rewriteBareWord() -> Bool? {
        let word = word
        if verb == "reject", let answer = Synonyms.rejectType(word) {
            self.answer = ["with"] + answer
            return put(taking: 1)
        }
        if isNAT, !output.contains("to"), index > 1 {
            if word.looksLikeAddress, !word.hasPrefix("$"), !word.hasPrefix("@"), verb != "masquerade" {
                return put("to", target(word), taking: 1)
            }
            if word.isDigits, verb == "redirect", output.contains("dport") { return put("to", ":" + word, taking: 1) }
        }
        if word.hasPrefix("@"), word.utf8.count > 1 { return put("saddr", word, taking: 1) }
        if word.isDigits, let last = output.last, last == "icmp" || last == "icmpv6" {
            return put("type", word, taking: 1)
        }
        if word.isDigits, let last = output.last,
            Synonyms.transports.contains(last) || (isNAT && !output.contains("dport") && peek() == "to")
        {
            return put("dport", word, taking: 1)
        }
        let parts = word.split(separator: "/")
        if parts.count == 2, String(parts[0]).isDigits, Synonyms.period(String(parts[1])) != nil {
            return rewriteLimit(taking: 0)
        }
        if word == "ping6" { return put("icmpv6", "type", "echo-request", taking: 1) }
        if direction == "forward", word.looksLikeInterface, Service(named: word) == nil, Synonyms.matches[word] == nil {
            if !output.contains("from"), ["to", "->", "=>", "and"].contains(peek()) {
                return put("from", word, taking: 1)
            }
        }
        if Synonyms.matches[word] == nil, word.looksLikeInterface, word.last?.isNumber == true {
            return direction == "forward" ? nil : put("on", word, taking: 1)
        }
        if Service(named: Synonyms.services[word] ?? word) != nil { return rewriteService(word, taking: 1) }
        return nil
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
        if word == "ct", !["state", "ctstate"].contains(next), !Synonyms.states.contains(next) {
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
                guard !parts.isEmpty, parts.allSatisfy(Synonyms.states.contains) else { return finishStates(states) }
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
        if let type = Synonyms.icmpType(word) { return put("type", type, taking: 1) }
        return true
    }

    /// Words that say nothing: `any`, pf's `quick` and `keep state`.
    mutating func rewriteFiller() -> Bool {
        switch word {
        case "keep" where peek() == "state", "mod", "module",
            "any" where peek() == "to":
            index += word == "any" ? 1 : 2
        default: index += 1
        }
        return true
    }
}
