/// A packet or connection mark under a mask: the bits of the mask are compared or written, the others left alone.
public struct Mark: Sendable, Hashable {
    /// The bits; none outside the mask.
    public let value: UInt32
    /// Which bits count.
    public let mask: UInt32

    /// Creates a mark, or nothing where the value has bits outside the mask.
    public init?(value: UInt32, mask: UInt32) {
        guard value & ~mask == 0 else { return nil }
        self.value = value
        self.mask = mask
    }

    /// Creates a mark of which every bit counts.
    public init(_ value: UInt32) {
        self.value = value
        mask = .max
    }
}
