import TestSupport
import Testing

/// The kernel takes almost any bytes for a name. Whatever others call what is theirs, Weir goes on.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct OddNamesTests {
    /// As printf(1) writes them: Latin-1, UTF-8, an escape sequence, and one that is almost a path.
    private static let names = [#"caf\351"#, #"lan-b\303\274ro"#, #"a\033[31m"#, #"..."#]

    @Test(arguments: names) func interfacesMayHaveAnyName(_ name: String) throws {
        try outputOf("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        try outputOf("ip", "address", "add", "192.0.2.1/24", "dev", "eth0")
        try outputOf("ip", "link", "set", "eth0", "up")
        try outputOf("sh", "-c", #"ip link add "$(printf '\#(name)')" type veth peer name peer"#)
        // A route and a rule of somebody else by it.
        try outputOf("sh", "-c", #"ip link set "$(printf '\#(name)')" up; ip link set peer up"#)
        try outputOf("sh", "-c", #"ip route add 203.0.113.0/24 dev "$(printf '\#(name)')""#)
        try outputOf("sh", "-c", #"ip rule add iif "$(printf '\#(name)')" lookup main priority 77"#)
        try goOn()
    }

    /// nft(8) refuses such a name; the kernel does not.
    @Test func tablesMayHaveAnyName() throws {
        let script = """
            import socket, struct
            def attribute(kind, data):
                return struct.pack("HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)
            def message(kind, flags, family, resource, body, number):
                payload = struct.pack(">BBH", family, 0, resource) + body
                return struct.pack("IHHII", 16 + len(payload), kind, flags, number, 0) + payload
            netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
            table = attribute(1, b"caf\\xe9\\0") + attribute(2, bytes(4))
            hook = attribute(4, attribute(1, struct.pack(">I", 1)) + attribute(2, bytes(4)))
            chain = attribute(1, b"caf\\xe9\\0") + attribute(3, b"\\xff\\0") + hook + attribute(7, b"filter\\0")
            netlink.send(
                message(16, 1, 0, 10, b"", 1) + message(10 << 8, 0x401, 2, 0, table, 2)
                + message(10 << 8 | 3, 0x401, 2, 0, chain, 3) + message(17, 1, 0, 10, b"", 4))
            """
        try outputOf("python3", "-c", script)
        let tables = try run("nft", "list", "tables")
        try #require(tables.output.contains("caf") || tables.errorOutput.contains("caf"))
        try goOn()
    }

    /// Everything that reads the kernel does so.
    private func goOn() throws {
        try withWeir { weir in
            let file = try weir.write("policy in drop\naccept in tcp dport 22\nroute 198.51.100.0/24 dev lo\n")
            try weir.run("plan", [file]).succeeded()
            try weir.run("plan", ["--rehearse", file]).succeeded()
            try weir.apply(file)
            try weir.run("status").succeeded()
            let doctor = try weir.run("doctor")
            #expect(doctor.status == 0 || doctor.status == 2, "\(doctor.errorOutput)")
            let window = try weir.write("policy in drop\n", to: "window.weir")
            #expect(try weir.run("apply", ["--yes", "--confirm", "1s", "--wait", window]).status == 22)
            try weir.run("revert", ["--yes"]).succeeded()
        }
    }
}
