import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct LogAndCountTests {
    @Test(arguments: Loader.allCases)
    func packetsAreLoggedToTheGroupWithThePrefix(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let listener = try LogListener(group: 5)
            let rules = """
                log "mail: " group 5 in tcp dport 25
                drop in udp dport 53 log "name: " group 5
                log group 6 out icmp

                """
            try loader.load(try weir.write(rules), by: weir)
            let mail = arriving(.tcp(25))
            let name = arriving(.udp(53).v6, .vanishes)
            for step in [mail, arriving(.tcp(26)), name, leaving(.ping)] { try host.check(step, in: rules) }
            #expect(
                listener.entries() == [
                    .init(prefix: "mail: ", packet: mail.packet), .init(prefix: "name: ", packet: name.packet),
                ]
            )
        }
    }

    @Test func whatAPolicyDropsIsCounted() throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let rules = "accept in tcp dport 25\naccept in icmpv6\npolicy in drop\n"
            func dropped() throws -> Substring? {
                let shown = try weir.run("show", ["--counters"]).succeeded().output
                return shown.firstMatch(of: /policy drop {3}([0-9]+ packets, [0-9]+ bytes)/)?.1
            }
            try weir.apply(rules: rules)
            #expect(try dropped() == "0 packets, 0 bytes")
            for packet in [Packet.tcp(26), .tcp(26).v6, .udp(53)] {
                try host.check(arriving(packet, .vanishes), in: rules)
            }
            try host.check(arriving(.tcp(25)), in: rules)
            #expect(try dropped() == "3 packets, 132 bytes")
            // It makes no difference, and goes on where the chain stays.
            #expect(try weir.run("status").succeeded().output.contains("as generation 1 left it"))
            try weir.apply(rules: rules + "accept in tcp dport 27\n")
            #expect(try dropped() == "3 packets, 132 bytes")
            try weir.apply(rules: rules.replacing("drop", with: "accept"))
            #expect(try dropped() == nil)
            try weir.apply(rules: rules)
            #expect(try dropped() == "0 packets, 0 bytes")
            try weir.run("rollback", ["--yes", "2"]).succeeded()
            try host.check(arriving(.udp(54), .vanishes), in: rules)
            #expect(try dropped() == "1 packets, 32 bytes")
            try weir.apply(rules: rules + "option counters off\n")
            try weir.run("revert", ["--yes"]).succeeded()
            try weir.apply(rules: rules + "option counters off\n")
            #expect(try dropped() == nil)
        }
    }

    @Test func packetsAndBytesAreCounted() throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let rules = """
                count in tcp dport 25
                drop in udp
                accept in icmp

                """
            try weir.apply(rules: rules)
            for packet in [Packet.tcp(25), .tcp(25, from: 40001), .tcp(26)] {
                try host.check(arriving(packet), in: rules)
            }
            try host.check(arriving(.udp(53), .vanishes), in: rules)
            let listing = try outputOf("nft", "list", "chain", "inet", "weir", "input")
            #expect(listing.contains("tcp dport 25 counter packets 2 bytes 80\n"))
            #expect(listing.contains("meta l4proto udp counter packets 1 bytes 32 drop\n"))
            let shown = try weir.run("show", ["--counters"]).succeeded().output
            for line in shown.split(separator: "\n") where line.contains("tcp dport 25") {
                #expect(line.contains("2 packets") && line.contains("80 bytes"))
            }
            #expect(shown.contains("tcp dport 25"))
        }
    }

    @Test func nothingIsCountedWhereNobodyWantsIt() throws {
        try withWeir { weir in
            try weir.apply(rules: "option counters off\ncount in tcp dport 25\ndrop in udp\n")
            let listing = try outputOf("nft", "list", "table", "inet", "weir")
            #expect(listing.contains("tcp dport 25 counter packets 0 bytes 0\n"))
            #expect(listing.contains("meta l4proto udp drop\n"))
        }
    }

    /// What goes to the kernel's log is not to be seen from here, but the kernel knows where it goes.
    @Test func levelsAndPrefixesGetToTheKernel() throws {
        try withWeir { weir in
            try weir.apply(
                rules: """
                    option counters off
                    log "plain: " in tcp
                    log "grave: " level crit in udp
                    drop in icmp log "gone: " level debug

                    """
            )
            let listing = try outputOf("nft", "list", "chain", "inet", "weir", "input")
            #expect(listing.contains("meta l4proto tcp log prefix \"plain: \"\n"))
            #expect(listing.contains("meta l4proto udp log prefix \"grave: \" level crit\n"))
            #expect(listing.contains("log prefix \"gone: \" level debug drop\n"))
        }
    }
}
