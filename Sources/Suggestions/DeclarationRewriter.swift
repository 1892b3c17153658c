/// Puts declarations (values, sets, policies, routes, routing rules, settings) into the words of the language.
enum DeclarationRewriter {
    static func rewrite(_ words: [String]) -> [String]? {
        guard let first = words.first else { return nil }
        switch first {
        case "default" where words.count > 2 && ["via", "dev", "gw"].contains(words[1]):
            return RouteRewriter.route(words)
        case "policy", "default": return policy(words)
        case "let", "define", "var", "const", "export", "local", "alias", "group", "object", "macro":
            return binding(Array(words.dropFirst()))
        case "set", "ipset": return set(words)
        case "route": return RouteRewriter.route(Array(words.dropFirst()))
        case "rule": return RouteRewriter.rule(Array(words.dropFirst()))
        case "gateway", "default-gateway", "defaultrouter": return gateway(words)
        case "table": return table(Array(words.dropFirst()))
        case "enable" where words.contains(where: { $0.contains("forward") }):
            return ["sysctl", "net.ipv4.ip_forward", "=", "1"]
        case "echo": return echo(words)
        case "sysctl": return setting(Array(words.dropFirst()))
        case "include", "import", "source": return include(words)
        default: break
        }
        if first.hasPrefix("net.") || first.hasPrefix("net/") { return setting(words) }
        if words.count > 2, words[1] == "=" || words[1] == ":=" || words[1] == ":" {
            return Synonyms.settings[first] != nil ? setting(words) : binding(words)
        }
        return nil
    }

    /// `policy input drop`, `policy drop in`, `default deny incoming`.
    private static func policy(_ words: [String]) -> [String]? {
        if words.count == 3, words.contains("all") || words.contains("any"),
            let verb = words.first(where: { $0 == "drop" || $0 == "accept" })
        {
            return ["policy", "in", verb, ";", "policy", "out", verb, ";", "policy", "forward", verb]
        }
        var direction: String?
        var verdict: String?
        for word in words where !["policy", "default", "=", ":", "is", "to", "chain", "on", ","].contains(word) {
            let plain = word.hasSuffix(":") ? String(word.dropLast()) : word
            let meant = Synonyms.directions[plain] ?? (Rewriter.isDirection(plain) ? plain : nil)
            if let meant, direction == nil {
                direction = meant
            } else if let known = Synonyms.verbs[plain] ?? (Synonyms.simpleVerbs.contains(plain) ? plain : nil),
                verdict == nil, known != "reject"
            {
                verdict = known
            } else {
                return nil
            }
        }
        guard let verdict else { return nil }
        return ["policy", direction ?? "in", verdict]
    }

    /// `wan = eth0`, `define wan eth0`, `let net = A B`.
    private static func binding(_ words: [String]) -> [String]? {
        guard var name = words.first else { return nil }
        var rest = Array(words.dropFirst())
        if name.hasSuffix(":") { name.removeLast() }
        if name.hasPrefix("$") { name.removeFirst() }
        while let sign = rest.first, ["=", ":", ":=", "=="].contains(sign) { rest.removeFirst() }
        guard name.isIdentifier, !rest.isEmpty else { return nil }
        if rest[0] == "[" || rest[0] == "(" || rest[0] == "{" {
            return ["let", name, "="] + RuleRewriter.list(rest.filter { !"[](){},".contains($0) })
        }
        let values = rest.filter { $0 != "," }
        let isList =
            values.count > 1 && values.allSatisfy { $0.looksLikeAddress || $0.isDigits || $0.looksLikeInterface }
        let heads = ["tcp", "udp", "proto", "saddr", "daddr", "on", "ct", "icmp", "icmpv6", "mark"]
        let isGroup = heads.contains(values[0])
        return ["let", name, "="] + (isList && !isGroup ? RuleRewriter.list(values) : rest)
    }

