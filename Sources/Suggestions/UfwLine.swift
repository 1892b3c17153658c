/// Puts one `ufw …` line into the words of the language.
enum UfwLine {
    static func rewrite(_ words: [String]) -> [String]? {
        var words = words.filter { $0 != "insert" }
        if words.first == "default" { return DeclarationRewriter.rewrite(["policy"] + words.dropFirst()) }
        var direction = "in"
        if words.first == "route" {
            direction = "forward"
            words.removeFirst()
        }
        let verbs = ["allow": "accept", "deny": "drop", "reject": "reject", "limit": "accept"]
        guard let first = words.first, let verb = verbs[first] else { return nil }
        words.removeFirst()
        if let next = words.first, next == "in" || next == "out" {
            if direction != "forward" { direction = next }
            words.removeFirst()
        }
        var transport: [String] = []
        var addresses: [String] = []
        var ports: [String] = []
        var interface: [String] = []
        var comment: [String] = []
        var side = "d"
        var index = 0
        // `80,443/tcp` came apart at its commas.
        if words.contains(","), let last = words.last, let slash = last.firstIndex(of: "/") {
            let all = words.filter { $0 != "," }.map { $0.split(separator: "/").first.map(String.init) ?? $0 }
            guard all.allSatisfy({ RuleRewriter.port($0).first?.isNumber == true }) else { return nil }
            let list = RuleRewriter.list(all.map { RuleRewriter.port($0) })
            return [verb, direction, String(last[last.index(after: slash)...]), "dport"] + list
        }
        while index < words.count {
            let next = index + 1 < words.count ? words[index + 1] : ""
            switch words[index] {
            case "proto":
                transport = [next]
                index += 2
            case "from", "to":
                side = words[index] == "from" ? "s" : "d"
                if next != "any" { addresses += [side + "addr", next] }
                index += 2
            case "port":
                ports += [side + "port", RuleRewriter.port(next)]
                index += 2
            case "on":
                interface = [direction == "forward" ? "from" : "on", next]
                index += 2
            case "comment":
                comment = [next]
                index += 2
            case let word:
                let parts = word.split(separator: "/").map(String.init)
                if parts.count == 2 { transport = [parts[1]] }
                guard let port = parts.first, ports.isEmpty else { return nil }
                ports = ["dport", RuleRewriter.port(port.lowercased() == "openssh" ? "ssh" : port)]
                index += 1
            }
        }
        if !ports.isEmpty, transport.isEmpty {
            let isOfTCP = ["ssh", "http", "https"].contains(where: ports.contains)
            transport = isOfTCP ? ["tcp"] : ["proto"] + RuleRewriter.list(["tcp", "udp"])
        }
        let limit = first == "limit" ? ["ct", "state", "new", "limit", "6/minute"] : []
        return [verb, direction] + interface + transport + ports + addresses + limit + comment
    }
}
