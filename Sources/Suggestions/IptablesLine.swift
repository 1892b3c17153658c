/// Puts one `iptables -A …` line into the words of the language.
enum IptablesLine {
    static func rewrite(_ words: [String], isIPv6: Bool) -> [String]? {
        var chain = ""
        var table = "filter"
        var matches: [String] = isIPv6 ? ["ip6"] : []
        var transport: [String] = []
        var interfaces: [String: [String]] = [:]
        var target: [String] = []
        var verb = ""
        var comment: [String] = []
        var limit: [String] = []
        var isNegated = false
        var index = 0
        func value(of match: String, _ word: String) -> [String] {
            let parts = word.split(separator: ",").map(String.init)
            let elements = parts.map { part in
                switch match {
                case "dport", "sport": RuleRewriter.port(part)
                case "saddr", "daddr": RuleRewriter.address(part)
                case "on", "from", "to": part.hasSuffix("+") ? part.dropLast() + "*" : part
                default: part
                }
            }
            return (isNegated ? ["!"] : []) + (elements.count > 1 ? RuleRewriter.list(elements) : elements)
        }
        while index < words.count {
            let option = words[index]
            var argument = index + 1 < words.count ? words[index + 1] : ""
            // Lists with commas come apart into several words.
            var taken = 2
            while index + taken + 1 < words.count, words[index + taken] == "," {
                argument += "," + words[index + taken + 1]
                taken += 2
            }
            if option == "!" {
                isNegated = true
                index += 1
                continue
            }
            switch option {
            case "-A", "-I", "--append", "--insert":
                chain = argument
                if index + 2 < words.count, words[index + 2].isDigits { taken = 3 }
            case "-t", "--table": table = argument
            case "-m", "--match", "-w", "--wait": if option == "-w" || option == "--wait" { taken = 1 }
            case "-p", "--protocol", "--proto": transport = argument == "all" ? [] : protocolMatch(argument, isNegated)
            case "-s", "--source", "--src": matches += ["saddr"] + value(of: "saddr", argument)
            case "-d", "--destination", "--dst": matches += ["daddr"] + value(of: "daddr", argument)
            case "-i", "--in-interface": interfaces["i"] = value(of: "on", argument)
            case "-o", "--out-interface": interfaces["o"] = value(of: "on", argument)
            case "--dport", "--dports", "--destination-port", "--destination-ports":
                transport += ["dport"] + value(of: "dport", argument)
            case "--sport", "--sports", "--source-port", "--source-ports":
                transport += ["sport"] + value(of: "sport", argument)
            case "--state", "--ctstate":
                matches += ["ct", "state"] + (isNegated ? ["!"] : []) + [argument.lowercased()]
            case "--icmp-type", "--icmpv6-type": transport += ["type", Synonyms.icmpType(argument) ?? argument]
            case "--mark": matches += ["mark"] + (isNegated ? ["!"] : []) + [argument]
            case "--uid-owner": matches += ["skuid"] + (isNegated ? ["!"] : []) + [argument]
            case "--gid-owner": matches += ["skgid"] + (isNegated ? ["!"] : []) + [argument]
            case "--limit": limit = ["limit", rate(argument)] + limit
            case "--limit-burst": limit += ["burst", argument]
            case "--match-set":
                let side = index + 2 < words.count ? words[index + 2] : ""
                guard side == "src" || side == "dst" else { return nil }
                matches += [side == "src" ? "saddr" : "daddr"] + (isNegated ? ["!"] : []) + ["@" + argument]
                taken = 3
            case "-P", "--policy":
                guard let direction = direction(of: argument, table), index + 2 < words.count,
                    let verdict = verbs[words[index + 2]]
                else { return nil }
                return ["policy", direction, verdict]
            case "--comment": comment = [argument.isQuoted ? argument : "\"\(argument)\""]
            case "--syn":
                transport += ["flags"] + (isNegated ? ["!"] : []) + ["syn", "/", "fin,syn,rst,ack"]
                taken = 1
            case "-j", "--jump", "-g", "--goto":
                guard let known = verbs[argument] ?? netmap(argument, in: chain) else { return nil }
                verb = known
            case "--to-port", "--to-ports": target += ["to", ":" + argument]
            case "--to-destination", "--to-source", "--to": target += ["to", argument]
            case "--reject-with":
                guard let type = Synonyms.rejectType(argument) else { return nil }
                target += ["with"] + type
            case "--log-prefix": target += [argument.isQuoted ? argument : "\"\(argument)\""]
            case "--log-level": target += ["level", argument == "warning" ? "warn" : argument]
            case "--set-mark", "--set-xmark": target += [argument]
            case "--random", "--persistent", "--random-fully":
                target += [option == "--random-fully" ? "fully-random" : String(option.dropFirst(2))]
                taken = 1
            default: return nil
            }
            isNegated = false
            index += taken
        }
        guard !verb.isEmpty, let direction = direction(of: chain, table) else { return nil }
        var places: [String] = []
        if direction == "forward" {
            if let input = interfaces["i"] { places += ["from"] + input }
            if let output = interfaces["o"] { places += ["to"] + output }
        } else {
            guard interfaces[direction == "in" ? "o" : "i"] == nil else { return nil }
            if let interface = interfaces[direction == "in" ? "i" : "o"] { places += ["on"] + interface }
        }
        let head: [String] = verb == "set mark" ? ["set", "mark"] + target : verb == "log" ? ["log"] + target : [verb]
        let arguments = verb == "set mark" || verb == "log" ? [] : target
        return head + [direction] + places + transport + matches + limit + arguments + comment
    }

    private static let verbs = [
        "ACCEPT": "accept", "DROP": "drop", "REJECT": "reject", "REDIRECT": "redirect", "DNAT": "dnat", "SNAT": "snat",
        "MASQUERADE": "masquerade", "LOG": "log", "RETURN": "return", "MARK": "set mark", "NOTRACK": "notrack",
    ]

    /// `NETMAP` changes destinations before routing and sources after it.
    private static func netmap(_ target: String, in chain: String) -> String? {
        guard target == "NETMAP" else { return nil }
        return chain == "PREROUTING" || chain == "OUTPUT" ? "dnat" : "snat"
    }

    private static func direction(of chain: String, _ table: String) -> String? {
        switch chain {
        case "INPUT", "PREROUTING": "in"
        case "OUTPUT", "POSTROUTING": "out"
        case "FORWARD": "forward"
        default: nil
        }
    }

    private static func protocolMatch(_ name: String, _ isNegated: Bool) -> [String] {
        if isNegated { return ["proto", "!", name] }
        let known = ["icmp6": "icmpv6", "ipv6-icmp": "icmpv6"][name] ?? name
        return Synonyms.transports.contains(known) || known.hasPrefix("icmp") ? [known] : ["proto", known]
    }

    private static func rate(_ text: String) -> String {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2, let period = Synonyms.period(parts[1]) else { return text }
        return "\(parts[0])/\(period)"
    }
}
