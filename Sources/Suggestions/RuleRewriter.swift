import NetworkTypes

/// Puts the words of one rule into those of the language, from left to right.
struct RuleRewriter {
    let input: [String]
    let verb: String
    var index = 0
    var output: [String] = []

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

    var word: String { input[index] }

    func peek(_ offset: Int = 1) -> String {
        index + offset < input.count ? input[index + offset] : ""
    }

    var direction: String? {
        output.first { Rewriter.isDirection($0) }
    }

    var isNAT: Bool { Vocabulary.natVerbs.contains(verb) }

    mutating func put(_ words: String..., taking count: Int) -> Bool {
        output += words
        index += count
        return true
    }

    /// Rewrites the words at the current place.
    mutating func rewritePart() -> Bool {
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
        case "prefix" where isNAT && peek() == "to": return put(taking: 1)
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

    // MARK: The whole rule

    /// The direction of a verb that has only one.
    mutating func addDirection() {
        let isSaid = input.dropFirst().contains { Vocabulary.directions[$0] != nil }
        guard direction == nil, !isSaid else { return }
        switch verb {
        case "masquerade", "snat": output.insert("out", at: 1)
        case "dnat", "redirect": output.insert("in", at: 1)
        default: break
        }
    }

    /// A rate behind the log of another verb was meant for the lines: two rules.
    func withLogOfItsOwn() -> [String] {
        guard verb != "log", !isNAT, let log = output.firstIndex(of: "log"), let limit = output.firstIndex(of: "limit"),
            limit > log, log > 0
        else { return output }
        // What belongs to the log, the matches round it, and the rate; behind that may be more matches, answers and a comment.
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
