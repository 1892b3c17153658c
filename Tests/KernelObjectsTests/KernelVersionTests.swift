import KernelObjects
import Testing

struct KernelVersionTests {
    @Test(arguments: [
        ("6.12.43+deb12-cloud-amd64", "6.12.43"), ("5.10.0-46-cloud-amd64", "5.10.0"), ("7.0-rc1", "7.0.0"),
        ("4.18.0-553.el8", "4.18.0"), ("10.1", "10.1.0"),
    ])
    func isReadFromARelease(release: String, version: String) {
        #expect(KernelVersion(release: release)?.description == version)
    }

    @Test(arguments: ["", "linux", "6", "-"])
    func whatIsNoVersionIsNone(release: String) {
        #expect(KernelVersion(release: release) == nil)
    }

    @Test func versionsHaveAnOrder() {
        #expect(KernelVersion(5, 6) < KernelVersion(5, 10))
        #expect(KernelVersion(5, 10, 200) < KernelVersion(6, 0))
        #expect(!(KernelVersion(5, 6) < KernelVersion(5, 6)))
        #expect(KernelVersion.oldest < .oldestTried && KernelVersion.oldestTried < .newestTried)
    }
}
