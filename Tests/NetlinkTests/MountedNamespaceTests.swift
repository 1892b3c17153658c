import Testing

@testable import Netlink

struct MountedNamespaceTests {
    @Test func aNameMayHaveBlanksAndBytesThatAreNoText() {
        let text = """
            25 30 0:23 / /sys rw shared:7 - sysfs sysfs rw
            314 30 0:4 net:[4026532281] /run/netns/with\\040blank rw shared:170 - nsfs nsfs rw
            315 30 0:4 net:[4026532282] /run/netns/back\\134slash\\011tab rw - nsfs nsfs rw
            316 30 0:4 mnt:[4026532283] /run/mnt rw - nsfs nsfs rw

            """
        var bytes = Array(text.utf8)
        bytes += Array("317 30 0:4 net:[4026532284] /run/netns/".utf8) + [0xff] + Array(" rw - nsfs nsfs rw\n".utf8)
        let found = MountedNamespace.all(in: bytes)
        #expect(found.map(\.name) == ["net:[4026532281]", "net:[4026532282]", "net:[4026532284]"])
        #expect(
            found.map(\.path).prefix(2) == [
                Array("/run/netns/with blank".utf8), Array("/run/netns/back\\slash\ttab".utf8),
            ]
        )
        #expect(found.last?.path == Array("/run/netns/".utf8) + [0xff])
    }
}
