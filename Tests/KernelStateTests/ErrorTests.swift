import KernelObjects
import Netlink
import SystemPackage
import Testing

@testable import KernelState

/// Whatever goes wrong is said; what the kernel answers may be anything.
struct ErrorTests {
    @Test func anAnswerThatIsNotUnderstoodIsAnError() {
        let error = KernelStateError(.readFirewall, ReadFailure.object(.malformed(message: "NFT_MSG_NEWTABLE")))
        #expect(error.cause == .object(.malformed(message: "NFT_MSG_NEWTABLE")))
        #expect(
            error.description.contains("cannot read the firewall") && error.description.contains("NFT_MSG_NEWTABLE")
        )
    }

    @Test func anAnswerThatDoesNotComeIsAnError() {
        let error = KernelStateError(.readRouting, ReadFailure.netlink(NetlinkError(.receive, .timedOut)))
        #expect(error.errno == .timedOut)
    }
}
