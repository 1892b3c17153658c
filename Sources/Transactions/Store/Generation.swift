import Reconciliation

/// One state that Weir brought about: what was asked for, and what the kernel had before and after.
public struct Generation: Sendable, Hashable, Codable {
    /// How it came about.
    public enum Action: String, Sendable, Hashable, Codable {
        /// A ruleset was applied.
        case apply
        /// An earlier generation was brought back.
        case rollback
        /// Everything of Weir's was taken away.
        case revert
        /// What others had changed of a generation was put back. That is no generation of its own.
        case heal
    }

    /// A text that the ruleset was read from.
    public struct Source: Sendable, Hashable, Codable {
        /// Its path, as it was given.
        public var name: String
        /// CRC-32C of its bytes.
        public var checksum: UInt32

        init(_ source: RulesetText.Source) {
            name = source.name
            checksum = CRC32C.checksum(of: source.bytes)
        }
    }

    /// How many changes were made.
    public struct Counts: Sendable, Hashable, Codable {
        /// What the kernel did not have.
        public var added: Int
        /// What the kernel had otherwise.
        public var changed: Int
        /// What went away.
        public var removed: Int

        init(_ summary: ChangeSummary) {
            added = summary.added
            changed = summary.changed
            removed = summary.removed
        }
    }

    /// The number: greater than that of any earlier one.
    public var number: Int
    /// The number of the generation before it, or `cleanState` where it was the first.
    public var predecessor: Int
    /// How it came about.
    public var action: Action
    /// For a rollback the generation that was brought back, or `cleanState`.
    public var restored: Int?
    /// When it was written down, right before the kernel was changed: seconds since 1970, UTC.
    public var time: Int64
    /// Version of the program.
    public var program: String
    /// Which kernel it was brought about in.
    public var origin: KernelInstance
    /// What changed.
    public var counts: Counts
    /// The texts of the ruleset, the main one first; of a rollback those of the generation that was brought back.
    public var sources: [Source]
    /// CRC-32C of the model; nil if there is none.
    public var modelChecksum: UInt32?

    /// Stands for what was before the first generation: nothing of Weir's, and what it displaced in its place.
    public static let cleanState = 0

    /// The generation whose state this one has: itself, or the one that was brought back.
    var state: Int { restored ?? number }

    init(
        number: Int,
        predecessor: Int,
        action: Action,
        restored: Int? = nil,
        time: Int64,
        program: String,
        origin: KernelInstance,
        counts: Counts,
        text: RulesetText = RulesetText()
    ) {
        self.number = number
        self.predecessor = predecessor
        self.action = action
        self.restored = restored
        self.time = time
        self.program = program
        self.origin = origin
        self.counts = counts
        sources = text.sources.map(Source.init)
        modelChecksum = text.model.map(CRC32C.checksum(of:))
    }
}
