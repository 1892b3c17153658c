/// What is, or should be, in Weir's nf_tables table: `inet weir`.
public struct FirewallState: Sendable {
    /// Name of Weir's table; its family is inet.
    public static let tableName = "weir"

    /// The chains; base chains and others.
    public var chains: [ChainObject]
    /// The named sets; anonymous ones are part of their rules.
    public var sets: [SetObject]
    /// Stateful objects, flowtables and whatever else somebody put into the table: the kernel's bytes, never lost.
    public var foreignObjects: [ForeignObject]
    /// Whether somebody put the table to sleep (`NFT_TABLE_F_DORMANT`): its rules are there and no packet meets them.
    public var isDormant: Bool

    /// Creates a state.
    public init(
        chains: [ChainObject] = [],
        sets: [SetObject] = [],
        foreignObjects: [ForeignObject] = [],
        isDormant: Bool = false
    ) {
        self.chains = chains
        self.sets = sets
        self.foreignObjects = foreignObjects
        self.isDormant = isDormant
    }
}

/// An nf_tables object that Weir does not make: the message that described it, without change.
public struct ForeignObject: Sendable, Hashable {
    /// The message type, `NFT_MSG_NEWOBJ` for instance.
    public var messageType: UInt16
    /// The name of the object.
    public var name: String
    /// The attributes of the message, as the kernel sent them.
    public var attributes: [UInt8]

    /// Creates an object.
    public init(messageType: UInt16, name: String, attributes: [UInt8]) {
        self.messageType = messageType
        self.name = name
        self.attributes = attributes
    }
}
