import TestSupport
import Testing

/// Another program puts into Weir's own table what has names that are no text: it is found, shown, and taken away exactly.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct NamesInWeirsTableTests {
    /// nft(8) refuses such names; the kernel does not.
    private static let script = """
        import socket, struct
        def attribute(kind, data):
            return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)
        def message(kind, flags, family, resource, body):
            payload = struct.pack(">BBH", family, 0, resource) + body
            return struct.pack("IHHII", 16 + len(payload), kind, flags, 1, 0) + payload
        def number(kind, value):
            return attribute(kind, struct.pack(">I", value))
        table = attribute(1, b"weir\\0")
        chains, sets, rules = b"", b"", b""
        # Not UTF-8; the same letter in two ways; text that would be taken for such an escape; what a terminal would obey.
        names = [b"caf\\xe9", "\\u00e9".encode(), "e\\u0301".encode(), "\\U0010ff80".encode(), b"a\\x1b[31m", b"\\x80"]
        for identity, name in enumerate(names):
            chains += message(10 << 8 | 3, 0x401, 1, 0, table + attribute(3, name + b"\\0"))
            sets += message(10 << 8 | 9, 0x401, 1, 0, table + attribute(2, name + b"\\0") + number(3, 0)
                + number(4, 13) + number(5, 2) + number(10, identity))
            jump = attribute(1, attribute(1, b"immediate\\0") + attribute(0x8002, number(1, 0)
                + attribute(0x8002, attribute(0x8002, number(1, 0xfffffffd) + attribute(2, name + b"\\0")))))
            comment = b"\\x00\\x03\\xff\\xfe\\x00"
            rules += message(10 << 8 | 6, 0xc01, 1, 0, table + attribute(2, b"input\\0") + attribute(0x8004, jump)
                + attribute(7, comment))
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        netlink.settimeout(5)
        netlink.send(message(16, 1, 0, 10, b"") + chains + sets + rules + message(17, 1, 0, 10, b""))
        netlink.send(message(10 << 8 | 16, 5, 0, 0, b""))
        answer = netlink.recv(65536)
        kind, error = struct.unpack_from("=H", answer, 4)[0], struct.unpack_from("=i", answer, 16)[0]
        assert kind != 2 or error == 0, error
        """

    @Test func whatOthersCallWhateverTheyLikeIsTakenAway() throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\naccept in tcp dport 22\n")
            try weir.apply(file)
            let before = try outputOf("nft", "list", "table", "inet", "weir")
            try outputOf("python3", "-c", Self.script)
            let plan = try weir.run("plan", [file]).succeeded()
            for name in [#"caf\xE9"#, "é", #"e\xCC\x81"#, #"\xF4\x8F\xBE\x80"#, "a␛[31m", #"\x80"#] {
                #expect(
                    plan.output.contains("- chain \(name)") || plan.output.contains("-   chain \(name)"),
                    "\(name)\n\(plan.output)"
                )
                #expect(plan.output.contains("set \(name)"), "\(name)")
            }
            let json = try weir.run("plan", ["--json", file]).succeeded()
            #expect(json.output.contains(#"caf\udbff\udfe9"#))
            #expect(json.standardOutput.allSatisfy { $0 < 0x80 || $0 == 0xc3 || $0 == 0xa9 })
            try weir.apply(file)
            #expect(try outputOf("nft", "list", "table", "inet", "weir") == before)
            #expect(try weir.run("plan", ["--exit-code", file]).status == 0)
        }
    }

    /// They are there again if the change is rolled back.
    @Test func whatIsTakenAwayComesBackByteForByte() throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\naccept in tcp dport 22\n")
            try weir.apply(file)
            try outputOf("python3", "-c", Self.script)
            let plan = try weir.run("plan", [file]).succeeded().output
            #expect(try weir.run("apply", ["--yes", "--confirm", "1s", "--wait", file]).status == 22)
            #expect(try weir.run("plan", [file]).succeeded().output == plan)
        }
    }

    @Test func aRuleOfWeirsProtocolByAnInterfaceWhoseNameIsNoTextIsTakenAway() throws {
        try withWeir { weir in
            let file = try weir.write("rule from 192.0.2.0/24 lookup main priority 100\n")
            try weir.apply(file)
            let before = try outputOf("ip", "rule")
            let number = try #require(before.firstRange(of: "proto ")).upperBound
            let name = before[number...].prefix { !$0.isWhitespace }
            let script = #"ip rule add iif "$(printf 'caf\351')" priority 99 lookup main protocol \#(name)"#
            try outputOf("sh", "-c", script)
            let plan = try weir.run("plan", [file]).succeeded()
            #expect(plan.output.contains("- a policy routing rule at priority 99"), "\(plan.output)")
            try weir.apply(file)
            #expect(try outputOf("ip", "rule") == before)
        }
    }
}
