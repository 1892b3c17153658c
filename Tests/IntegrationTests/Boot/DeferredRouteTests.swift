import TestSupport
import Testing

/// Routes whose interfaces and addresses come later than `weir restore`.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct DeferredRouteTests {
    private static let rules = """
        route 10.1.0.0/16 dev eth0
        route 10.2.0.0/16 via 192.0.2.9
        route 10.3.0.0/16 { via 192.0.2.8 dev eth0; dev vpn0 }
        route 10.4.0.0/16 dev eth0 src 192.0.2.1
        route 2001:db8:1::/48 via 2001:db8::9 dev eth0
        route 2001:db8:2::/48 dev vpn0
        route blackhole 10.5.0.0/16
        rule from 10.6.0.0/16 iif vpn0 lookup 100 priority 1000
        sysctl net.ipv4.conf.vpn0.rp_filter = 2

        """

    private static let addLinks = """
        link add eth0 type veth peer name eth0-peer
        link add vpn0 type veth peer name vpn0-peer

        """

    private static let configureLinks = """
        link set eth0 up
        link set eth0-peer up
        link set vpn0 up
        link set vpn0-peer up
        address add 192.0.2.1/24 dev eth0
        address add 2001:db8::1/64 dev eth0 nodad

        """

    private static func routes() throws -> String {
        try outputOf("ip", "-4", "route", "show", "table", "all", "proto", "172")
            + outputOf("ip", "-6", "route", "show", "table", "all", "proto", "172") + outputOf("ip", "rule")
            + outputOf("sysctl", "net.ipv4.conf.vpn0.rp_filter")
    }

    /// Applies the rules before the boot; returns what the kernel had then.
    private func apply(_ former: FormerHost) throws -> String {
        try former.perform { weir in
            try outputOf("ip", "-batch", "-", input: Self.addLinks + Self.configureLinks)
            try weir.apply(rules: Self.rules)
            return try Self.routes()
        }
    }

    @Test func whatIsMissingIsNamed() throws {
        try withFormerHost { former, weir in
            _ = try apply(former)
            try outputOf("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth0-peer")
            let result = try weir.run("restore")
            result.finished(2)
            let lines = result.output.split(separator: "\n").dropFirst().map(String.init)
            #expect(lines.contains("waits: route 10.1.0.0/16 dev eth0: the interface 'eth0' is down"))
            #expect(lines.contains { $0.hasPrefix("waits: route 10.2.0.0/16 via 192.0.2.9: Network is unreachable") })
            #expect(lines.contains("waits: route 2001:db8:2::/48 dev vpn0: there is no interface 'vpn0'"))
            #expect(
                lines.contains(
                    "waits: sysctl net.ipv4.conf.vpn0.rp_filter = 2: the kernel has no such setting"
                )
            )
            #expect(lines.count == 7)
            #expect(result.errorOutput.isEmpty)
            // What can be there is.
            #expect(try outputOf("ip", "route", "show", "proto", "172") == "blackhole 10.5.0.0/16 \n")
            #expect(try outputOf("ip", "rule").contains("1000:\tfrom 10.6.0.0/16 iif vpn0 [detached] lookup 100"))
            let document = try weir.run("restore", ["--json"])
            document.finished(2)
            #expect(document.output.contains("\"what\" : \"route 10.1.0.0/16 dev eth0\""))
        }
    }

    @Test func itIsMadeWhenLinksAndAddressesCome() throws {
        try withFormerHost { former, weir in
            let applied = try apply(former)
            let restore = try weir.start(["restore", "--wait", "--state-dir", weir.stateDirectory])
            try restore.waitForOutput(containing: "rp_filter", timeout: 60)
            // One after the other, as the network comes.
            for line in (Self.addLinks + Self.configureLinks).split(separator: "\n") {
                let isRunning = restore.isRunning
                #expect(isRunning)
                try outputOf("ip", "-batch", "-", input: "\(line)\n")
                pause(milliseconds: 30)
            }
            let result = try restore.finish(timeout: 60).succeeded()
            #expect(result.errorOutput.isEmpty)
            #expect(try Self.routes() == applied)
            #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
        }
    }

    @Test(arguments: [15, 2] as [Int32])
    func aSignalEndsTheWaiting(signal: Int32) throws {
        try withFormerHost { former, weir in
            _ = try apply(former)
            let restore = try weir.start(["restore", "--wait", "--state-dir", weir.stateDirectory])
            try restore.waitForOutput(containing: "rp_filter", timeout: 60)
            let isRunning = restore.isRunning
            #expect(isRunning)
            let result = try restore.stop(with: signal, timeout: 60)
            #expect(result.status == 128 + signal)
            // It held no lock, and left nothing that would have to be rolled back.
            #expect(try weir.run("recover").succeeded().output == "No change was interrupted.\n")
        }
    }

    /// Whoever waits does not keep others from working, and what they want counts.
    @Test func anotherGenerationEndsTheWaiting() throws {
        try withFormerHost { former, weir in
            _ = try apply(former)
            let restore = try weir.start(["restore", "--wait", "--state-dir", weir.stateDirectory])
            try restore.waitForOutput(containing: "rp_filter", timeout: 60)
            // It may be looking just now.
            let file = try weir.write("route blackhole 10.7.0.0/16\n")
            try weir.run("apply", ["--yes", "--lock-timeout", "60", file]).succeeded()
            _ = try restore.finish(timeout: 60).succeeded()
            #expect(try outputOf("ip", "route", "show", "proto", "172") == "blackhole 10.7.0.0/16 \n")
        }
    }

    /// A route that others have made meanwhile is theirs.
    @Test func aRouteOfOthersIsNotReplacedAndNotWaitedFor() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: "route blackhole 10.8.0.0/16\nroute blackhole 10.9.0.0/16\n")
            try outputOf("ip", "route", "add", "prohibit", "10.8.0.0/16", "proto", "static")
            let result = try weir.run("restore", ["--wait"])
            result.finished(26)
            #expect(result.errorOutput.contains("is in the way of 'route blackhole 10.8.0.0/16'"))
            #expect(try outputOf("ip", "route").contains("prohibit 10.8.0.0/16 proto static"))
            #expect(try outputOf("ip", "route").contains("blackhole 10.9.0.0/16 proto 172"))
        }
    }
}
