/// A member that a new set takes over from an old one with what is left of its lifetime.
public struct TransientElement: Sendable, Hashable {
    /// The member; its `timeout` is never 0.
    public var element: SetElement
    /// The first key of the old set's member that it is, or is a part of.
    public var source: SetKey
    /// What is left of the lifetime, in milliseconds (`NFTA_SET_ELEM_EXPIRATION`); nil for all of it.
    public var remaining: UInt64?

    /// Creates a member.
    public init(_ element: SetElement, of source: SetKey, remaining: UInt64? = nil) {
        self.element = element
        self.source = source
        self.remaining = remaining
    }
}
