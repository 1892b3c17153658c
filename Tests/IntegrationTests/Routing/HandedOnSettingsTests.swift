import TestSupport
import Testing

/// Settings that the kernel hands on to all interfaces when they change, beside those of single interfaces.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct HandedOnSettingsTests {
    private static let names = [
        "net.ipv4.ip_forward", "net.ipv4.conf.eth0.forwarding", "net.ipv4.conf.eth1.forwarding",
    ]

    private func values() throws -> [String] {
        try Self.names.map { try outputOf("sysctl", "-n", $0).filter { $0 != "\n" } }
    }

    /// Makes the two interfaces with a combination of values, and says these.
    private func setUp(_ combination: Int) throws -> [String] {
        try outputOf("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        for (index, name) in Self.names.enumerated() {
            try outputOf("sysctl", "-w", "\(name)=\(combination >> index & 1)")
        }
        return try values()
    }

    /// Each combination of what was there before: single values are written after the one for all.
    @Test(arguments: 0..<8) func theOneForAllIsWrittenFirst(_ combination: Int) throws {
        let before = try setUp(combination)
        try withWeir { weir in
            for wanted in 0..<8 {
                // The order in the file means nothing.
                let lines = Self.names.enumerated().reversed().map { index, name in
                    "sysctl \(name) = \(wanted >> index & 1)\n"
                }
                try weir.apply(rules: lines.joined())
                #expect(try values() == (0..<3).map { "\(wanted >> $0 & 1)" })
                #expect(try weir.run("status").status == 0)
            }
            // Where there is nothing to do no generation is made.
            try weir.run("rollback", ["--yes", combination == 0 ? "1" : "2"]).succeeded()
            #expect(try values() == ["1", "0", "0"])
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try values() == before)
        }
    }

    /// The route cannot be made, and what was done before it is rolled back.
    @Test(arguments: 0..<8) func aFailureTakesAllOfItBack(_ combination: Int) throws {
        let before = try setUp(combination)
        try withWeir { weir in
            for wanted in 0..<8 {
                let lines = Self.names.enumerated().map { index, name in "sysctl \(name) = \(wanted >> index & 1)\n" }
                // The kernel takes the number, and says another one when it is asked.
                let file = try weir.write(lines.joined() + "sysctl net.ipv4.conf.eth0.rp_filter = 007\n")
                let result = try weir.run("apply", ["--yes", file])
                #expect(result.status == 20 || result.status == 65, "\(result.status) \(result.errorOutput)")
                #expect(try values() == before, "\(wanted)")
            }
        }
    }
}
