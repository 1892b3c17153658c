import TestSupport
import Testing

@testable import Transactions

@Suite(.freshNetworkNamespace)
struct ConfirmationProbeTests {
    @Test(arguments: ["tcp:192.0.2.1:22", "tcp:[2001:db8::1]:22", "tcp:gateway.example:65535"])
    func aProbeIsReadAndWritten(text: String) throws {
        #expect(ConfirmationProbe(text)?.description == text)
    }

    @Test(arguments: [
        "", "tcp:", "tcp:22", "tcp::22", "tcp:host", "tcp:host:", "tcp:host:0", "tcp:host:65536", "udp:host:22",
        "tcp:2001:db8::1:22", "tcp:[]:22", "tcp:a b:22", "tcp:a\u{1b}:22",
        "tcp:\(String(repeating: "a", count: 300)):22",
    ])
    func whatIsNoProbeIsRefused(text: String) {
        #expect(ConfirmationProbe(text) == nil)
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func aPortThatAnswersIsNoComplaint(address: String) throws {
        let host = try Lab().here("here")
        try host.serveTCP(port: 2222)
        let probe = try #require(
            ConfirmationProbe(address.contains(":") ? "tcp:[\(address)]:2222" : "tcp:\(address):2222")
        )
        #expect(probe.complaint() == nil)
        let closed = try #require(ConfirmationProbe("tcp:127.0.0.1:2223"))
        #expect(closed.complaint() == "tcp:127.0.0.1:2223: Connection refused")
        let far = try #require(ConfirmationProbe("tcp:192.0.2.1:22"))
        #expect(far.complaint() == "tcp:192.0.2.1:22: Network is unreachable")
    }

    @Test(.requires(.nft)) func aPortThatIsSilentIsAComplaint() throws {
        try outputOf("nft", "add table inet x; add chain inet x i { type filter hook input priority 0; policy drop; }")
        #expect(
            ConfirmationProbe("tcp:127.0.0.1:22")?.complaint(patience: 50) == "tcp:127.0.0.1:22: Connection timed out"
        )
    }
}
