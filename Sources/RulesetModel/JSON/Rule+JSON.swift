import NetworkTypes

extension Rule: Codable {
    /// Reads an object with `direction`, `match`, `action`, `log` and `comment`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["direction", "match", "action", "log", "comment"])
        let directionName = try object.decodeIfPresent(String.self, forKey: "direction")
        let direction = directionName.flatMap(Direction.init(rawValue:))
        if let directionName, direction == nil {
            throw object.corrupted("direction", "'\(directionName)' is none of in, out, forward")
        }
        self.init(
            direction: direction,
            matches: try object.list("match"),
            action: try object.decode(Action.self, forKey: "action"),
            log: try object.decodeIfPresent(LogStatement.self, forKey: "log"),
            comment: try object.comment()
        )
        if case .log = action, log != nil {
            throw object.corrupted("log", "the verb 'log' has its own prefix, level and group")
        }
        if let problem = protocolProblem { throw object.corrupted("match", problem) }
    }

    /// Writes an object with `direction`, `match`, `action`, `log` and `comment`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encodeIfPresent(direction?.rawValue, forKey: "direction")
        try object.encode(list: matches, forKey: "match")
        try object.encode(action, forKey: "action")
        try object.encodeIfPresent(log, forKey: "log")
        try object.encodeIfPresent(comment, forKey: "comment")
    }

    /// What is missing for the matches on a transport protocol's header.
    private var protocolProblem: String? {
        var protocols: [[IPProtocol]] = []
        for case .transportProtocol(let membership) in matches {
            if case .values(let values) = membership.operand, !membership.isNegated { protocols.append(values) }
        }
        for match in matches {
            switch match {
            case .sourcePort, .destinationPort:
                guard protocols.contains(where: { $0.allSatisfy(\.hasPorts) }) else {
                    return "ports need a match 'proto' whose protocols all have ports"
                }
            case .tcpFlags:
                guard protocols.contains([.tcp]) else { return "TCP flags need a match 'proto' for tcp alone" }
            default:
                break
            }
        }
        return nil
    }
}

extension JSONObject {
    /// The comment of a rule or set: at most 128 bytes, no control characters.
    func comment() throws -> String? {
        guard let comment = try decodeIfPresent(String.self, forKey: "comment") else { return nil }
        guard comment.utf8.count <= 128, comment.isPlainText, !comment.utf8.contains(UInt8(ascii: "\"")) else {
            throw corrupted("comment", "a comment is at most 128 bytes long and has no quotes or control characters")
        }
        return comment
    }

    /// A name that rules can refer to: letters, digits, `_` and `-`, first a letter or `_`; no reserved word.
    func name() throws -> String {
        let name = try decode(String.self, forKey: "name")
        guard name.isBareWord, !name.utf8.contains(UInt8(ascii: ".")), name.utf8.count <= 128 else {
            throw corrupted(
                "name",
                "a name is a letter or '_', then letters, digits, '_' and '-', and no reserved word"
            )
        }
        return name
    }
}
