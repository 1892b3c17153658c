import Lowering

/// Something that a format has no words for.
struct Inexpressible: Error {
    /// Why: half a sentence after "FORMAT cannot say this: ".
    var reason: String
    /// The part of the ruleset.
    var origin: RuleOrigin?

    init(_ reason: String, origin: RuleOrigin? = nil) {
        self.reason = reason
        self.origin = origin
    }
}
