import Netlink

/// Flags of replies that only the tests look at.
extension NetlinkFlags {
    /// `NLM_F_MULTI`: one of several messages that a `NLMSG_DONE` ends.
    static let multipart = NetlinkFlags(rawValue: 0x02)
    /// `NLM_F_DUMP_FILTERED`: the kernel applied the request's filter.
    static let dumpFiltered = NetlinkFlags(rawValue: 0x20)
}
