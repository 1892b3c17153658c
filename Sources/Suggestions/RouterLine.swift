/// Puts one line of a router's access list into the words of the language: `permit tcp any host 10.0.0.7 eq 443`.
enum RouterLine {
    static func rewrite(_ words: [String]) -> [String]? {
        var words = words.map { $0.lowercased() }
        if words.first == "access-list" { words.removeFirst(min(2, words.count)) }
        if words.first == "extended" { words.removeFirst() }
        guard words.count > 3, let verb = ["permit": "accept", "deny": "drop"][words[0]] else { return nil }
        var output = [verb, "in"]
        let transport = words[1]
        var index = 2
        if transport == "icmp" || Synonyms.transports.contains(transport) {
            output.append(transport)
        } else if Synonyms.isProtocol(transport) {
            output += ["proto", transport]
        } else if transport != "ip" {
            return nil
        }
        for side in ["s", "d"] {
            guard index < words.count else { return nil }
            switch words[index] {
            case "any", "any4": index += 1
            case "host" where index + 1 < words.count:
                output += [side + "addr", words[index + 1]]
                index += 2
            case let address where index + 1 < words.count && address.looksLikeAddress:
                guard
                    let length = RuleRewriter.wildcardLength(words[index + 1])
                        ?? RuleRewriter.maskLength(words[index + 1])
                else { return nil }
                output += [side + "addr", "\(address)/\(length)"]
                index += 2
            default: return nil
            }
            guard index < words.count, let ports = ports(words, &index) else { continue }
            output += [side + "port"] + ports
        }
        while index < words.count {
            switch words[index] {
            case "log", "log-input": output.append("log")
            case "established": output += ["ct", "state", "established"]
            case "echo", "echo-request": output += ["type", "echo-request"]
            default: return nil
            }
            index += 1
        }
        return output
    }

    private static func ports(_ words: [String], _ index: inout Int) -> [String]? {
        guard index + 1 < words.count else { return nil }
        let port = words[index + 1]
        let value: [String]
        switch words[index] {
        case "eq": value = [RuleRewriter.port(port == "www" ? "http" : port)]
        case "neq": value = ["!", RuleRewriter.port(port)]
        case "gt": value = ["\((Int(port) ?? 0) + 1)-65535"]
        case "lt": value = ["0-\((Int(port) ?? 1) - 1)"]
        case "range" where index + 2 < words.count:
            value = ["\(port)-\(words[index + 2])"]
            index += 1
        default: return nil
        }
        index += 2
        return value
    }
}
