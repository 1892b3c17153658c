/// A packet or connection mark under a mask: the bits of the mask are compared or written, the others left alone.
public struct Mark: Sendable, Hashable {
    /// The bits; none outside the mask.
    public let value: UInt32
    /// Which bits count.
    public let mask: UInt32

    /// Creates a mark, or nothing where the value has bits outside the mask.
    public init?(value: UInt32, mask: UInt32) {
        guard value & ~mask == 0 else { return nil }
        self.init(masking: value, with: mask)
    }

    /// Creates a mark of which every bit counts.
    public init(_ value: UInt32) {
        self.init(masking: value, with: .max)
    }

    /// Creates a mark without the bits of the value that are outside the mask.
    public init(masking value: UInt32, with mask: UInt32) {
        self.value = value & mask
        self.mask = mask
    }
}
