import KernelObjects
import Netlink

extension NetlinkSocket {
    /// Goes through the answers to a request for a dump of nf_tables.
    mutating func dump(
        _ message: EncodedMessage,
        _ body: (RawSpan) throws(KernelObjectsError) -> Void
    ) throws(ReadFailure) -> DumpSummary {
        try dump(NetlinkRequest(message)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                try body(payload)
            } catch {
                throw .object(error)
            }
        }
    }

    /// Hands the answers to a request of nf_tables that is no dump to a closure.
    mutating func ask(
        _ message: EncodedMessage,
        _ body: (RawSpan) throws(KernelObjectsError) -> Void
    ) throws(ReadFailure) {
        try request(NetlinkRequest(message)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                try body(payload)
            } catch {
                throw .object(error)
            }
        }
    }
}
