import CNetfilter
import SystemPackage

/// What a `NLMSG_ERROR` or `NLMSG_DONE` message says: the error number and the extended acknowledgement after it.
struct Acknowledgement {
    /// Nil when the kernel reports success.
    var errno: Errno?
    var message: String?
    var attributeOffset: Int?

    /// Reads a `NLMSG_ERROR`: `struct nlmsgerr`, the refused message unless capped, attributes.
    init(errorMessage payload: UnsafeRawBufferPointer, flags: NetlinkFlags) throws(NetlinkError) {
        guard payload.count >= 4 + NetlinkHeader.encodedSize else {
            throw NetlinkError(.receive, .badMessage, message: "an error message is cut off")
        }
        readErrorNumber(payload)
        guard flags.contains(.acknowledgementAttributes) else { return }
        var start = 4 + NetlinkHeader.encodedSize
        if !flags.contains(.capped) {
            start = 4 + netlinkAligned(Int(payload.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        }
        readAttributes(payload, from: start)
    }

    /// Reads a `NLMSG_DONE`: an `int` that holds the error which ended the dump, attributes.
    init(doneMessage payload: UnsafeRawBufferPointer, flags: NetlinkFlags) {
        // Some dumps end without the number; that has always meant success.
        guard payload.count >= 4 else { return }
        readErrorNumber(payload)
        guard flags.contains(.acknowledgementAttributes) else { return }
        readAttributes(payload, from: 4)
    }

    /// The number is negative, or zero (in a NLMSG_DONE also positive) for success.
    private mutating func readErrorNumber(_ payload: UnsafeRawBufferPointer) {
        let number = payload.loadUnaligned(as: Int32.self)
        guard number < 0 else { return }
        errno = Errno(rawValue: 0 &- number)
    }

    private mutating func readAttributes(_ payload: UnsafeRawBufferPointer, from start: Int) {
        var walk = AttributeWalk(payload, from: start)
        while let attribute = walk.next() {
            if attribute.type == NLMSGERR_ATTR_MSG.rawValue {
                message = String(decoding: attribute.value.prefix { $0 != 0 }, as: UTF8.self)
            } else if attribute.type == NLMSGERR_ATTR_OFFS.rawValue, attribute.value.count >= 4 {
                attributeOffset = Int(attribute.value.loadUnaligned(as: UInt32.self))
            }
        }
    }

    /// The error to throw, nil for success.
    func error(_ operation: NetlinkError.Operation, sequence: UInt32) -> NetlinkError? {
        guard let errno else { return nil }
        return NetlinkError(
            operation,
            errno,
            message: message,
            attributeOffset: attributeOffset,
            sequence: sequence
        )
    }
}
