import NetworkTypes

/// How other tools spell a single value.
extension RuleRewriter {
    static func list(_ elements: [String]) -> [String] {
        ["{"] + elements.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [",", $0.element] } + ["}"]
    }

    /// A value in the spelling of the language.
    func element(_ word: String, of match: String) -> String {
        let word =
            word.isQuoted && ["dport", "sport", "saddr", "daddr", "proto"].contains(match) ? word.unquoted : word
        return switch match {
        case "dport", "sport": Self.port(word)
        case "saddr", "daddr": Self.address(word)
        case "on", "from", "to": word.hasSuffix("+") ? word.dropLast() + "*" : word
        case "type": Synonyms.icmpType(word) ?? word
        case "level": ["warning": "warn", "error": "err", "emergency": "emerg", "critical": "crit"][word] ?? word
        default: word
        }
    }

    static func port(_ word: String) -> String {
        for separator in [":", ".."] {
            guard let range = word.firstRange(of: separator) else { continue }
            let low = String(word[..<range.lowerBound])
            let high = String(word[range.upperBound...])
            if low.isDigits, high.isDigits { return "\(low)-\(high)" }
            if low.isDigits, high.isEmpty { return "\(low)-65535" }
            if low.isEmpty, high.isDigits { return "0-\(high)" }
        }
        if Service(named: word) == nil, let service = Synonyms.services[word] { return service }
        return word
    }

    /// An address whose mask is dotted (`10.0.0.0/255.0.0.0`) as a prefix, and one with `*` for its last parts.
    static func address(_ word: String) -> String {
        let octets = word.split(separator: ".", omittingEmptySubsequences: false)
        if octets.count == 4, let star = octets.firstIndex(of: "*"), star > 0, octets[star...].allSatisfy({ $0 == "*" })
        {
            return octets.map { $0 == "*" ? "0" : String($0) }.joined(separator: ".") + "/\(8 * star)"
        }
        let parts = word.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[1].contains("."), let length = maskLength(String(parts[1])) else { return word }
        return "\(parts[0])/\(length)"
    }

    /// The length of the prefix that a router's wildcard mask (`0.0.0.255`) leaves.
    static func wildcardLength(_ mask: String) -> Int? {
        let bytes = mask.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4, bytes.allSatisfy({ $0 != nil }) else { return nil }
        return maskLength(bytes.map { String(~($0 ?? 0)) }.joined(separator: "."))
    }

    static func maskLength(_ mask: String) -> Int? {
        let bytes = mask.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4, bytes.allSatisfy({ $0 != nil }) else { return nil }
        let bits = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1 ?? 0) }
        return (~bits).leadingZeroBitCount == bits.nonzeroBitCount ? bits.nonzeroBitCount : nil
    }

    func portWithProtocol(_ word: String) -> (port: String, transport: String)? {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1] == "tcp" || parts[1] == "udp" else { return nil }
        let port = Self.port(parts[0])
        let isRange = port.split(separator: "-").allSatisfy { String($0).isDigits }
        return isRange || Service(named: port) != nil ? (port, parts[1]) : nil
    }
}
