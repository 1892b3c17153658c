/// What a generation was made from, kept so that people can look at it; nothing is ever restored from it.
public struct RulesetText: Sendable {
    /// A text: the rule file or one that it includes.
    public struct Source: Sendable {
        /// Its path, as it was given.
        public var name: String
        /// Its bytes.
        public var bytes: [UInt8]

        /// Creates a text.
        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The texts, the main one first.
    public var sources: [Source]
    /// The model as JSON.
    public var model: [UInt8]?
    /// Whether the texts, read again, mean the same again and there is nothing to say about them: they name nothing that the host
    /// would be asked for, such as accounts.
    public var saysAll: Bool

    /// Creates the texts.
    public init(sources: [Source] = [], model: [UInt8]? = nil, saysAll: Bool = false) {
        self.sources = sources
        self.model = model
        self.saysAll = saysAll
    }
}
