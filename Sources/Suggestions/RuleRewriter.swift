import NetworkTypes

/// Puts the words of one rule into those of the language, from left to right.
struct RuleRewriter {
    let input: [String]
    let verb: String
    var index = 0
    var output: [String] = []
    /// What is to stand after the matches.
    var answer: [String] = []

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
        rewriter.addProtocol()
        rewriter.addAnswer()
        let rule = rewriter.withLogOfItsOwn()
        return rule == rewriter.output ? rewriter.withLogBehindMatches() : rule
    }

    var word: String { input[index] }

    func peek(_ offset: Int = 1) -> String {
        index + offset < input.count ? input[index + offset] : ""
    }

    var direction: String? {
        output.first { Rewriter.isDirection($0) }
    }

    var isNAT: Bool { Synonyms.natVerbs.contains(verb) }

    mutating func put(_ words: String..., taking count: Int) -> Bool {
        output += words
        index += count
        return true
    }

    /// Rewrites the words at the current place.
    mutating func rewritePart() -> Bool {
        let word = word
        if index == 0 || word.isQuoted { return put(word, taking: 1) }
        if Synonyms.allVerbs.contains(word), index == 1 { return put(word, taking: 1) }
        switch word {
        case "not", "!": return rewriteNegation()
        case "with", "reject-with": return rewriteAnswer()
        case "limit": return rewriteLimit()
        case "log": return rewriteLog()
        case "on", "iif", "oif", "iifname", "oifname", "interface", "if", "dev", "via", "in-interface",
            "out-interface":
            return rewriteInterface()
        case "from": return rewriteFrom()
        case "to", "to-destination", "to-source", "to-port", "to-ports", "->", "=>": return rewriteTo()
        case "ct", "conntrack", "connection": return rewriteConnection()
        case "state", "ctstate": return rewriteStates(taking: 1)
        case "icmp", "icmpv6", "icmp6", "ping": return rewriteICMP()
        case "any", "all", "anywhere", "everything", "anything", "quick", "packet", "packets", "traffic", "keep",
            "counter", "counters", "meta", "th", "flow", "mod", "module", "eq":
            return rewriteFiller()
        case "*": return put(taking: 1)
        case "log" where verb == "log": return put(taking: 1)
        case "flags" where peek() == "&", "tcp-flags" where peek() == "&": return rewriteMaskedFlags()
        case "through", "thru", "using": return rewriteInterface()
        case "in" where direction == "forward", "out" where direction == "forward": return rewriteSide()
        case "nexthdr",
            "protocol" where output.last == "ip" || output.last == "ip6":
            return put(taking: 1)
        case "-p", "--protocol": return put(taking: 1)
        case "-s", "--source": return put("saddr", taking: 1) && rewriteValue(of: "saddr")
        case "-d", "--destination": return put("daddr", taking: 1) && rewriteValue(of: "daddr")
        case "-i", "-o", "--in-interface", "--out-interface": return rewriteInterface()
        case "inet": return put("ip", taking: 1)
        case "rate" where peek().first?.isNumber == true: return rewriteLimit()
        case "icmp-type", "icmpv6-type":
            if output.last != "icmp" && output.last != "icmpv6" {
                output.append(word == "icmp-type" ? "icmp" : "icmpv6")
            }
            return put("type", taking: 1) && rewriteValue(of: "type")
        case "service", "services", "app": return rewriteService(peek(), taking: 2)
        case "prefix" where isNAT && peek() == "to": return put(taking: 1)
        case "prefix" where verb == "log", "log-prefix" where verb == "log":
            guard peek().isQuoted else { return put(taking: 1) }
            output.insert(peek(), at: 1)
            return put(taking: 2)
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
        if Synonyms.states.contains(word) { return rewriteStates(taking: 0) }
        if word == "{" || word == "[" || word == "(" { return rewriteListOfProtocols() }
        if let protocols = protocolAlternatives() { return protocols }
        if word == "port" || word == "dport", let (port, transport) = portWithProtocol(peek()) {
            return put(transport, "dport", port, taking: 2)
        }
        let match = Synonyms.matches[word] ?? word
        switch match {
        case "saddr", "daddr", "sport", "dport", "skuid", "skgid", "mark", "flags", "type", "code", "burst", "level":
            return put(match, taking: 1) && rewriteValue(of: match)
        default: break
        }
        if Synonyms.isProtocol(word) { return put("proto", word, taking: 1) }
        if let (port, transport) = portWithProtocol(word) { return put(transport, "dport", port, taking: 1) }
        if word == "lo" { return put("on", "lo", taking: 1) }
        return rewriteBareWord() ?? put(match, taking: 1)
    }

    // MARK: The whole rule

    /// A rule without a direction with the one that is meant: `forward` with two interfaces, `in` for others.
    static func withDirection(_ rule: [String]) -> [String]? {
        guard let verb = rule.first, Synonyms.allVerbs.contains(verb), verb != "return",
            !rule.contains(where: Rewriter.isDirection), !rule.contains(";")
        else { return nil }
        let place = verb == "set" ? (rule.dropFirst().first == "ct" ? 4 : 3) : verb == "jump" || verb == "goto" ? 2 : 1
        guard rule.count >= place else { return nil }
        var rule = rule
        let direction =
            rule.contains("from") ? "forward" : rule.contains("skuid") || rule.contains("skgid") ? "out" : "in"
        let isBehindPrefix = verb == "log" && rule.count > 1 && rule[1].isQuoted
        rule.insert(direction, at: isBehindPrefix ? 2 : place)
        return rule
    }

    /// What a rejected sender is told, after the matches and before the comment.
    mutating func addAnswer() {
        let isCommented = (output.last?.isQuoted ?? false) && output.count > 1 && output[output.count - 2] != "log"
        output.insert(contentsOf: answer, at: isCommented ? output.count - 1 : output.count)
    }

    /// Ports without a protocol: those of a service have its own, others are of TCP or UDP.
    mutating func addProtocol() {
        guard let port = output.firstIndex(where: { $0 == "dport" || $0 == "sport" }), port > 0,
            output[port - 1] != "original",
            !output.contains(where: { Synonyms.transports.contains($0) || $0 == "proto" || $0.hasPrefix("$") })
        else { return }
        let names = output[(port + 1)...].prefix { $0 != "to" && $0 != "saddr" }.compactMap { Service(named: $0) }
        let transports = names.first?.transports
        if let transports, transports == .tcp || transports == .udp {
            output.insert(transports == .tcp ? "tcp" : "udp", at: port)
        } else if isNAT {
            output.insert("tcp", at: port)
        } else {
            output.insert(contentsOf: ["proto"] + Self.list(["tcp", "udp"]), at: port)
        }
    }

    /// The direction of a verb that has only one.
    mutating func addDirection() {
        if direction == nil, output.contains("from"), output.contains("to"), verb == "masquerade" || verb == "snat" {
            output.insert("forward", at: 1)
            return
        }
        let isSaid = input.dropFirst().contains { Synonyms.directions[$0] != nil }
        guard direction == nil, !isSaid else { return }
        switch verb {
        case "masquerade", "snat": output.insert("out", at: 1)
        case "dnat", "redirect": output.insert("in", at: 1)
        default: break
        }
    }

    /// The log of another verb, with what belongs to it, after the matches.
    func withLogBehindMatches() -> [String] {
        guard verb != "log", let start = output.firstIndex(of: "log"), start > 0 else { return output }
        var end = start + 1
        if end < output.count - 1, output[end].isQuoted { end += 1 }
        while end + 1 < output.count, ["level", "group"].contains(output[end]) { end += 2 }
        guard end < output.count, !output[end].isQuoted else { return output }
        var rule = output
        let log = rule[start..<end]
        rule.removeSubrange(start..<end)
        let isCommented = rule.last?.isQuoted ?? false
        rule.insert(contentsOf: log, at: isCommented ? rule.count - 1 : rule.count)
        return rule
    }

    /// A rate after the log of another verb was meant for the lines: two rules.
    func withLogOfItsOwn() -> [String] {
        guard verb != "log", !isNAT, let log = output.firstIndex(of: "log"), let limit = output.firstIndex(of: "limit"),
            limit > log, log > 0
        else { return output }
        // What belongs to the log, the matches round it, and the rate; after that may be more matches, answers and a comment.
        var options = log + 1
        if options < limit, output[options].isQuoted { options += 1 }
        while options + 1 < limit, ["level", "group"].contains(output[options]) { options += 2 }
        var end = limit + 1
        if end < output.count, output[end] == "over" { end += 1 }
        end += 1
        while end + 1 < output.count, output[end] == "burst" { end += 2 }
        guard end <= output.count else { return output }
        var tail = Array(output[end...])
        let comment = tail.last.flatMap { $0.isQuoted ? tail.removeLast() : nil }
        let answer = tail.firstIndex(of: "with").map { Array(tail[$0...]) } ?? []
        let head = output[1..<log] + output[options..<limit] + tail.dropLast(answer.count)
        return ["log"] + output[(log + 1)..<options] + head + output[limit..<end]
            + [";", verb] + head + answer + (comment.map { [$0] } ?? [])
    }
}
