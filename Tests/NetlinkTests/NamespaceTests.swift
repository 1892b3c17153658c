import Glibc
import Netlink
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct NamespaceTests {
    @Test func aSocketOpenedInAnotherNamespaceWorksThereAndTheThreadStays() throws {
        let other = try NamespaceThread()
        _ = try other.perform { () throws(ProcessFailure) in try outputOf("nft", "add table inet there") }
        try outputOf("nft", "add table inet here")

        let namespace = try NetworkNamespace(path: FilePath(other.path))
        var remote = try NetlinkSocket(.netfilter, in: namespace)
        var local = try NetlinkSocket(.netfilter)
        #expect(try remote.names(NfTables.getTable, attribute: 1) == ["there"])
        #expect(try local.names(NfTables.getTable, attribute: 1) == ["here"])
        #expect(try outputOf("nft", "list", "tables") == "table inet here\n")

        #expect(try namespace.identity() != NetworkNamespace().identity())
        #expect(try namespace.identity() == NetworkNamespace(path: FilePath(other.path)).identity())
        #expect(remote.namespaceCookie != nil)
        #expect(remote.namespaceCookie != local.namespaceCookie)
        #expect(local.namespaceCookie == (try NetlinkSocket(.route)).namespaceCookie)
    }

    /// Namespaces of threads, of processes, mounted ones and those that are only held open are found as long as they are there.
    @Test func aNamespaceIsFoundByItsNumberWhileItIsThere() throws {
        var cookie: UInt64 = 0
        do {
            let other = try NamespaceThread()
            let number = try NetlinkSocket(.route, in: NetworkNamespace(path: FilePath(other.path))).namespaceCookie
            cookie = try #require(number)
            #expect(NetworkNamespace.presence(ofCookie: cookie) == .present)
        }
        var tries = 0
        // The kernel takes its time to free one.
        while NetworkNamespace.presence(ofCookie: cookie) == .present, tries < 1000 {
            usleep(10_000)
            tries += 1
        }
        #expect(NetworkNamespace.presence(ofCookie: cookie) != .present)

        let own = try NetlinkSocket(.route).namespaceCookie
        #expect(NetworkNamespace.presence(ofCookie: try #require(own)) == .present)

        // A process is in one of its own, goes to another one, and keeps a descriptor of the first.
        let script = """
            import ctypes, os, time
            libc = ctypes.CDLL(None)
            libc.unshare(0x40000000)
            os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            libc.unshare(0x40000000)
            print("left", flush=True)
            time.sleep(600)
            """
        let holder = try BackgroundProcess(["python3", "-c", script])
        try holder.waitForOutput(containing: "left")
        let directory = "/proc/\(holder.processID)/fd"
        let cookies = directoryContents(directory).compactMap { name -> UInt64? in
            guard let namespace = try? NetworkNamespace(path: FilePath("\(directory)/\(name)")) else { return nil }
            return (try? NetlinkSocket(.route, in: namespace))?.namespaceCookie
        }
        let number = try #require(cookies.first)
        #expect(NetworkNamespace.presence(ofCookie: number) == .present)
    }

    @Test func aMissingNamespaceIsNamedInTheError() throws {
        do {
            _ = try NetworkNamespace(named: "no-such-namespace")
            Issue.record("a missing namespace was opened")
        } catch {
            #expect(error.errno == .noSuchFileOrDirectory)
            #expect(error.description.contains("/run/netns/no-such-namespace"))
        }
    }

    @Test func aFileThatIsNoNamespaceIsRefused() throws {
        let file = try NetworkNamespace(named: "/proc/self/ns/mnt")
        do {
            _ = try NetlinkSocket(.netfilter, in: file)
            Issue.record("a mount namespace was entered")
        } catch {
            #expect(error.operation == .enterNamespace)
            #expect(error.errno == .invalidArgument)
        }
    }

    @Test func workInANamespaceSeesItsSystemControls() throws {
        let other = try NamespaceThread()
        _ = try other.perform { () throws(ProcessFailure) in
            try outputOf("sysctl", "-q", "net.ipv4.ip_forward=1")
        }
        let namespace = try NetworkNamespace(path: FilePath(other.path))
        let read: @Sendable () -> String? = {
            guard let file = try? FileDescriptor.open("/proc/sys/net/ipv4/ip_forward", .readOnly) else { return nil }
            var byte: UInt8 = 0
            _ = try? file.closeAfter { try withUnsafeMutableBytes(of: &byte) { try file.read(into: $0) } }
            return String(UnicodeScalar(byte))
        }
        #expect(try namespace.perform(read) == "1")
        #expect(read() == "0")
    }

    @Test func theBootHasAnIdentity() throws {
        let boot = try BootIdentity.current()
        #expect(boot.text.count == 36)
        #expect(try BootIdentity.current() == boot)
    }

    /// Thirty cases at the same time: each finds its own table and nothing else.
    @Test(arguments: 1...30) func parallelCasesDoNotSeeEachOther(number: Int) async throws {
        try outputOf("nft", "add table inet t\(number)")
        try await Task.sleep(for: .milliseconds(20))
        #expect(try outputOf("nft", "list", "tables") == "table inet t\(number)\n")
        async let seen = tables()
        #expect(try await seen == ["t\(number)"])
    }

    private func tables() async throws -> [String] {
        var socket = try NetlinkSocket(.netfilter)
        return try socket.names(NfTables.getTable, attribute: 1)
    }
}
