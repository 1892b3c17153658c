import TestSupport
import Testing

/// A change that fails somewhere leaves nothing of itself behind, and says where it failed.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct FailedApplyTests {
    /// Statements that only the kernel can judge, on line 3 of a file, and a word of the message.
    private static let impossible = [
        ("route 10.77.0.0/16 via 10.250.0.1", "10.77.0.0/16"),
        ("route 10.77.0.0/16 dev nowhere0", "nowhere0"),
        ("route 2001:db8:77::/48 via 2001:db8:250::1 dev eth1", "2001:db8:77::/48"),
        ("route 10.77.0.0/16 via 192.0.2.2 src 10.250.0.1", "10.77.0.0/16"),
        ("sysctl net.ipv4.no_such_setting = 1", "no_such_setting"),
        ("sysctl net.ipv4.ip_forward = many", "ip_forward"),
    ]

    @Test(arguments: impossible, [true, false])
    func nothingIsLeftBehind(_ impossible: (statement: String, word: String), afterGoodRules: Bool) throws {
        try makeCorpusLinks()
        try withWeir { weir in
            if afterGoodRules {
                try weir.apply(
                    rules: "drop in tcp dport 1\nroute 10.1.0.0/16 dev eth0\nsysctl net.ipv4.ip_default_ttl = 70\n"
                )
            }
            let settings = ["net.ipv4.ip_default_ttl", "net.ipv4.ip_forward"]
            let before = try KernelText(sysctls: settings)
            let file = try weir.write(
                """
                drop in tcp dport 25
                route 10.2.0.0/16 dev eth0
                \(impossible.statement)
                rule from 10.2.0.0/16 lookup main
                sysctl net.ipv4.ip_default_ttl = 77

                """
            )
            let result = try weir.run("apply", ["--yes", file])
            #expect([20, 65, 69].contains(result.status), "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("rules.weir:3"), "\(result.errorOutput)")
            #expect(result.errorOutput.contains(impossible.word), "\(result.errorOutput)")
            expectSameText(try KernelText(sysctls: settings).text, before.text)
            // The next change is made as if nothing had been.
            try weir.apply(rules: "drop in tcp dport 26\n")
            try weir.run("revert", ["--yes"]).succeeded()
        }
    }

    /// The kernel looks for a gateway by the rules that there are when the route is made.
    @Test func aRuleThatHidesAGatewayIsNamedAsTheReason() throws {
        try makeCorpusLinks()
        try withWeir { weir in
            try weir.apply(rules: "rule ip prohibit priority 100\n")
            let file = try weir.write("route 10.77.0.0/16 via 192.0.2.99 dev eth0\n")
            let result = try weir.run("apply", ["--yes", file])
            #expect(result.status == 20)
            #expect(result.errorOutput.contains("a policy routing rule hides the route to the gateway"))
            #expect(result.errorOutput.contains("`onlink`"))
            try weir.apply(rules: "route 10.77.0.0/16 via 192.0.2.99 dev eth0 onlink\n")
        }
    }

    /// A host with an address of its own alone, as many providers give them out.
    @Test(arguments: [
        ("route default via 198.51.100.1 dev eth0", "via 198.51.100.1 dev eth0 onlink"),
        ("route default via 198.51.100.1", "via 198.51.100.1 dev IF onlink"),
        ("route default via 2001:db8::1 dev eth0", "via 2001:db8::1 dev eth0 onlink"),
        (
            "route 10.0.0.0/8 { via 198.51.100.1 dev eth0 ; via 198.51.100.2 dev eth0 }",
            "via 198.51.100.1 dev eth0 onlink"
        ),
    ])
    func aRouterOutsideOnesOwnPrefixIsSaidToBeOnTheLink(route: String, advice: String) throws {
        try outputOf("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other")
        try outputOf("ip", "address", "add", "198.51.100.10/32", "dev", "eth0")
        try outputOf("ip", "address", "add", "2001:db8::10/128", "dev", "eth0", "nodad")
        for name in ["eth0", "other"] { try outputOf("ip", "link", "set", name, "up") }
        try withWeir { weir in
            let result = try weir.run("apply", ["--yes", weir.write(route + "\n")])
            #expect(result.status == 20)
            #expect(result.errorOutput.contains("`\(advice)`"), "\(result.errorOutput)")
            let mended = route.replacing(" dev eth0", with: "").replacing(
                "198.51.100.1",
                with: "198.51.100.1 dev eth0 onlink"
            )
            .replacing("198.51.100.2", with: "198.51.100.2 dev eth0 onlink")
            .replacing("2001:db8::1", with: "2001:db8::1 dev eth0 onlink")
            try weir.apply(rules: mended + "\n")
        }
    }

    /// Of several changes at the same time each is made whole or not at all.
    @Test func changesAtTheSameTimeDoNotMix() throws {
        try withWeir { weir in
            func rules(_ number: Int) throws -> String {
                let lines = (1...50).map { "drop in tcp dport \(number * 1000 + $0)\n" }
                return try weir.write(lines.joined(), to: "\(number).weir")
            }
            let files = try (1...4).map(rules)
            let texts = try files.map { file in
                try weir.apply(file)
                return try KernelText().text
            }
            let program = [Weir.program, "apply", "--yes", "--state-dir", weir.stateDirectory]
            for _ in 1...3 {
                // Processes cannot be kept in an array: they are no copyable values.
                let one = try BackgroundProcess(program + [files[0]])
                let two = try BackgroundProcess(program + [files[1]])
                let three = try BackgroundProcess(program + ["--lock-timeout", "20", files[2]])
                let four = try BackgroundProcess(program + ["--lock-timeout", "20", files[3]])
                let results = try [one.finish(), two.finish(), three.finish(), four.finish()]
                #expect(results.allSatisfy { [0, 75].contains($0.status) }, "\(results.map(\.errorOutput))")
                #expect(results[2].status == 0 && results[3].status == 0, "they wait")
                let text = try KernelText().text
                #expect(zip(texts, results).contains { $0 == text && $1.status == 0 })
                #expect(try weir.run("status").status == 0)
            }
        }
    }

}
