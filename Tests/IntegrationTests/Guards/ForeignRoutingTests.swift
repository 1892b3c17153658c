import Glibc
import TestSupport
import Testing

/// What other programs have made of routing decides with Weir's rules: a session from a network behind a router, in situations that are not
/// Weir's, and files that would cut it.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct ForeignRoutingTests {
    struct Situation: CustomTestStringConvertible {
        var name: String
        /// The arguments of ip(8), and settings, `NAME=VALUE`.
        var commands: [String]
        var file: String
        var testDescription: String { "\(name): \(file.replacing("\n", with: "; "))" }
    }

    /// What wg-quick(8) makes: everything but what is marked, and what has a better way than the default, goes by a table of its own.
    private static let wireGuard = [
        "route add default via 192.0.2.2 table 51820",
        "route add default via 198.51.100.2",
        "rule add priority 32765 not fwmark 51820 lookup 51820",
        "rule add priority 32764 lookup main suppress_prefixlength 0",
    ]

    static let cuts = [
        Situation(
            name: "wg-quick",
            commands: wireGuard,
            file: "table tunnel = 51820\nroute blackhole 203.0.113.0/24 table tunnel\n"
        ),
        Situation(name: "wg-quick", commands: wireGuard, file: "route unreachable 203.0.113.0/24\n"),
        Situation(name: "wg-quick", commands: wireGuard, file: "rule fwmark 0 prohibit priority 32000\n"),
        Situation(
            name: "wg-quick",
            commands: wireGuard,
            file: "set mark 51820 out tcp sport 22\ntable off = 77\nroute blackhole 203.0.113.0/24\n"
        ),
        Situation(
            name: "a rule for the port of ssh",
            commands: ["route add default via 192.0.2.2", "rule add priority 500 ipproto tcp sport 22 lookup 77"],
            file: "table other = 77\nroute prohibit 203.0.113.0/24 table other\n"
        ),
        Situation(
            name: "a rule for root's sockets",
            commands: ["route add default via 192.0.2.2", "rule add priority 500 uidrange 0-0 lookup 77"],
            file: "table other = 77\nroute blackhole 203.0.113.0/24 table other\n"
        ),
        Situation(
            name: "a rule that goes on elsewhere",
            commands: [
                "route add default via 192.0.2.2", "rule add priority 900 lookup 77",
                "rule add priority 600 blackhole", "rule add priority 500 goto 900",
            ],
            file: "table other = 77\nroute unreachable default table other\n"
        ),
        Situation(
            name: "marks count for the check of sources",
            commands: [
                "route add default via 192.0.2.2", "route add default via 198.51.100.2 table 77",
                "rule add priority 500 fwmark 7 lookup 77", "net.ipv4.conf.eth0.src_valid_mark=1",
                "net.ipv4.conf.eth0.rp_filter=1",
            ],
            file: "chain early hook prerouting priority raw {\nset mark 7\n}\nroute 10.77.0.0/16 via 198.51.100.2\n"
        ),
    ]

    @Test(arguments: cuts)
    func aFileThatCutsIsRefused(_ situation: Situation) throws {
        let session = try SessionUnderTest(isFar: true)
        try session.withWeir { weir in
            try session.make(situation.commands)
            try #require(session.carries() && session.carries())
            let file = try weir.write(situation.file)
            let refused = try weir.run("apply", ["--yes", file])
            #expect(refused.status == 25, "\(refused.output)\(refused.errorOutput)")
            #expect(refused.errorOutput.contains("your ssh session from 203.0.113.7:"), "\(refused.errorOutput)")
            #expect(session.carries())
            // What was foretold happens.
            try weir.run("apply", ["--yes", "--allow-lockout", "--allow-unjudged", file]).succeeded()
            #expect(!session.carries(within: 0.3))
        }
    }

    static let harmless = [
        Situation(name: "wg-quick", commands: wireGuard, file: "policy in drop\naccept in tcp dport 22\n"),
        Situation(name: "wg-quick", commands: wireGuard, file: "route blackhole 203.0.114.0/24\n"),
        Situation(name: "wg-quick", commands: wireGuard, file: "rule fwmark 7 blackhole\n"),
        Situation(
            name: "a rule for the port of ssh",
            commands: [
                "route add default via 198.51.100.2", "route add default via 192.0.2.2 table 77",
                "rule add priority 500 ipproto tcp sport 22 lookup 77",
            ],
            file: "route 10.77.0.0/16 via 198.51.100.2\n"
        ),
        Situation(
            name: "rules for other ports and users",
            commands: [
                "route add default via 192.0.2.2", "rule add priority 500 ipproto tcp sport 2200-2300 blackhole",
                "rule add priority 501 uidrange 1000-2000 prohibit", "rule add priority 502 ipproto udp blackhole",
            ],
            file: "drop in tcp dport 80\nroute 10.77.0.0/16 via 198.51.100.2\n"
        ),
        Situation(
            name: "a rule that goes on elsewhere",
            commands: [
                "route add default via 192.0.2.2", "rule add priority 900 lookup 77",
                "rule add priority 600 blackhole", "rule add priority 500 goto 900",
            ],
            file: "drop in tcp dport 80\nroute 10.77.0.0/16 via 198.51.100.2\n"
        ),
        Situation(
            name: "a rule for a mark with bits outside of its mask",
            commands: ["route add default via 192.0.2.2", "rule add priority 500 fwmark 0x107/0xff blackhole"],
            file: "drop in tcp dport 80\nroute 10.77.0.0/16 via 198.51.100.2\n"
        ),
        // Weir knows no groups of interfaces; the kernel does, and says which way packets go.
        Situation(
            name: "a rule that looks away from routes by a group of interfaces",
            commands: [
                "link set eth1 group 5", "route add default via 192.0.2.2",
                "route add default via 198.51.100.2 table 77",
                "rule add priority 500 lookup 77 suppress_ifgroup 5",
            ],
            file: "drop out on eth1 tcp sport 22\n"
        ),
    ]

    @Test(arguments: harmless)
    func aFileThatDoesNotIsMade(_ situation: Situation) throws {
        let session = try SessionUnderTest(isFar: true)
        try session.withWeir { weir in
            try session.make(situation.commands)
            try #require(session.carries() && session.carries())
            let made = try weir.run("apply", ["--yes", weir.write(situation.file)])
            #expect(made.status == 0, "\(made.errorOutput)")
            #expect(session.carries() && session.carries())
        }
    }
}
