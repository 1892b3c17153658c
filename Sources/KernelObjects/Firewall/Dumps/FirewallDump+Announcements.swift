extension FirewallDump {
    /// Whether an object that is announced is Weir's table, or in it. All of nf_tables' messages begin with the name of the table.
    public static func isAboutWeirsTable(_ payload: RawSpan) throws(KernelObjectsError) -> Bool {
        var name: String?
        try forEachAttribute(of: payload, "NFT_MSG_NEW…") { attribute in
            if attribute.type == TableAttribute.name { name = attribute.name }
        }
        return Table(family: family(of: payload), name: name ?? "").isWeirs
    }

    /// Who made a generation (`NFTA_GEN_PROC_PID`, `NFTA_GEN_PROC_NAME`), from the `NFT_MSG_NEWGEN` that is announced.
    public static func author(_ payload: RawSpan) throws(KernelObjectsError) -> (process: UInt32?, name: String?) {
        var process: UInt32?
        var name: String?
        try forEachAttribute(of: payload, "NFT_MSG_NEWGEN") { attribute in
            switch attribute.type {
            case 2: process = attribute.networkOrder32
            case 3: name = attribute.name
            default: break
            }
        }
        return (process, name)
    }
}
