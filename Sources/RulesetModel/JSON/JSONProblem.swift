/// What is wrong with JSON that should be a ruleset, and where.
public struct JSONProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place: `rules[0].match[1].values[2]`; empty for the whole text.
    public let path: String
    /// One sentence: lower case, no full stop.
    public let message: String

    /// Describes an error that decoding threw.
    public init(_ error: any Error) {
        guard let error = error as? DecodingError else {
            path = ""
            message = "\(error)"
            return
        }
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = Self.path(context.codingPath)
            message = context.debugDescription
        case .keyNotFound(let key, let context):
            path = Self.path(context.codingPath)
            message = "'\(key.stringValue)' is missing"
        @unknown default:
            path = ""
            message = "\(error)"
        }
    }

    /// The place and the sentence.
    public var description: String {
        path.isEmpty ? message : "\(path): \(message)"
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        var path = ""
        for key in keys {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return path
    }
}
