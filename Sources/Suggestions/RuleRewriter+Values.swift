/// The value of a match: one, several, or a list in any brackets.
extension RuleRewriter {
    /// Copies the value after a match: a list gets braces, a range a hyphen.
    mutating func rewriteValue(of match: String) -> Bool {
        guard index < input.count else { return true }
        while index < input.count, ["=", "==", ":", "is", "eq", "equals", "in"].contains(word) {
            if word == "in", !peek().hasPrefix("@"), !peek().hasPrefix("{") { break }
            index += 1
        }
        guard index < input.count else { return true }
        if match == "dport" || match == "sport", let range = rangeOfPorts() {
            output.append(range)
            return true
        }
        if word == "!" || word == "not" {
            output.append("!")
            index += 1
        }
        guard index < input.count else { return true }
        if let close = ["{": "}", "[": "]", "(": ")"][word] { return rewriteList(of: match, until: close) }
        var elements = [element(word, of: match)]
        index += 1
        if match == "saddr" || match == "daddr", let length = netmask(behind: elements[0]) {
            elements[0] += "/\(length)"
        }
        // Several values in a row are meant as a list.
        while index < input.count, elements[0].isOfKind(of: word, match) {
            elements.append(element(word, of: match))
            index += 1
        }
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

    /// `> 1023`, `ge 1024`, `range 1000 2000`, `1000 to 2000`; moves past it.
    private mutating func rangeOfPorts() -> String? {
        let signs = [">": 1, "gt": 1, ">=": 0, "ge": 0, "<": -1, "lt": -1, "<=": 0, "le": 0]
        var sign = word
        var count = 1
        // `>=` comes apart at the equals sign, and `>1023` does not come apart.
        if (sign == ">" || sign == "<"), peek() == "=" {
            sign += "="
            count = 2
        }
        var number = peek(count)
        if let first = word.first, first == ">" || first == "<", word.utf8.count > 1 {
            sign = String(first)
            number = String(word.dropFirst())
            count = 0
        }
        if let shift = signs[sign], let port = Int(number) {
            index += count + 1
            return sign.hasPrefix(">") || sign.hasPrefix("g") ? "\(port + shift)-65535" : "0-\(port + shift)"
        }
        let start = ["range", "between", "from"].contains(word) ? 1 : 0
        let isTwo = ["to", "and", "through", "-"].contains(peek(start + 1))
        guard start == 1 || (isTwo && !isNAT && peek(1) == "to"), peek(start).isDigits || (start == 0 && word.isDigits)
        else {
            return nil
        }
        let low = start == 0 ? word : peek(start)
        let high = peek(start + (isTwo ? 2 : 1))
        guard low.isDigits, high.isDigits else { return nil }
        index += start + (isTwo ? 3 : 2)
        return "\(low)-\(high)"
    }

    /// nft's `flags & (fin|syn) == syn` as `flags syn / fin,syn`.
    mutating func rewriteMaskedFlags() -> Bool {
        let words = input[index...].filter { !["(", ")", "&", "flags", "tcp-flags"].contains($0) }
        guard let sign = words.firstIndex(of: "="), sign > 0, sign + 1 < words.count else { return false }
        let isNegated = words[..<sign].last == "!"
        let mask = words[..<sign].filter { $0 != "!" }.flatMap { $0.split(separator: "|").map(String.init) }
        let value = words[(sign + 1)...].drop { $0 == "=" }.first ?? ""
        let flags = value == "0" || value == "0x0" ? "0" : value.replacing("|", with: ",")
        guard !mask.isEmpty, !flags.isEmpty, let end = input[index...].lastIndex(of: value) else { return false }
        output += ["flags"] + (isNegated ? ["!"] : []) + [flags, "/", mask.joined(separator: ",")]
        index = end + 1
        return true
    }

    /// The mask after an address, as the length of a prefix; moves past it.
    private mutating func netmask(behind address: String) -> Int? {
        guard address.split(separator: ".").count == 4, !address.contains("/"), index < input.count else { return nil }
        let isNamed = ["mask", "netmask", "wildcard"].contains(word)
        let mask = isNamed ? peek() : word
        guard mask.hasPrefix("255.") || mask.hasPrefix("0.") || isNamed,
            let length = RuleRewriter.maskLength(mask) ?? RuleRewriter.wildcardLength(mask)
        else { return nil }
        index += isNamed ? 2 : 1
        return length
    }

    mutating func rewriteList(of match: String, until close: String) -> Bool {
        index += 1
        var elements: [String] = []
        while index < input.count, word != close {
            if ![",", ";", "or", "and"].contains(word) {
                elements += word.split(separator: "|").map { element(String($0), of: match) }
            }
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
        func isKnown(_ name: String) -> Bool { Synonyms.transports.contains(name) || Synonyms.isProtocol(name) }
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

extension String {
    /// Whether a word after this value of a match can only be a further one.
    fileprivate func isOfKind(of word: String, _ match: String) -> Bool {
        switch match {
        case "saddr", "daddr":
            looksLikeAddress && word.looksLikeAddress && word.first?.isNumber == true && word.contains(".")
        case "dport", "sport": isDigits && word.isDigits
        default: false
        }
    }
}
