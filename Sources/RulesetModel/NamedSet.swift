public import NetworkTypes

/// A named set of values that rules look packets up in.
public struct NamedSet: Sendable, Hashable {
    /// The members, which also say what kind of values the set holds.
    public enum Contents: Sendable, Hashable {
        /// Single addresses of both families (`address`).
        case addresses(AddressSet)
        /// Prefixes and ranges of addresses of both families (`prefix`).
        case prefixes(AddressSet)
        /// Ports (`port`).
        case ports(IntervalSet<UInt16>)
        /// Interfaces by name (`interface`); ascending.
        case interfaces([InterfacePattern])
        /// Packet or connection marks (`mark`).
        case marks(IntervalSet<UInt32>)
        /// Transport protocols (`proto`); ascending.
        case protocols([IPProtocol])
    }

    /// The name.
    public var name: String
    /// The members that the rule file gives.
    public var contents: Contents
    /// How long a member that was added at run time stays, in milliseconds; such a set keeps what is added to it.
    public var timeout: UInt64?
    /// How many members there may be, where the rule file bounds them.
    public var size: UInt32?
    /// Text for people.
    public var comment: String?

    /// Creates a set.
    public init(
        name: String,
        contents: Contents,
        timeout: UInt64? = nil,
        size: UInt32? = nil,
        comment: String? = nil
    ) {
        self.name = name
        self.contents = contents
        self.timeout = timeout
        self.size = size
        self.comment = comment
    }
}
