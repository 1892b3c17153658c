/// Where packets come from and go to: interfaces, addresses, the target of NAT.
extension RuleRewriter {
    mutating func rewriteInterface() -> Bool {
        var side = word
        index += 1
        if index < input.count, word == "interface" { index += 1 }
        guard index < input.count else { return false }
        if word == "any" || word == "all" {
            index += 1
            return true
        }
        // Who names the interface that there is none of yet, or no more, means something else.
        if direction == "in" && side.namesOutput || direction == "out" && side.namesInput { return false }
        let sides = Set(input.map { $0.hasPrefix("iif") ? "i" : $0.hasPrefix("oif") ? "o" : "" })
        if direction == "forward" || (direction == nil && sides.contains("i") && sides.contains("o")) {
            side = side.hasPrefix("o") && side != "on" ? "to" : "from"
        } else {
            side = "on"
        }
        output.append(side)
        return rewriteValue(of: side)
    }

    mutating func rewriteFrom() -> Bool {
        let next = peek()
        if ["any", "all", "anywhere"].contains(next) { return put(taking: 2) }
        if next == "host" || next == "address" || next == "ip" { index += 1 }
        let value = peek() == "{" || peek() == "!" ? peek(2) : peek()
        let isAddress = value.looksLikeAddress && !value.hasPrefix("$") && !value.hasPrefix("@")
        index += 1
        if isAddress {
            output.append("saddr")
            return rewriteValue(of: "saddr")
        }
        let side = direction == "forward" || direction == nil ? "from" : direction == "in" ? "on" : "from"
        output.append(side == "on" && !value.hasPrefix("$") ? "on" : "from")
        return rewriteValue(of: "on")
    }

    /// `in eth1 out eth0` of what is forwarded.
    mutating func rewriteSide() -> Bool {
        output.append(word == "in" ? "from" : "to")
        index += 1
        if index < input.count, ["on", "interface", "via"].contains(word) { index += 1 }
        return rewriteValue(of: "on")
    }

    mutating func rewriteTo() -> Bool {
        let next = peek()
        if verb == "masquerade", next.looksLikeInterface, !["port", "ports", "any", "all"].contains(next) {
            return put("to", taking: 1) && rewriteValue(of: "on")
        }
        if ["any", "all", "anywhere"].contains(next), !isNAT { return put(taking: 2) }
        if !isNAT {
            if next == "port" { return put("dport", taking: 2) && rewriteValue(of: "dport") }
            if next == "host" || next == "address" || next == "ip" { index += 1 }
            let value = peek() == "{" || peek() == "!" ? peek(2) : peek()
            let isAddress = value.looksLikeAddress && !value.hasPrefix("$") && !value.hasPrefix("@")
            let word = isAddress ? "daddr" : "to"
            return put(word, taking: 1) && rewriteValue(of: isAddress ? "daddr" : "on")
        }
        output.append("to")
        index += 1
        let fillers = ["source", "destination", "address", "host", "port", "ports"]
        while index < input.count, fillers.contains(word) { index += 1 }
        guard index < input.count else { return false }
        var target = word
        index += 1
        if index + 1 < input.count, word == "port" || word == "ports" || word == ":" {
            target += ":" + Self.port(peek())
            index += 2
        }
        output.append(self.target(target))
        return true
    }

    /// The target of NAT: this host's own names go, a port gets its colon.
    func target(_ text: String) -> String {
        if text.isDigits || (text.contains("-") && text.split(separator: "-").allSatisfy { String($0).isDigits }) {
            return ":" + text
        }
        if verb == "redirect" {
            for host in ["localhost:", "127.0.0.1:", "[::1]:", "self:", "me:"] where text.hasPrefix(host) {
                return ":" + text.dropFirst(host.utf8.count)
            }
        }
        return text
    }
}

extension String {
    /// Whether it is a word of another tool for the interface that packets come in by.
    fileprivate var namesInput: Bool { ["iif", "iifname", "in-interface", "-i", "--in-interface"].contains(self) }

    /// Whether it is a word of another tool for the interface that packets leave by.
    fileprivate var namesOutput: Bool { ["oif", "oifname", "out-interface", "-o", "--out-interface"].contains(self) }
}
