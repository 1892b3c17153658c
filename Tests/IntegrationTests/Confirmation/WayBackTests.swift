import Glibc
import TestSupport
import Testing

/// What can come back comes back: one thing that cannot keeps no other from it.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct WayBackTests {
    /// A host with two interfaces, a router at the first.
    private func withHost(_ body: (_ weir: Weir, _ host: Host, _ router: Host) throws -> Void) throws {
        try withWeir { weir in
            let lab = Lab()
            let host = try lab.here("host")
            let router = try lab.host("router")
            try lab.link(
                host.port("eth0", "192.0.2.1/24", "2001:db8::1/64"),
                router.port("cable0", "192.0.2.2/24", "2001:db8::2/64")
            )
            try lab.link(host.port("eth1", "198.51.100.1/24"), router.port("cable1", "198.51.100.2/24"))
            try body(weir, host, router)
        }
    }

    private func waitFor(_ what: String, seconds: Double = 30, _ condition: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try condition() { return }
            pause(milliseconds: 50)
        }
        Issue.record("in vain: \(what)")
    }

    private static let former = """
        policy in drop
        accept in tcp dport ssh
        route 203.0.113.0/24 dev eth1
        route 100.64.0.0/10 dev eth1
        route default via 192.0.2.2
        rule from 10.0.0.0/8 lookup 7 priority 10000

        """

    /// What happens while a change waits, so that some of what was before cannot come back.
    @Test(arguments: [
        "ip link delete eth1", "ip link set eth1 down && ip link set eth1 name other0",
        "ip address add 100.64.0.1/10 dev eth0 && ip route add 203.0.113.0/24 dev eth0",
        "nft add table inet weir '{ flags dormant; }'",
        "ip link set eth1 down && ip link set eth1 name \"$(printf '\\377\\376')\"",
    ])
    func theDefaultRouteComesBackWhateverElseCannot(event: String) throws {
        try withHost { weir, _, _ in
            try weir.apply(rules: Self.former)
            let table = try outputOf("nft", "--stateless", "list", "table", "inet", "weir")
            let file = try weir.write("policy in drop\ncount in \"nobody\"\n", to: "new.weir")
            try weir.apply(file, ["--confirm", "2s", "--allow-no-default-route"])
            try outputOf("sh", "-ec", event)
            try waitFor("the default route") { try outputOf("ip", "route", "show", "default").contains("192.0.2.2") }
            try waitFor("the rules") { try outputOf("nft", "--stateless", "list", "table", "inet", "weir") == table }
            #expect(try outputOf("ip", "rule").contains("from 10.0.0.0/8"))
        }
    }

    /// The kernel would delete the first rule that has all that Weir's has: such a one stays, and Weir's after it.
    @Test func aRuleThatCannotBeDeletedKeepsNoOtherAway() throws {
        try withHost { weir, _, _ in
            try weir.apply(rules: Self.former)
            let rule = "from 10.64.0.0/10 lookup 7 priority 10001"
            let file = try weir.write("rule \(rule)\nrule from 10.96.0.0/11 lookup 7 priority 10002\n", to: "new.weir")
            try weir.apply(file, ["--confirm", "1h", "--allow-no-default-route"])
            let script = """
                ip rule del \(rule)
                ip rule add \(rule) protocol 172 uidrange 0-0
                ip rule add \(rule) protocol 172
                """
            try outputOf("sh", "-ec", script)
            try weir.run("cancel").finished(21)
            let rules = try outputOf("ip", "rule")
            #expect(rules.contains("from 10.0.0.0/8") && rules.contains("uidrange 0-0"), "\(rules)")
            #expect(!rules.contains("10002"), "\(rules)")
        }
    }

    /// An address is as much a part of what was before as a route.
    @Test func whatCannotComeBackIsNamed() throws {
        try withHost { weir, _, _ in
            let file = try weir.write("sysctl net.ipv6.conf.eth0.disable_ipv6 = 1\n")
            try weir.apply(file, ["--confirm", "1h"])
            try outputOf("ip", "link", "delete", "eth0")
            let result = try weir.run("cancel")
            result.finished(21)
            #expect(
                result.errorOutput.contains("was to be rolled back because it was cancelled"),
                "\(result.errorOutput)"
            )
            #expect(result.errorOutput.contains("+ address 2001:db8::1/64"), "\(result.errorOutput)")
        }
    }

    /// Otherwise Weir could never be taken away.
    @Test(arguments: ["ip link delete eth1", "ip address flush dev eth1", "ip link set eth1 down"])
    func anAdoptedRouteThatCannotComeBackIsForgotten(event: String) throws {
        try withHost { weir, _, _ in
            try outputOf(
                "ip",
                "route",
                "add",
                "203.0.113.0/24",
                "via",
                "198.51.100.2",
                "dev",
                "eth1",
                "proto",
                "static"
            )
            let file = try weir.write("policy in drop\naccept in tcp dport ssh\nroute 203.0.113.0/24 via 192.0.2.2\n")
            try weir.apply(file, ["--adopt"])
            try outputOf("sh", "-ec", event)
            let result = try weir.run("revert", ["--yes"])
            result.finished(0)
            #expect(result.errorOutput.contains("203.0.113.0/24"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains("which had to give way, is not brought back"), "\(result.errorOutput)")
            #expect(try outputOf("nft", "list", "tables").isEmpty)
            #expect(try outputOf("ip", "route", "show", "203.0.113.0/24").isEmpty)
            #expect(try weir.run("status").status == 0)
        }
    }

    // MARK: Settings

    /// The kernel sets `accept_redirects` to the opposite of forwarding: what was before comes back, whichever it was.
    @Test(arguments: ["0", "1"], ["revert", "cancel"])
    func whatForwardingTakesAlongComesBack(value: String, way: String) throws {
        try withWeir { weir in
            let name = "net.ipv4.conf.all.accept_redirects"
            try outputOf("sysctl", "\(name)=\(value)")
            let file = try weir.write("sysctl net.ipv4.ip_forward = 1\n")
            try weir.apply(file, way == "cancel" ? ["--confirm", "1h"] : [])
            #expect(try outputOf("sysctl", "-n", name) == "0\n")
            try weir.run(way, way == "cancel" ? [] : ["--yes"]).succeeded()
            #expect(try outputOf("sysctl", "-n", name) == "\(value)\n")
            #expect(try outputOf("sysctl", "-n", "net.ipv4.ip_forward") == "0\n")
        }
    }

    /// Sends a router advertisement to the host, and waits for its default route.
    private func advertise(_ router: Host) throws {
        let script = """
            import socket, struct
            message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            s.sendto(message, ("ff02::1", 0, 0, socket.if_nametoindex("cable0")))
            """
        try waitFor("a route from a router advertisement") {
            try router.outputOf("python3", "-c", script)
            return try outputOf("ip", "-6", "route", "show", "default").contains("proto ra")
        }
    }

    @Test func forwardingThatTakesTheDefaultRouteIsRefusedAndRollsBack() throws {
        try withHost { weir, host, router in
            try outputOf("sysctl", "net.ipv6.conf.eth0.accept_ra=1")
            try advertise(router)
            let file = try weir.write("sysctl net.ipv6.conf.all.forwarding = 1\n")
            let refused = try weir.run("apply", ["--yes", file])
            refused.finished(25)
            #expect(refused.errorOutput.contains("--allow-no-default-route"), "\(refused.errorOutput)")
            #expect(try outputOf("ip", "-6", "route", "show", "default").contains("proto ra"))
            try weir.apply(file, ["--allow-no-default-route", "--confirm", "1h"])
            #expect(try outputOf("ip", "-6", "route", "show", "default").isEmpty)
            try weir.run("cancel").succeeded()
            #expect(try outputOf("ip", "-6", "route", "show", "default").contains("proto ra"))
            // Where advertisements are heeded all the same nothing is lost.
            try outputOf("sysctl", "net.ipv6.conf.eth0.accept_ra=2")
            try weir.apply(file)
            #expect(try outputOf("ip", "-6", "route", "show", "default").contains("proto ra"))
        }
    }

    /// A file that says both: the kernel has to know that advertisements are heeded before it becomes a router.
    @Test(arguments: ["all", "eth0"])
    func aRouterThatHeedsAdvertisementsKeepsItsDefaultRoute(interface: String) throws {
        try withHost { weir, _, router in
            try outputOf("sysctl", "net.ipv6.conf.eth0.accept_ra=1")
            try advertise(router)
            let forwarding = "sysctl net.ipv6.conf.\(interface).forwarding = 1\n"
            try weir.apply(rules: forwarding + "sysctl net.ipv6.conf.eth0.accept_ra = 2\n")
            #expect(try outputOf("ip", "-6", "route", "show", "default").contains("proto ra"))
        }
    }

    @Test(arguments: ["all", "eth0"], ["cancel", "deadline"])
    func whatSwitchingIPv6OffTakesComesBack(interface: String, way: String) throws {
        try withHost { weir, _, _ in
            try outputOf("ip", "-6", "route", "add", "2001:db8:1::/48", "via", "2001:db8::2", "proto", "static")
            try outputOf("ip", "-6", "route", "add", "default", "via", "2001:db8::2", "proto", "static")
            func listing() throws -> String {
                try outputOf("ip", "-6", "route", "show", "proto", "static")
                    + outputOf("ip", "-6", "-o", "address", "show", "dev", "eth0", "scope", "global").split(
                        separator: " "
                    )
                    .filter { $0.contains("/") }.joined()
            }
            let before = try listing()
            #expect(before.contains("2001:db8::1/64") && before.contains("default"))
            let file = try weir.write("sysctl net.ipv6.conf.\(interface).disable_ipv6 = 1\n")
            let window = way == "cancel" ? "1h" : "1s"
            try weir.apply(file, ["--allow-no-default-route", "--confirm", window])
            #expect(try !listing().contains("2001:db8::1/64"))
            if way == "cancel" { try weir.run("cancel").succeeded() }
            try waitFor("addresses and routes") { try listing() == before }
        }
    }

    /// An address with a lifetime is not Weir's to give again: before it goes it is named.
    @Test func whatARouterOrDHCPGaveIsNamed() throws {
        try withHost { weir, _, _ in
            let lease = "2001:db8::77/128 dev eth0 valid_lft 3600 preferred_lft 1800"
            try outputOf("sh", "-c", "ip address add \(lease)")
            let file = try weir.write("sysctl net.ipv6.conf.eth0.disable_ipv6 = 1\n")
            let result = try weir.run("apply", ["--yes", "--confirm", "1h", file])
            result.finished(0)
            #expect(
                result.errorOutput.contains(
                    "disable_ipv6 = 1' removes what a router or DHCP assigned: 2001:db8::77/128;"
                ),
                "\(result.errorOutput)"
            )
            #expect(!result.errorOutput.contains("2001:db8::1/64"))
            try weir.run("cancel").succeeded()
            #expect(try outputOf("ip", "-6", "address", "show", "dev", "eth0").contains("2001:db8::1/64"))
        }
    }

    // MARK: The watchdog

    /// Whoever starts it may have no more time, files or memory than he needs himself.
    @Test func theWatchdogHasNoLimits() throws {
        try withHostInWindow { host in
            let limits = "ulimit -S -t 20; ulimit -S -f 2000; ulimit -S -n 40; exec \"$@\""
            try run(["sh", "-c", limits, "sh"] + host.command("1h", "--yes")).finished(0)
            let watchdog = try host.watchdog(of: 2)
            let text = String(decoding: try #require(readFile("/proc/\(watchdog)/limits")), as: UTF8.self)
            for name in ["Max cpu time", "Max file size", "Max address space", "Max data size"] {
                let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
                #expect(line.contains("unlimited"), "\(line)")
            }
            let files = try #require(text.split(separator: "\n").first { $0.hasPrefix("Max open files") })
            #expect(!files.contains(" 40 "), "\(files)")
            // Every signal that can be is blocked: all but SIGKILL, SIGSTOP and two of the C library's own.
            let status = String(decoding: try #require(readFile("/proc/\(watchdog)/status")), as: UTF8.self)
            let blocked = try #require(status.firstMatch(of: /SigBlk:\s+([0-9a-f]+)/)?.1)
            #expect(UInt64(blocked, radix: 16).map { $0 | 0x1_8004_0100 } == .max, "\(blocked)")
            try host.weir.run("cancel").succeeded()
        }
    }
}