    /// `set NAME { … }` and `set NAME: ipv4_addr { … }`.
    private static func set(_ words: [String]) -> [String]? {
        guard words.count > 2, words[0] == "set" else { return nil }
        var name = words[1]
        var rest = Array(words.dropFirst(2))
        if ["mark", "ct", "dscp", "priority", "fwmark", "nfmark", "connmark", "ctmark"].contains(name) { return nil }
        if name.hasSuffix(":") { name.removeLast() }
        while let sign = rest.first, ["=", ":", "type", "of", "as"].contains(sign) { rest.removeFirst() }
        guard name.isIdentifier, let word = rest.first else { return nil }
        if let path = rest.last, path.isQuoted,
            let place = rest.firstIndex(where: { ["file", "load", "from", "include"].contains($0) })
        {
            let types = ["address", "prefix", "port", "interface", "mark", "proto"]
            let type = rest.first.map { types.contains($0) ? $0 : Synonyms.setType($0, members: ["/"]) ?? "prefix" }
            return place < 2 ? ["set", name + ":", type ?? "prefix", "from", path] : nil
        }
        if words.count == 3, word.looksLikeInterface, word.last?.isNumber == true { return ["let", name, "=", word] }
        let isList = ["{", "[", "("].contains(word)
        let members = rest.drop { !["{", "[", "("].contains($0) }.filter { !"[](){},;".contains($0) }
        let known = ["address", "prefix", "port", "interface", "mark", "proto"].contains(word) ? word : nil
        let isBare = !isList && known == nil && (word.looksLikeAddress || word.isDigits)
        let contents = isBare ? rest.filter { $0 != "," } : members
        let named = known ?? Synonyms.setType(word, members: members)
        let type = isList || isBare ? Synonyms.setType(of: contents) : named
        guard let type else { return nil }
        let options = isList || isBare ? [] : rest.dropFirst().prefix { !["{", "[", "("].contains($0) && $0 != "=" }
        let spelt = contents.map { type == "port" ? RuleRewriter.port($0) : $0 }
        let values = spelt.isEmpty ? [] : RuleRewriter.list(spelt)
        return ["set", name + ":", type] + options + values
    }

    /// `sysctl -w net/ipv4/ip_forward=1`, `ip_forward = 1`.
    private static func setting(_ words: [String]) -> [String]? {
        var words = words.filter { $0 != "-w" && $0 != "=" && $0 != ":" }
        guard var first = words.first, words.count > 1 else { return nil }
        words.removeFirst()
        if first.hasSuffix(":") { first.removeLast() }
        var key = first.replacing("/", with: ".")
        for prefix in ["proc.sys.", ".proc.sys.", "/proc/sys/"] where key.hasPrefix(prefix) {
            key.removeFirst(prefix.utf8.count)
        }
        let numbers = ["on": "1", "yes": "1", "true": "1", "enabled": "1", "off": "0", "no": "0", "false": "0"]
        let value = words.map { numbers[$0] ?? $0 }
        return ["sysctl", Synonyms.settings[key] ?? key, "="] + value
    }

    private static func gateway(_ words: [String]) -> [String]? {
        guard words.count == 2, words[1].looksLikeAddress else { return nil }
        return ["route", "default", "via", words[1]]
    }

    /// `table vpn 100`, `table 100 vpn`, `table vpn: 100`.
    private static func table(_ words: [String]) -> [String]? {
        let parts = words.filter { $0 != "=" && $0 != ":" }.map { $0.hasSuffix(":") ? String($0.dropLast()) : $0 }
        guard parts.count == 2 else { return nil }
        let (name, number) = parts[0].isDigits ? (parts[1], parts[0]) : (parts[0], parts[1])
        return name.isIdentifier && number.isDigits ? ["table", name, "=", number] : nil
    }

    /// `echo 1 > /proc/sys/net/ipv4/ip_forward`.
    private static func echo(_ words: [String]) -> [String]? {
        guard words.count == 4, words[2] == ">", words[3].hasPrefix("/proc/sys/") else { return nil }
        return ["sysctl", String(words[3].dropFirst("/proc/sys/".count)).replacing("/", with: "."), "=", words[1]]
    }

    private static func include(_ words: [String]) -> [String]? {
        guard words.count == 2 else { return nil }
        return ["include", words[1].isQuoted ? words[1] : "\"\(words[1])\""]
    }
}
