import Glibc
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

    /// What the comment at the beginning has people write to change what the unit does.
    func proposal(in name: String) throws -> String {
        let comment = try text(of: name).prefix(upTo: #require(text(of: name).firstRange(of: "[Unit]")).lowerBound)
        let lines = comment.split(separator: "\n").filter { $0.hasPrefix("#   ") && !$0.contains("systemctl edit") }
        return lines.map { "\($0.dropFirst(4))\n" }.joined()
    }

    /// Whether systemd thinks a unit less exposed than that, in tenths.
    func isExposed(_ name: String, lessThan threshold: Int) throws -> Bool {
        let options = ["--offline=true", "--no-pager", "--threshold=\(threshold)", "\(directory)/\(name)"]
        return try run(["systemd-analyze", "security"] + options).status == 0
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

    /// What systemd leaves to each, judged by itself and by name.
    @Test(arguments: Units.names)
    func theyMayDoWhatTheyNeedAndNoMore(name: String) throws {
        try withUnits { units in
            let (isConfined, isPowerless) = try (
                units.isExposed(name, lessThan: 25), units.isExposed(name, lessThan: 15)
            )
            #expect(isConfined && !isPowerless)
            let wanted: [String: [String]] = [
                "CapabilityBoundingSet": ["CAP_NET_ADMIN"], "RestrictAddressFamilies": ["AF_NETLINK AF_UNIX"],
                "SystemCallFilter": ["@system-service", "~@privileged @resources"], "PrivateDevices": ["yes"],
                "UMask": ["0077"], "ProtectSystem": ["strict"], "NoNewPrivileges": ["yes"], "DeviceAllow": [],
            ]
            for (setting, values) in wanted { #expect(try units.values(of: setting, in: name) == values, "\(setting)") }
            // Only what brings something back writes.
            let isReader = name == "weir-watch.service"
            #expect(try units.values(of: "ReadWritePaths", in: name) == (isReader ? [] : ["-/var/lib/weir"]))
            #expect(try units.values(of: "ReadOnlyPaths", in: name) == (isReader ? ["-/var/lib/weir"] : []))
            #expect(try units.values(of: "ProtectKernelTunables", in: name) == (isReader ? ["yes"] : []))
        }
    }

    /// What the comment of a unit has people write is a unit too.
    @Test(arguments: ["weir.service", "weir-watch.service"])
    func whatTheirCommentsProposeIsRight(name: String) throws {
        try withUnits { units in
            let addition = try units.proposal(in: name)
            #expect(addition.contains("[Service]\nExecStart=\nExecStart=\(units.prefix)/sbin/weir "))
            try writeFile(Array(addition.utf8), to: "\(units.directory)/\(name).d/override.conf")
            #expect(try units.mistakes() == [])
            let wrong = addition.replacing("ExecStart", with: "ExecStrat")
            try writeFile(Array(wrong.utf8), to: "\(units.directory)/\(name).d/override.conf")
            #expect(try !units.mistakes().isEmpty)
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
    private func command(_ name: String, _ units: Units, _ weir: Weir, _ text: String) throws -> [String] {
        let values = { (setting: String) in
            text.split(separator: "\n").filter { $0.hasPrefix("\(setting)=") }.map { $0.dropFirst(setting.count + 1) }
        }
        let command = String(try #require(values("ExecStart").last))
        let words = command.replacing("\(units.prefix)/sbin/weir", with: Weir.program)
            .replacing("/var/lib/weir", with: weir.stateDirectory).split(separator: " ").map(String.init)
        let capabilities = values("CapabilityBoundingSet").joined(separator: " ")
            .split(separator: " ").map { "+\($0.dropFirst("CAP_".count).lowercased())" }
        let set = (["-all"] + capabilities).joined(separator: ",")
        let isWritable = values("ReadWritePaths").contains { $0.hasSuffix("/var/lib/weir") }
        let remount = "mount -o remount,bind,\(isWritable ? "rw" : "ro") \"$0\""
        let script = "mount --bind \"$0\" \"$0\" && \(remount) && exec \"$@\""
        mkdir(weir.stateDirectory, 0o700)
        return ["unshare", "--mount", "sh", "-c", script, weir.stateDirectory]
            + ["setpriv", "--bounding-set=\(set)", "--inh-caps=\(set)", "--no-new-privs"] + words
    }

    private func start(_ name: String, _ units: Units, _ weir: Weir) throws -> ProcessResult {
        try run(command(name, units, weir, units.text(of: name)))
    }

    /// Without --heal it only reads; with it, as the unit's comment says, it has what it needs.
    @Test(arguments: [false, true])
    func theWatchTellsWithWhatIsLeftToIt(heals: Bool) throws {
        try withUnits { units in
            try withWatchedHost { host in
                let name = "weir-watch.service"
                let text = try units.text(of: name) + (heals ? units.proposal(in: name) : "")
                let words = try command(name, units, host.weir, text)
                #expect(words.contains("--heal") == heals)
                let process = try BackgroundProcess(words + ["--json"], environment: ["SSH_CONNECTION": nil])
                try process.waitForOutput(containing: #""event":"watching""#, timeout: 120)
                try host.shell("nft flush chain inet weir input; sysctl -q net.ipv4.ip_forward=0")
                _ = try process.event("remove accept in on lo")
                if heals { #expect(try host.waitUntilGood()) }
                let result = try process.stop()
                #expect(result.status == 0, "\(result.errorOutput)")
                #expect(result.errorOutput.isEmpty)
            }
        }
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
