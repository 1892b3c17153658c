public import SystemPackage

/// What the kernel refused in a batch.
public struct BatchError: Hashable, Sendable {
    /// Index of the refused message in the batch; nil if the transaction as a whole was refused.
    public var index: Int?
    /// The error number.
    public var errno: Errno
    /// The kernel's sentence (`NLMSGERR_ATTR_MSG`); rtnetlink has good ones, nf_tables hardly any.
    public var message: String?
    /// Byte offset of the refused attribute in the message, counted from the start of its `nlmsghdr`
    /// (`NLMSGERR_ATTR_OFFS`). For an expression it is the start of its `NFTA_LIST_ELEM`.
    public var attributeOffset: Int?

    /// Creates an error from its parts.
    public init(index: Int?, errno: Errno, message: String? = nil, attributeOffset: Int? = nil) {
        self.index = index
        self.errno = errno
        self.message = message
        self.attributeOffset = attributeOffset
    }
}

/// What became of a batch.
public struct BatchOutcome: Hashable, Sendable {
    /// Everything the kernel refused, in the order of the messages. A transaction with errors changed nothing.
    public var errors: [BatchError] = []
    /// How many messages the kernel has acted upon, refused ones included; of a transaction all or none.
    public var handledCount = 0
    /// Whether the kernel confirmed that it came to the end of the batch.
    public var isAcknowledged = false
    /// More errors happened than the receive queue could hold (`ENOBUFS`): `errors` has the first ones.
    public var hasLostErrors = false

    /// Whether all went well: no error, and the kernel came to the end.
    ///
    /// If there is neither an error nor an acknowledgement nothing is known: compare the generation.
    public var isSuccess: Bool { errors.isEmpty && isAcknowledged }

    /// Whether a transaction was refused because nf_tables is no longer at the expected generation (`ERESTART`).
    public var isStale: Bool { errors.contains { $0.index == nil && $0.errno == .restart } }
}
