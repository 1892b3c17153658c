/// The messages of nf_tables (`enum nf_tables_msg_types`), with `NFNL_SUBSYS_NFTABLES` in their upper byte.
public enum FirewallMessage {
    private static let subsystem: UInt16 = 10 << 8

    /// `NFT_MSG_NEWTABLE`
    public static let newTable = subsystem | 0
    /// `NFT_MSG_GETTABLE`
    public static let getTable = subsystem | 1
    /// `NFT_MSG_DELTABLE`
    public static let deleteTable = subsystem | 2
    /// `NFT_MSG_NEWCHAIN`
    public static let newChain = subsystem | 3
    /// `NFT_MSG_GETCHAIN`
    public static let getChain = subsystem | 4
    /// `NFT_MSG_DELCHAIN`
    public static let deleteChain = subsystem | 5
    /// `NFT_MSG_NEWRULE`
    public static let newRule = subsystem | 6
    /// `NFT_MSG_GETRULE`
    public static let getRule = subsystem | 7
    /// `NFT_MSG_DELRULE`
    public static let deleteRule = subsystem | 8
    /// `NFT_MSG_NEWSET`
    public static let newSet = subsystem | 9
    /// `NFT_MSG_GETSET`
    public static let getSet = subsystem | 10
    /// `NFT_MSG_DELSET`
    public static let deleteSet = subsystem | 11
    /// `NFT_MSG_NEWSETELEM`
    public static let newElements = subsystem | 12
    /// `NFT_MSG_GETSETELEM`
    public static let getElements = subsystem | 13
    /// `NFT_MSG_DELSETELEM`
    public static let deleteElements = subsystem | 14
    /// `NFT_MSG_NEWGEN`
    public static let newGeneration = subsystem | 15
    /// `NFT_MSG_GETGEN`
    public static let getGeneration = subsystem | 16
    /// `NFT_MSG_NEWOBJ`
    public static let newObject = subsystem | 18
    /// `NFT_MSG_GETOBJ`
    public static let getObject = subsystem | 19
    /// `NFT_MSG_DELOBJ`
    public static let deleteObject = subsystem | 20
    /// `NFT_MSG_NEWFLOWTABLE`
    public static let newFlowtable = subsystem | 22
    /// `NFT_MSG_GETFLOWTABLE`
    public static let getFlowtable = subsystem | 23
    /// `NFT_MSG_DELFLOWTABLE`
    public static let deleteFlowtable = subsystem | 24
}

/// `NLM_F_*` of messages that make something.
enum MessageFlag {
    static let request: UInt16 = 0x001
    static let replace: UInt16 = 0x100
    static let exclusive: UInt16 = 0x200
    static let create: UInt16 = 0x400
    static let append: UInt16 = 0x800
}

/// `struct nfgenmsg`: family, version, resource.
enum FirewallHeader {
    static let size = 4
    /// `NFPROTO_INET`
    static let inet: UInt8 = 1
    /// `NFPROTO_UNSPEC`: in a request all families.
    static let anyFamily: UInt8 = 0
}

/// `enum nft_table_attributes`
enum TableAttribute {
    static let name: UInt16 = 1
    static let flags: UInt16 = 2

    /// `NFT_TABLE_F_DORMANT`
    static let dormant: UInt32 = 1
}

/// `enum nft_chain_attributes`, `enum nft_hook_attributes`
enum ChainAttribute {
    static let table: UInt16 = 1
    static let handle: UInt16 = 2
    static let name: UInt16 = 3
    static let hook: UInt16 = 4
    static let policy: UInt16 = 5
    static let use: UInt16 = 6
    static let type: UInt16 = 7
    static let counters: UInt16 = 8
    static let flags: UInt16 = 10
    static let userdata: UInt16 = 12
    /// The highest one that is known.
    static let highest = userdata

    /// `NFT_CHAIN_BASE`
    static let isBase: UInt32 = 1

    static let hookNumber: UInt16 = 1
    static let hookPriority: UInt16 = 2
    /// The highest one of a hook that is known, `NFTA_HOOK_DEVS`.
    static let highestOfHook: UInt16 = 4
}

/// `enum nft_rule_attributes`
enum RuleAttribute {
    static let table: UInt16 = 1
    static let chain: UInt16 = 2
    static let handle: UInt16 = 3
    static let expressions: UInt16 = 4
    static let position: UInt16 = 6
    static let userdata: UInt16 = 7
    static let id: UInt16 = 9
    static let positionID: UInt16 = 10
    /// The highest one that is known, `NFTA_RULE_CHAIN_ID`.
    static let highest: UInt16 = 11
}

/// `enum nft_set_attributes`, `enum nft_set_desc_attributes`
enum SetAttribute {
    static let table: UInt16 = 1
    static let name: UInt16 = 2
    static let flags: UInt16 = 3
    static let keyType: UInt16 = 4
    static let keyLength: UInt16 = 5
    static let policy: UInt16 = 8
    static let description: UInt16 = 9
    static let id: UInt16 = 10
    static let timeout: UInt16 = 11
    static let collectionInterval: UInt16 = 12
    static let userdata: UInt16 = 13
    static let handle: UInt16 = 16
    static let backend: UInt16 = 19
    static let count: UInt16 = 20
    /// The highest one that is known.
    static let highest = count

    static let descriptionSize: UInt16 = 1
    /// The highest one of a description that is known, `NFTA_SET_DESC_CONCAT`.
    static let highestOfDescription: UInt16 = 2
}

/// `enum nft_set_elem_list_attributes`, `enum nft_set_elem_attributes`
enum ElementAttribute {
    static let table: UInt16 = 1
    static let set: UInt16 = 2
    static let list: UInt16 = 3
    static let setID: UInt16 = 4

    static let item: UInt16 = 1

    static let key: UInt16 = 1
    static let flags: UInt16 = 3
    static let timeout: UInt16 = 4
    static let expiration: UInt16 = 5
    static let userdata: UInt16 = 6
    /// The highest one that is known, `NFTA_SET_ELEM_EXPRESSIONS`.
    static let highest: UInt16 = 11

    /// `NFT_SET_ELEM_INTERVAL_END`
    static let intervalEnd: UInt32 = 1
}

/// `enum nft_object_attributes`, `enum nft_flowtable_attributes`: both start alike.
enum ObjectAttribute {
    static let table: UInt16 = 1
    static let name: UInt16 = 2
    /// Of a stateful object; of a flowtable it is the hook.
    static let type: UInt16 = 3
}
