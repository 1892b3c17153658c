public import KernelObjects

/// A table of another program that packets come through, so far as it is understood: how its chains change packets and what they ask for.
/// What it does with packets that are as they were stays as it was.
public struct ForeignTable: Sendable {
    /// What people call it: `ip nat`, `iptables-legacy filter`.
    public var name: String
    /// The families whose packets come through it.
    public var families: Set<UInt8>
    /// Its chains and rules; nil if they cannot be read.
    public var content: FirewallState?

    /// Creates a description.
    public init(name: String, families: Set<UInt8> = [2, 10], content: FirewallState? = nil) {
        self.name = name
        self.families = families
        self.content = content
    }
}
