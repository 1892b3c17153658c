/// The value of a match: one, several, or a list in any brackets.
extension RuleRewriter {
    /// Copies the value behind a match: a list gets braces, a range a hyphen.
    mutating func rewriteValue(of match: String) -> Bool {
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

    mutating func rewriteList(of match: String, until close: String) -> Bool {
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

    /// `{ tcp, udp }` without `proto`.
    mutating func rewriteListOfProtocols() -> Bool {
        output.append("proto")
        return rewriteValue(of: "proto")
    }

    /// `tcp/udp`, `tcp,udp`, `tcp or udp` as a list of protocols; nil if this is something else.
    mutating func protocolAlternatives() -> Bool? {
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
}
