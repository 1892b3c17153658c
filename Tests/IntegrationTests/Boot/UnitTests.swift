import TestSupport
import Testing

/// The systemd units as `make install` ships them, for a program in a directory of its own.
private struct Units {
    static let names = ["weir-routes.service", "weir-watch.service", "weir.service"]

    let prefix: String
    var directory: String { "\(prefix)/lib/systemd/system" }

    init(_ prefix: String) throws {
        self.prefix = prefix
        try make("install-units")
        try writeFile([], to: "\(prefix)/sbin/weir")
        try outputOf("chmod", "755", "\(prefix)/sbin/weir")
    }

    func make(_ target: String) throws {
        try outputOf("make", "--silent", "--directory", packageDirectory, target, "PREFIX=\(prefix)", "DESTDIR=")
    }

    func text(of name: String) throws -> String {
        String(decoding: try #require(readFile("\(directory)/\(name)")), as: UTF8.self)
    }

    /// The values of a setting, in order.
    func values(of setting: String, in name: String) throws -> [String] {
        try text(of: name).split(separator: "\n").filter { $0.hasPrefix("\(setting)=") }.map {
            String($0.dropFirst(setting.utf8.count + 1))
        }
    }

    /// What systemd finds wrong with them. Of other units of the machine it may say what it likes.
    func mistakes() throws -> [String] {
        let paths = Self.names.map { "\(directory)/\($0)" }
        let result = try run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=one"] + paths)
        let lines = (result.output + result.errorOutput).split(separator: "\n").map(String.init)
        return lines.filter { $0.contains("weir") } + (result.status == 0 ? [] : ["exit status \(result.status)"])
    }
}

private func withUnits(_ body: (Units) throws -> Void) throws {
    try withTemporaryDirectory { try body(Units($0)) }
}

/// systemd-analyze(1) judges them; no systemd runs for that.
@Suite(.requires(.systemdAnalyze))
struct UnitTests {
    @Test func systemdFindsNothingWrong() throws {
        try withUnits { units in
            #expect(directoryContents(units.directory).sorted() == Units.names)
            #expect(try units.mistakes() == [])
            try units.make("uninstall-units")
            #expect(directoryContents(units.directory).isEmpty)
        }
    }

    @Test(arguments: Units.names)
    func systemdWouldFindMistakes(name: String) throws {
        let mistakes = [
            ("ProtectSystem=", "ProtectSytem="), ("\nType=", "\nType=no-"), ("/sbin/weir", "/sbin/wier"),
            ("[Service]", "[Servce]"), ("AF_NETLINK", "AF_NETLNK"), ("\nAfter=", "\nRequires=no-such.service\nAfter="),
        ]
        try withUnits { units in
            let right = try units.text(of: name)
            for (old, new) in mistakes {
                let wrong = right.replacing(old, with: new)
                try #require(wrong != right)
                try writeFile(Array(wrong.utf8), to: "\(units.directory)/\(name)")
                #expect(try !units.mistakes().isEmpty, "\(new)")
            }
        }
    }

    /// systemd does not ask whether a unit that is named exists: that of the network must be spelt right.
    @Test func theFirewallIsThereBeforeTheNetwork() throws {
        try withUnits { units in
            let before = try units.values(of: "Before", in: "weir.service").joined(separator: " ")
            #expect(before.split(separator: " ").contains("network-pre.target"))
            // Without somebody who wants it the target is not reached, and orders nothing.
            #expect(try units.values(of: "Wants", in: "weir.service") == ["network-pre.target"])
            #expect(try units.values(of: "DefaultDependencies", in: "weir.service") == ["no"])
            #expect(try units.values(of: "WantedBy", in: "weir.service") == ["sysinit.target"])
            let after = try units.values(of: "After", in: "weir-routes.service").joined(separator: " ")
            #expect(after.split(separator: " ").contains("weir.service"))
        }
    }
}

/// What the units start, with the privileges that they leave.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .setpriv))
struct UnitCommandTests {
    private func start(_ name: String, _ units: Units, _ weir: Weir) throws -> ProcessResult {
        let command = try #require(try units.values(of: "ExecStart", in: name).first)
        let words = command.replacing("\(units.prefix)/sbin/weir", with: Weir.program)
            .replacing("/var/lib/weir", with: weir.stateDirectory).split(separator: " ").map(String.init)
        let capabilities = try units.values(of: "CapabilityBoundingSet", in: name).joined(separator: " ")
            .split(separator: " ").map { "+\($0.dropFirst("CAP_".count).lowercased())" }
        let set = (["-all"] + capabilities).joined(separator: ",")
        return try run(["setpriv", "--bounding-set=\(set)", "--inh-caps=\(set)", "--no-new-privs"] + words)
    }

    @Test func theyBringTheGenerationBack() throws {
        try withUnits { units in
            try withFormerHost { former, weir in
                let rules = "policy in drop\naccept in ct state established\nroute blackhole 10.1.0.0/16\n"
                try former.apply(rules: rules + "sysctl net.ipv4.ip_default_ttl = 77\n")
                try start("weir.service", units, weir).succeeded()
                #expect(try outputOf("nft", "list", "table", "inet", "weir").contains("policy drop"))
                #expect(try outputOf("sysctl", "-n", "net.ipv4.ip_default_ttl") == "77\n")
                #expect(try outputOf("ip", "route").isEmpty)
                try start("weir-routes.service", units, weir).succeeded()
                #expect(try outputOf("ip", "route") == "blackhole 10.1.0.0/16 proto 172 \n")
                #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
            }
        }
    }

    @Test func onAHostWithoutGenerationsTheyDoNothing() throws {
        try withUnits { units in
            try withWeir { weir in
                for name in ["weir.service", "weir-routes.service"] {
                    let result = try start(name, units, weir).succeeded()
                    #expect(result.output == "Nothing was applied: there is nothing to bring back.\n")
                }
            }
        }
    }
}
