/// The flags of a netlink message (`nlmsg_flags`); their meaning depends on the kind of request.
public struct NetlinkFlags: OptionSet, Hashable, Sendable {
    /// The bits as the kernel has them.
    public let rawValue: UInt16

    /// Wraps the kernel's bits.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// `NLM_F_REQUEST`: on every message to the kernel; the socket sets it.
    public static let request = NetlinkFlags(rawValue: 0x01)
    /// `NLM_F_ACK`: answer with `NLMSG_ERROR` also when all went well; the socket sets it where it needs it.
    public static let acknowledge = NetlinkFlags(rawValue: 0x04)
    /// `NLM_F_ECHO`: send the resulting object back to the requester.
    public static let echo = NetlinkFlags(rawValue: 0x08)
    /// `NLM_F_DUMP_INTR`, in replies: the objects changed while they were dumped.
    public static let dumpInterrupted = NetlinkFlags(rawValue: 0x10)

    /// `NLM_F_DUMP`, in requests that read: all objects.
    public static let dump = NetlinkFlags(rawValue: 0x300)

    /// `NLM_F_REPLACE`, in requests that make: replace an existing object.
    public static let replace = NetlinkFlags(rawValue: 0x100)
    /// `NLM_F_EXCL`, in requests that make: refuse if the object exists.
    public static let exclusive = NetlinkFlags(rawValue: 0x200)
    /// `NLM_F_CREATE`, in requests that make: make the object if it does not exist.
    public static let create = NetlinkFlags(rawValue: 0x400)
    /// `NLM_F_APPEND`, in requests that make: put it at the end of the list.
    public static let append = NetlinkFlags(rawValue: 0x800)

    /// `NLM_F_CAPPED`, in error messages: only the header of the refused message is repeated.
    static let capped = NetlinkFlags(rawValue: 0x100)
    /// `NLM_F_ACK_TLVS`, in error messages: an extended acknowledgement follows.
    static let acknowledgementAttributes = NetlinkFlags(rawValue: 0x200)
}
