import KernelObjects
import Testing

struct SetCommitTests {
    @Test(
        arguments: [
            ("7.0.0", SetCommit.atomic), ("7.3.4-cloud-amd64", .atomic), ("10.1", .atomic), ("7.0-rc1", .atomic),
            ("6.18.44-fc-v669", .atomic), ("6.18.15", .atomic), ("6.18.14", .interleaved), ("6.18", .interleaved),
            ("6.18.3+deb14-amd64", .interleaved), ("6.19.4", .atomic), ("6.19.3", .interleaved),
            ("6.19-rc4", .interleaved), ("6.19.0-rc8+", .interleaved), ("6.17.99", .interleaved),
            ("6.12.117+deb13-cloud-amd64", .interleaved), ("6.1.0-40-amd64", .interleaved),
            ("5.10.262", .interleaved), ("5.14.0-570.el9.x86_64", .interleaved), ("", .interleaved),
            ("next", .interleaved),
            ("6", .interleaved), ("99999999999999999999.1", .interleaved),
        ]
    )
    func releasesThatAreNotKnownToBeSafeAreNot(release: String, commit: SetCommit) {
        #expect(SetCommit(kernelRelease: release) == commit, "\(release)")
    }
}
