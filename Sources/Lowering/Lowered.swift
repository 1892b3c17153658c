public import KernelObjects

/// What a ruleset means for the kernel, and which of its parts each kernel object comes from.
public struct Lowered: Sendable {
    /// The kernel objects.
    public var state: DesiredState
    /// The parts of the ruleset; an object's `origin` is an index into it.
    public var origins: [RuleOrigin]
    /// The part of the ruleset that each named set of the kernel comes from, by the set's name in the kernel.
    public var setOrigins: [String: RuleOrigin]

    /// The part of the ruleset that an object with this `origin` comes from; nothing for an object of another state.
    public func origin(_ index: Int32) -> RuleOrigin? {
        origins.indices.contains(Int(index)) ? origins[Int(index)] : nil
    }
}
