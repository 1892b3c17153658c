/// Puts one `firewall-cmd …` line into the words of the language.
enum FirewalldLine {
    static func rewrite(_ words: [String]) -> [String]? {
        // `--add-port=8080/tcp` came apart at the equals sign.
        var options: [(name: String, value: String)] = []
        var index = 0
        while index < words.count {
            var value: [String] = []
            let name = words[index]
            index += 1
            while index < words.count, !words[index].hasPrefix("--") {
                if words[index] != "=" || !value.isEmpty { value.append(words[index]) }
                index += 1
            }
            options.append((name, value.joined()))
        }
        for (name, value) in options {
            switch name {
            case "--add-service":
                guard let service = RuleRewriter(["accept", "in", value]).rewritten() else { return nil }
                return service
            case "--add-port":
                let parts = value.split(separator: "/").map(String.init)
                return parts.count == 2 ? ["accept", "in", parts[1], "dport", parts[0]] : nil
            case "--add-source": return ["accept", "in", "saddr", value]
            case "--add-interface": return ["accept", "in", "on", value]
            case "--add-protocol": return ["accept", "in", "proto", value]
            case "--add-icmp-block": return ["drop", "in", "icmp", "type", Synonyms.icmpType(value) ?? value]
            case "--add-masquerade": return ["masquerade", "out"]
            case "--add-forward-port": return forwardedPort(value)
            default: continue
            }
        }
        return nil
    }

    /// `port=80:proto=tcp:toport=8080:toaddr=10.0.0.7`.
    private static func forwardedPort(_ value: String) -> [String]? {
        var parts: [String: String] = [:]
        for part in value.split(separator: ":") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { return nil }
            parts[pair[0]] = pair[1]
        }
        guard let port = parts["port"], let transport = parts["proto"] else { return nil }
        let newPort = parts["toport"].map { ":" + $0 } ?? ""
        guard let address = parts["toaddr"] else { return ["redirect", "in", transport, "dport", port, "to", newPort] }
        return ["dnat", "in", transport, "dport", port, "to", address + newPort]
    }
}
