import KernelObjects
import KernelState
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.ip))
struct SysctlTests {
    @Test func settingsAreThoseOfTheNamespace() throws {
        try outputOf("ip", "link", "add", "left", "type", "veth", "peer", "name", "right.5")
        let kernel = try KernelConnection()
        let names = [
            "net.ipv4.ip_forward", "net.ipv4.conf.right/5.rp_filter", "net.ipv4.tcp_rmem", "net.ipv4.no_such_thing",
        ]
        let before = try kernel.readSysctls(names)
        #expect(before.map(\.name) == names)
        #expect(before[0].value == "0")
        #expect(before[1].value != nil)
        // Three numbers with tabs between them in the file.
        #expect(before[2].value?.split(separator: " ").count == 3)
        #expect(before[2].value?.contains("\t") == false)
        #expect(before[3].value == nil)

        try kernel.writeSysctl("net.ipv4.ip_forward", value: "1")
        try kernel.writeSysctl("net.ipv4.conf.right/5.rp_filter", value: "2")
        #expect(try kernel.readSysctls(names).prefix(2).map(\.value) == ["1", "2"])
        #expect(try outputOf("cat", "/proc/sys/net/ipv4/ip_forward") == "1\n")
        let elsewhere = try NamespaceThread().perform { try KernelConnection().readSysctls(["net.ipv4.ip_forward"]) }
        #expect(elsewhere.map(\.value) == ["0"])
    }

    @Test(arguments: [
        "net", "kernel.panic", "net..x", "net.ipv4./", "net.ipv4.//.x", "net.ipv4.//.//.kernel.panic", "",
        "net.ipv4.a b",
        "net.ipv4.\0", "../net.ipv4.ip_forward",
    ])
    func namesThatLeadElsewhereAreRefused(name: String) throws {
        let error = #expect(throws: KernelStateError.self) { try read(name) }
        #expect(error?.errno == .invalidArgument)
        #expect(error?.message == name)
    }

    @Test func aValueThatTheKernelRefusesIsReportedWithTheSetting() throws {
        let error = #expect(throws: KernelStateError.self) { try write("net.ipv4.ip_forward", "many") }
        #expect(error?.cause == .system)
        #expect(error?.errno == .invalidArgument)
        #expect(error?.message == "net.ipv4.ip_forward")
    }

    private func read(_ name: String) throws {
        _ = try KernelConnection().readSysctls([name])
    }

    private func write(_ name: String, _ value: String) throws {
        try KernelConnection().writeSysctl(name, value: value)
    }
}
