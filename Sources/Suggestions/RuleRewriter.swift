import NetworkTypes

/// Puts the words of one rule into those of the language, from left to right.
struct RuleRewriter {
    private let input: [String]
    private let verb: String
    private var index = 0
    private var output: [String] = []

    init(_ words: [String]) {
        input = words
        verb = words.first ?? ""
    }

    /// The rule; nil if a part of it cannot be told.
    func rewritten() -> [String]? {
        var rewriter = self
        while rewriter.index < rewriter.input.count {
            guard rewriter.rewritePart() else { return nil }
        }
        rewriter.addDirection()
        return rewriter.withLogOfItsOwn()
    }

    private var word: String { input[index] }

    private func peek(_ offset: Int = 1) -> String {
        index + offset < input.count ? input[index + offset] : ""
    }

    private var direction: String? {
        output.first { Rewriter.isDirection($0) }
    }

    private var isNAT: Bool { Vocabulary.natVerbs.contains(verb) }

    private mutating func put(_ words: String..., taking count: Int) -> Bool {
        output += words
        index += count
        return true
    }

    /// Rewrites the words at the current place.
    private mutating func rewritePart() -> Bool {
        let word = word
        if index == 0 || word.isQuoted { return put(word, taking: 1) }
        if Vocabulary.allVerbs.contains(word), index == 1 { return put(word, taking: 1) }
        switch word {
        case "not", "!": return rewriteNegation()
        case "with", "reject-with": return rewriteAnswer()
        case "limit": return rewriteLimit()
        case "log": return rewriteLog()
        case "on", "iif", "oif", "iifname", "oifname", "interface", "dev", "via", "in-interface", "out-interface":
            return rewriteInterface()
        case "from": return rewriteFrom()
        case "to", "to-destination", "to-source", "to-port", "to-ports", "->", "=>": return rewriteTo()
        case "ct", "conntrack", "connection": return rewriteConnection()
        case "state", "ctstate": return rewriteStates(taking: 1)
        case "icmp", "icmpv6", "icmp6", "ping": return rewriteICMP()
        case "any", "all", "anywhere", "quick", "packet", "packets", "traffic", "keep": return rewriteFiller()
        case "prefix" where verb == "log", "log-prefix" where verb == "log": return put(taking: 1)
        case "and" where peek() != "accept": return put(taking: 1)
        case "proto", "protocol": return put("proto", taking: 1) && rewriteValue(of: "proto")
        case "destination" where peek() == "port", "dst" where peek() == "port":
            return put("dport", taking: 2) && rewriteValue(of: "dport")
        case "source" where peek() == "port", "src" where peek() == "port":
            return put("sport", taking: 2) && rewriteValue(of: "sport")
        case "group" where verb != "log" && !output.contains("log"):
            return put("skgid", taking: 1) && rewriteValue(of: "skgid")
        default: break
        }
        if Vocabulary.states.contains(word) { return rewriteStates(taking: 0) }
        if word == "{" || word == "[" || word == "(" { return rewriteListOfProtocols() }
        if let protocols = protocolAlternatives() { return protocols }
        if word == "port" || word == "dport", let (port, transport) = portWithProtocol(peek()) {
            return put(transport, "dport", port, taking: 2)
        }
        let match = Vocabulary.matches[word] ?? word
        switch match {
        case "saddr", "daddr", "sport", "dport", "skuid", "skgid", "mark", "flags", "type", "code", "burst", "level":
            return put(match, taking: 1) && rewriteValue(of: match)
        default: break
        }
        if Vocabulary.isProtocol(word) { return put("proto", word, taking: 1) }
        if let (port, transport) = portWithProtocol(word) { return put(transport, "dport", port, taking: 1) }
        if word == "lo" { return put("on", "lo", taking: 1) }
        return put(match, taking: 1)
    }

    // MARK: Values

    /// Copies the value behind a match: a list gets braces, a range a hyphen.
    private mutating func rewriteValue(of match: String) -> Bool {
        guard index < input.count else { return true }
        if word == "=" || word == ":" || word == "is" || word == "eq" { index += 1 }
        guard index < input.count else { return true }
        if word == "!" || word == "not" {
            output.append("!")
            index += 1
        }
        guard index < input.count else { return true }
        if let close = ["{": "}", "[": "]", "(": ")"][word] { return rewriteList(of: match, until: close) }
        var elements = [element(word, of: match)]
        index += 1
        while match != "flags", index + 1 < input.count, word == "," || word == "or" {
            elements.append(element(peek(), of: match))
            index += 2
        }
        elements = elements.flatMap { element in
            element.contains("|") && match != "mark" ? element.split(separator: "|").map(String.init) : [element]
        }
        output += elements.count > 1 ? Self.list(elements) : elements
        return true
    }

