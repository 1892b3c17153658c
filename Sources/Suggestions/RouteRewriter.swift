import NetworkTypes

/// Puts routes and routing rules of ip(8), route(8) and router consoles into the words of the language.
enum RouteRewriter {
    static func route(_ words: [String]) -> [String]? {
        if words.filter({ $0 == "nexthop" }).count > 1, let first = words.firstIndex(of: "nexthop") {
            guard let head = route(Array(words[..<first])) else { return nil }
            let hops = words[first...].split(separator: "nexthop").map(Array.init)
            return head + ["{"] + hops.joined(separator: [";"]) + ["}"]
        }
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
            case "blackhole", "unreachable", "prohibit", "throw", "local":
                attributes.insert(word, at: 0)
                index += 1
            case let metric where RouteMetric(word: metric) != nil && next() == "lock":
                attributes += [word, "lock", index + 2 < words.count ? words[index + 2] : ""]
                index += 3
            case let metric where RouteMetric(word: metric) != nil && next() != "=":
                attributes += [metric, next()]
                index += 2
            case "tos", "dsfield", "pref", "congctl", "features":
                attributes += [word == "dsfield" ? "tos" : word, next()]
                index += 2
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
            case "null0", "null", "discard", "drop":
                attributes.insert("blackhole", at: 0)
                index += 1
            case "reject":
                attributes.insert("unreachable", at: 0)
                index += 1
            case "=": index += 1
            case "metric" where next() == "=", "table" where next() == "=", "mtu" where next() == "=":
                attributes += [word, index + 2 < words.count ? words[index + 2] : ""]
                index += 3
            case "metric", "table", "src", "mtu", "scope", "preference", "distance", "from", "source":
                let name = ["preference": "metric", "distance": "metric", "from": "src", "source": "src"][word] ?? word
                attributes += [name, next()]
                index += 2
            case "realms", "realm", "encap", "nhid", "expires", "ttl-propagate": return nil
            case "onlink":
                attributes.append(word)
                index += 1
            default:
                if destination == nil {
                    destination = word
                    if mask == nil, next().hasPrefix("255."), RuleRewriter.maskLength(next()) != nil {
                        mask = next()
                        index += 1
                    }
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
        destination = whole(RuleRewriter.address(destination))
        if destination.looksLikeAddress, !destination.contains("/"), !destination.hasPrefix("$") {
            destination += destination.contains(":") ? "/128" : "/32"
        }
        let refusals = attributes.prefix { ["blackhole", "unreachable", "prohibit", "throw", "local"].contains($0) }
        return ["route"] + (family.map { [$0] } ?? []) + refusals + [destination] + attributes.dropFirst(refusals.count)
    }

    /// `10/8` as `10.0.0.0/8`.
    private static func whole(_ prefix: String) -> String {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let octets = parts[0].split(separator: ".")
        guard parts.count == 2, octets.count < 4, octets.allSatisfy({ String($0).isDigits }), !octets.isEmpty else {
            return prefix
        }
        let zeros = Array(repeating: "0", count: 4 - octets.count)
        return (octets.map(String.init) + zeros).joined(separator: ".") + "/" + parts[1]
    }

    static func rule(_ words: [String]) -> [String]? {
        var selectors: [String] = []
        var action: [String] = []
        var suppression: [String] = []
        var priority: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            let next = index + 1 < words.count ? words[index + 1] : ""
            switch word {
            case "add", "-4", "-6": index += 1
            case "pref", "preference", "prio", "priority", "order":
                priority = ["priority", next.hasSuffix(":") ? String(next.dropLast()) : next]
                index += 2
            case "lookup", "table":
                action = ["lookup", next]
                index += 2
            case "blackhole", "unreachable", "prohibit", "l3mdev", "nop":
                action = [word]
                index += 1
            case "goto":
                action = [word, next]
                index += 2
            case "not":
                selectors.insert(word, at: selectors.first == "ip" || selectors.first == "ip6" ? 1 : 0)
                index += 1
            case "suppress_prefixlength", "suppress_prefixlen", "suppress_ifgroup":
                suppression += [word == "suppress_prefixlen" ? "suppress_prefixlength" : word, next]
                index += 2
            case "tos", "dsfield", "dscp", "ipproto", "sport", "dport", "uidrange":
                selectors += [word == "dsfield" ? "tos" : word, next]
                index += 2
            case "to" where next == "table" || next == "lookup": index += 1
            case "->", "=>", "use", "via":
                action = ["lookup", next]
                index += 2
            case let number where index == 0 && (number.isDigits || number.hasSuffix(":")):
                priority = ["priority", number.hasSuffix(":") ? String(number.dropLast()) : number]
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
        return action.isEmpty ? nil : ["rule"] + selectors + action + suppression + priority
    }
}
