/// Puts routes and routing rules of ip(8), route(8) and router consoles into the words of the language.
enum RouteRewriter {
    static func route(_ words: [String]) -> [String]? {
        var destination: String?
        var attributes: [String] = []
        var mask: String?
        var family: String?
        var index = 0
        func next() -> String { index + 1 < words.count ? words[index + 1] : "" }
        while index < words.count {
            let word = words[index]
            switch word {
            case "add", "replace", "append", "to", "-net", "-host", "net", "host": index += 1
            case "proto": index += 2
            case "-6", "-4": index += 1
            case "ip", "ip6":
                family = word
                index += 1
            case "blackhole", "unreachable", "prohibit":
                attributes.insert(word, at: 0)
                index += 1
            case "default" where destination == nil:
                destination = word
                index += 1
            case "netmask", "mask":
                mask = next()
                index += 2
            case "via", "gw", "gateway", "nexthop", "->", "=>", "next-hop", "through":
                let value = next()
                guard !value.isEmpty, !value.hasPrefix("{") else { return nil }
                attributes += [value.looksLikeAddress || value == "default" ? "via" : "dev", value]
                index += 2
            case "dev", "interface", "iface", "on", "oif", "if":
                attributes += [next().looksLikeAddress && !next().hasPrefix("$") ? "via" : "dev", next()]
                index += 2
            case "metric", "table", "src", "mtu", "scope", "preference", "distance", "from", "source":
                let name = ["preference": "metric", "distance": "metric", "from": "src", "source": "src"][word] ?? word
                attributes += [name, next()]
                index += 2
            case "onlink":
                attributes.append(word)
                index += 1
            default:
                if destination == nil {
                    destination = word
                } else if word.looksLikeAddress {
                    attributes += ["via", word]
                } else if word.isDigits {
                    attributes += ["metric", word]
                } else if word.looksLikeInterface {
                    attributes += ["dev", word]
                } else {
                    return nil
                }
                index += 1
            }
        }
        guard var destination else { return nil }
        if let mask, let length = RuleRewriter.maskLength(mask) { destination += "/\(length)" }
        destination = RuleRewriter.address(destination)
        if destination.looksLikeAddress, !destination.contains("/"), !destination.hasPrefix("$") {
            destination += destination.contains(":") ? "/128" : "/32"
        }
        let refusals = attributes.prefix { ["blackhole", "unreachable", "prohibit"].contains($0) }
        return ["route"] + (family.map { [$0] } ?? []) + refusals + [destination] + attributes.dropFirst(refusals.count)
    }

    static func rule(_ words: [String]) -> [String]? {
        var selectors: [String] = []
        var action: [String] = []
        var priority: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            let next = index + 1 < words.count ? words[index + 1] : ""
            switch word {
            case "add", "-4", "-6": index += 1
            case "pref", "preference", "prio", "priority", "order":
                priority = ["priority", next]
                index += 2
            case "lookup", "table":
                action = ["lookup", next]
                index += 2
            case "blackhole", "unreachable", "prohibit":
                action = [word]
                index += 1
            case "from", "to":
                if !["all", "any", "default"].contains(next) { selectors += [word, RuleRewriter.address(next)] }
                index += 2
            case "saddr", "src", "daddr", "dst":
                selectors += [word.hasPrefix("s") ? "from" : "to", next]
                index += 2
            case "iif", "dev", "oif", "fwmark", "mark", "ip", "ip6":
                if word == "ip" || word == "ip6" {
                    selectors.insert(word, at: 0)
                    index += 1
                } else {
                    selectors += [["dev": "iif", "mark": "fwmark"][word] ?? word, next]
                    index += 2
                }
            default: return nil
            }
        }
        return action.isEmpty ? nil : ["rule"] + selectors + action + priority
    }
}