    private mutating func rewriteList(of match: String, until close: String) -> Bool {
        index += 1
        var elements: [String] = []
        while index < input.count, word != close {
            if word != ",", word != ";" { elements.append(element(word, of: match)) }
            index += 1
        }
        guard index < input.count, !elements.isEmpty else { return false }
        index += 1
        output += Self.list(elements)
        return true
    }

    static func list(_ elements: [String]) -> [String] {
        ["{"] + elements.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [",", $0.element] } + ["}"]
    }

    /// A value in the spelling of the language.
    private func element(_ word: String, of match: String) -> String {
        switch match {
        case "dport", "sport": Self.port(word)
        case "saddr", "daddr": Self.address(word)
        case "on", "from", "to": word.hasSuffix("+") ? word.dropLast() + "*" : word
        case "type": Vocabulary.icmpType(word) ?? word
        case "level": ["warning": "warn", "error": "err", "emergency": "emerg", "critical": "crit"][word] ?? word
        default: word
        }
    }

    static func port(_ word: String) -> String {
        for separator in [":", ".."] {
            guard let range = word.firstRange(of: separator) else { continue }
            let low = String(word[..<range.lowerBound])
            let high = String(word[range.upperBound...])
            if low.isDigits, high.isDigits { return "\(low)-\(high)" }
            if low.isDigits, high.isEmpty { return "\(low)-65535" }
            if low.isEmpty, high.isDigits { return "0-\(high)" }
        }
        if Service(named: word) == nil, let service = Vocabulary.services[word] { return service }
        return word
    }

    /// An address whose mask is dotted (`10.0.0.0/255.0.0.0`) as a prefix.
    static func address(_ word: String) -> String {
        let parts = word.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[1].contains("."), let length = maskLength(String(parts[1])) else { return word }
        return "\(parts[0])/\(length)"
    }

    static func maskLength(_ mask: String) -> Int? {
        let bytes = mask.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4, bytes.allSatisfy({ $0 != nil }) else { return nil }
        let bits = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1 ?? 0) }
        return (~bits).leadingZeroBitCount == bits.nonzeroBitCount ? bits.nonzeroBitCount : nil
    }

    private func portWithProtocol(_ word: String) -> (port: String, transport: String)? {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1] == "tcp" || parts[1] == "udp" else { return nil }
        let port = Self.port(parts[0])
        let isRange = port.split(separator: "-").allSatisfy { String($0).isDigits }
        return isRange || Service(named: port) != nil ? (port, parts[1]) : nil
    }

    // MARK: Parts of a rule

    /// `not saddr V` as `saddr ! V`.
    private mutating func rewriteNegation() -> Bool {
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

    private mutating func rewriteAnswer() -> Bool {
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
    private mutating func rewriteLimit() -> Bool {
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

    private mutating func rewriteLog() -> Bool {
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

    private mutating func rewriteInterface() -> Bool {
        var side = word
        index += 1
        if index < input.count, word == "interface" { index += 1 }
        guard index < input.count else { return false }
        if word == "any" || word == "all" {
            index += 1
            return true
        }
        if direction == "forward" {
            side = side.hasPrefix("o") && side != "on" ? "to" : "from"
        } else {
            side = "on"
        }
        output.append(side)
        return rewriteValue(of: side)
    }

    private mutating func rewriteFrom() -> Bool {
        let next = peek()
        if ["any", "all", "anywhere"].contains(next) { return put(taking: 2) }
        if next == "host" || next == "address" || next == "ip" { index += 1 }
        let value = peek() == "{" || peek() == "!" ? peek(2) : peek()
        let isAddress = value.looksLikeAddress && !value.hasPrefix("$") && !value.hasPrefix("@")
        index += 1
        if isAddress {
            output.append("saddr")
            return rewriteValue(of: "saddr")
        }
        let side = direction == "forward" || direction == nil ? "from" : direction == "in" ? "on" : "from"
        output.append(side == "on" && !value.hasPrefix("$") ? "on" : "from")
        return rewriteValue(of: "on")
    }

    private mutating func rewriteTo() -> Bool {
        let next = peek()
        if ["any", "all", "anywhere"].contains(next), !isNAT { return put(taking: 2) }
        if !isNAT {
            if next == "port" { return put("dport", taking: 2) && rewriteValue(of: "dport") }
            if next == "host" || next == "address" || next == "ip" { index += 1 }
            let value = peek() == "{" || peek() == "!" ? peek(2) : peek()
            let isAddress = value.looksLikeAddress && !value.hasPrefix("$") && !value.hasPrefix("@")
            let word = isAddress ? "daddr" : "to"
            return put(word, taking: 1) && rewriteValue(of: isAddress ? "daddr" : "on")
        }
        output.append("to")
        index += 1
        let fillers = ["source", "destination", "address", "host", "port", "ports"]
        while index < input.count, fillers.contains(word) { index += 1 }
        guard index < input.count else { return false }
        var target = word
        index += 1
        if index + 1 < input.count, word == "port" || word == "ports" || word == ":" {
            target += ":" + Self.port(peek())
            index += 2
        }
        output.append(self.target(target))
        return true
    }

    /// The target of NAT: this host's own names go, a port gets its colon.
    private func target(_ text: String) -> String {
        if text.isDigits || (text.contains("-") && text.split(separator: "-").allSatisfy { String($0).isDigits }) {
            return ":" + text
        }
        if verb == "redirect" {
            for host in ["localhost:", "127.0.0.1:", "[::1]:", "self:", "me:"] where text.hasPrefix(host) {
                return ":" + text.dropFirst(host.utf8.count)
            }
        }
        return text
    }

    private mutating func rewriteConnection() -> Bool {
        let next = peek()
        if word == "ct", !["state", "ctstate"].contains(next), !Vocabulary.states.contains(next) {
            let count = min(3, input.count - index)
            output += input[index..<index + count]
            index += count
            return true
        }
        return rewriteStates(taking: ["state", "ctstate"].contains(next) ? 2 : 1)
    }

    private mutating func rewriteStates(taking count: Int) -> Bool {
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

    private mutating func finishStates(_ states: [String]) -> Bool {
        guard !states.isEmpty else { return false }
        for (offset, state) in states.enumerated() { output += offset == 0 ? [state] : [",", state] }
        return true
    }

    private mutating func rewriteICMP() -> Bool {
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
    private mutating func rewriteFiller() -> Bool {
        index += word == "keep" && peek() == "state" ? 2 : 1
        return true
    }

    // MARK: Protocols

    /// `{ tcp, udp }` without `proto`.
    private mutating func rewriteListOfProtocols() -> Bool {
        output.append("proto")
        return rewriteValue(of: "proto")
    }

    /// `tcp/udp`, `tcp,udp`, `tcp or udp` as a list of protocols; nil if this is something else.
    private mutating func protocolAlternatives() -> Bool? {
        var protocols = word.split(whereSeparator: { "/|+".contains($0) }).map(String.init)
        func isKnown(_ name: String) -> Bool { Vocabulary.transports.contains(name) || Vocabulary.isProtocol(name) }
        guard protocols.allSatisfy(isKnown) else { return nil }
        var count = 1
        while index + count + 1 < input.count, [",", "or", "and"].contains(input[index + count]),
            isKnown(input[index + count + 1])
        {
            protocols.append(input[index + count + 1])
            count += 2
        }
        guard protocols.count > 1 else { return nil }
        output += ["proto"] + Self.list(protocols)
        index += count
        return true
    }

    // MARK: The whole rule

    /// The direction of a verb that has only one.
    private mutating func addDirection() {
        let isSaid = input.dropFirst().contains { Vocabulary.directions[$0] != nil }
        guard direction == nil, !isSaid else { return }
        switch verb {
        case "masquerade", "snat": output.insert("out", at: 1)
        case "dnat", "redirect": output.insert("in", at: 1)
        default: break
        }
    }

    /// A rate behind the log of another verb was meant for the lines: two rules.
    private func withLogOfItsOwn() -> [String] {
        guard verb != "log", !isNAT, let log = output.firstIndex(of: "log"), let limit = output.firstIndex(of: "limit"),
            limit > log, log > 0
        else { return output }
        let head = Array(output[1..<log])
        let prefix = output[(log + 1)..<limit]
        let rate = output[limit...]
        return ["log"] + prefix + head + rate + [";", verb] + head
    }
}
