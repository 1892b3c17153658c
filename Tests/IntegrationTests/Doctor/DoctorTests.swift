import Glibc
import TestSupport
import Testing

/// What gives trouble is found and said with what to do; what does not is passed over.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables))
struct DoctorTests {
    /// Runs the command on a system that has these files.
    private func doctor(_ weir: Weir, files: [String: String] = [:], _ arguments: [String] = []) throws -> ProcessResult
    {
        let root = "\(weir.directory)/root"
        mkdir(root, 0o755)
        for (path, content) in files {
            var directory = root
            for component in path.split(separator: "/").dropLast() {
                directory += "/\(component)"
                mkdir(directory, 0o755)
            }
            try writeFile(Array(content.utf8), to: "\(root)/\(path)")
        }
        return try weir.run("doctor", ["--root", root] + arguments)
    }

    @Test func aHealthyHostHasNothing() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\nredirect in tcp dport 80 to :8080\n")
            let result = try doctor(weir)
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 3 && lines.last == "No problems were found.", "\(result.output)")
        }
    }

    @Test(
        arguments: [
            ("5.2.1", 2, "Linux 5.2.1: it is too old"),
            ("5.7.3-generic", 2, "it is older than any kernel that Weir was tested on"),
            (
                "5.10.0-46-amd64", 0,
                "note: this kernel (5.10.0-46-amd64) is one that Weir knows: Weir was tested on Linux 5.10 to 7.3"
            ),
            ("7.3.9", 0, "is one that Weir knows"), ("7.4.0-rc1", 0, "is newer than any that Weir was tested on"),
        ] as [(String, Int32, String)]
    )
    func theKernelIsToldAndWhatIsKnownOfIt(release: String, status: Int32, text: String) throws {
        try withWeir { weir in
            var weir = weir
            weir.environment["WEIR_FAULT_KERNEL"] = release
            let result = try doctor(weir)
            #expect(result.status == status, "\(result.output)\(result.errorOutput)")
            #expect(result.output.contains(text), "\(result.output)")
        }
    }

    @Test func onAKernelThatIsTooOldNoRulesAreMade() throws {
        try withWeir { weir in
            let rules = try weir.write("drop in tcp dport 25\n", to: "rules.weir")
            var old = weir
            old.environment["WEIR_FAULT_KERNEL"] = "5.2.1"
            let refused = try old.run("apply", ["--yes", rules])
            #expect(refused.status == 69)
            #expect(
                refused.errorOutput.contains("it needs Linux 5.6 or later, and this is 5.2.1"),
                "\(refused.errorOutput)"
            )
            #expect(try outputOf("nft", "list", "tables").isEmpty)
            // What is there can be taken away.
            try weir.apply(rules)
            try old.run("revert", ["--yes"]).succeeded()
            #expect(try outputOf("nft", "list", "tables").isEmpty)
        }
    }

    /// What the kernel does is told, and is no trouble.
    @Test(
        arguments: [("atomic", "in one step: Weir changes them in place"), ("interleaved", "Weir then exchanges")]
    )
    func theWayThatSetsChangeIsTold(commit: String, text: String) throws {
        try withWeir { weir in
            var weir = weir
            weir.environment["WEIR_FAULT_SETS"] = commit
            let result = try doctor(weir)
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
            #expect(result.output.contains("note: this kernel (") && result.output.contains(text), "\(result.output)")
        }
    }

    static let networkd = ["run/systemd/netif/state": ""]

    @Test(
        arguments: [
            (networkd, "ManageForeignRoutes=no"),
            (networkd, "ManageForeignRoutingPolicyRules=no"),
            (
                ["etc/systemd/system/multi-user.target.wants/systemd-networkd.service": ""],
                "systemd-networkd: it deletes routes"
            ),
            (
                networkd.merging(["etc/systemd/networkd.conf": "[Network]\nManageForeignRoutes=yes\n"]) { $1 },
                "'ManageForeignRoutes=no'"
            ),
            (["run/NetworkManager/devices/2": ""], "unmanaged-devices"),
            (
                [
                    "etc/systemd/system/sysinit.target.wants/nftables.service": "",
                    "etc/nftables.conf": "#!/usr/sbin/nft -f\n\nflush ruleset\n\ntable inet filter {}\n",
                ], "/etc/nftables.conf says 'flush ruleset'"
            ),
            (["etc/ufw/ufw.conf": "# ufw\nENABLED=yes\nLOGLEVEL=low\n"], "'ufw disable'"),
        ] as [([String: String], String)]
    )
    func servicesThatFightAreNamed(files: [String: String], text: String) throws {
        try withWeir { weir in
            let result = try doctor(weir, files: files)
            #expect(result.status == 2, "\(result.output)\(result.errorOutput)")
            #expect(result.output.contains(text), "\(result.output)")
            #expect(result.output.hasSuffix("1 finding.\n"))
        }
    }

    @Test(
        arguments: [
            networkd.merging([
                "etc/systemd/networkd.conf": "[Network]\n#ManageForeignRoutes=yes\nManageForeignRoutes=yes\n",
                "etc/systemd/networkd.conf.d/weir.conf":
                    "[Network]\nManageForeignRoutes = no\nManageForeignRoutingPolicyRules=false\n",
            ]) { $1 },
            ["etc/systemd/networkd.conf": "[Network]\nManageForeignRoutes=yes\n"],
            ["etc/nftables.conf": "flush ruleset\n"],
            [
                "etc/systemd/system/sysinit.target.wants/nftables.service": "",
                "etc/nftables.conf": "table inet filter\ndelete table inet filter\n# flush ruleset\n",
            ],
            ["etc/ufw/ufw.conf": "ENABLED=no\n"],
        ] as [[String: String]]
    )
    func servicesThatAreTamedAreNot(files: [String: String]) throws {
        try withWeir { weir in
            let result = try doctor(weir, files: files)
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
        }
    }

    @Test func otherFirewallsAreNamed() throws {
        try withWeir { weir in
            try outputOf("iptables", "-A", "INPUT", "-p", "tcp", "--dport", "4000", "-j", "DROP")
            try outputOf(
                "nft",
                "-f",
                "-",
                input: """
                    table inet firewalld {
                    chain filter_INPUT { type filter hook input priority 10; policy accept; }
                    }
                    table inet harmless {
                    chain regular { counter; }
                    chain nat { type nat hook postrouting priority srcnat; }
                    }
                    """ + "\n"
            )
            let result = try doctor(weir)
            #expect(result.status == 2)
            #expect(result.output.contains("table ip filter: iptables-nft (docker, ufw, fail2ban and others use it)"))
            #expect(result.output.contains("INPUT (input 0, as Weir's)"), "\(result.output)")
            #expect(result.output.contains("table inet firewalld: firewalld"))
            #expect(result.output.contains("filter_INPUT (input 10)"))
            #expect(!result.output.contains("harmless"))
        }
    }

    @Test func theKernelsOwnRoutingRulesAreMissed() throws {
        try withWeir { weir in
            try outputOf("ip", "rule", "del", "priority", "32766")
            try outputOf("ip", "-6", "rule", "del", "priority", "32766")
            let result = try doctor(weir)
            #expect(result.status == 2)
            #expect(result.output.contains("IPv4 rule 32766"))
            // What it says to do helps.
            let commands = result.output.split(separator: "\n").filter { $0.contains("do: 'ip ") }.map {
                $0.split(separator: "'")[1].split(separator: " ").map(String.init)
            }
            #expect(commands.count == 2)
            for command in commands { try run(command).succeeded() }
            #expect(try doctor(weir).status == 0)
        }
    }

    @Test func aDamagedStateDirectoryIsNamed() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\n")
            let file = "\(weir.stateDirectory)/gen/1"
            var bytes = try #require(readFile(file))
            bytes[bytes.count / 2] ^= 1
            try writeFile(bytes, to: file)
            let result = try doctor(weir)
            #expect(result.status == 2, "\(result.output)")
            #expect(result.output.contains(file) && result.output.contains("damaged"), "\(result.output)")
            #expect(result.output.contains("do: "))
        }
    }

    /// What waits to be confirmed is no trouble as long as somebody watches over it.
    @Test func aChangeThatWaitsIsNotCalledInterrupted() throws {
        try withHostInWindow { host in
            let watchdog = try host.watchdog(of: host.apply("1h"))
            let healthy = try doctor(host.weir)
            #expect(healthy.status == 0, "\(healthy.output)")
            kill(watchdog, SIGKILL)
            #expect(HostInWindow.hasEnded(watchdog))
            let result = try doctor(host.weir)
            #expect(result.status == 2)
            #expect(result.output.contains("change 2: it waits to be confirmed, but its watchdog was killed"))
            #expect(result.output.contains("do: 'weir confirm 2' or 'weir cancel 2'"))
            #expect(!result.output.contains("interrupted"))
            try host.weir.run("cancel").succeeded()
        }
    }

    @Test(arguments: ["nowhere", "file"]) func whereThereIsNoSystemNothingWasLookedAt(name: String) throws {
        try withWeir { weir in
            try weir.write("", to: "file")
            let result = try weir.run("doctor", ["--root", "\(weir.directory)/\(name)"])
            #expect(result.status == 66)
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("\(weir.directory)/\(name)"))
        }
    }

    @Test func theAnswerIsJSONToo() throws {
        try withWeir { weir in
            let healthy = try doctor(weir, ["--json"])
            #expect(healthy.status == 0)
            #expect(healthy.output.contains("\"findings\" : [\n\n  ]"), "\(healthy.output)")
            let files = ["etc/ufw/ufw.conf": "ENABLED=yes\n"]
            let result = try doctor(weir, files: files, ["--json"])
            #expect(result.status == 2)
            #expect(result.output.contains("\"name\" : \"ufw\"") && result.output.contains("\"advice\" : "))
        }
    }

    /// Without a privilege the files are looked at, and the rest is said to be not seen.
    @Test func nobodyIsToldWhatIsNotSeen() throws {
        try withWeir { weir in
            chmod(weir.directory, 0o755)
            let program = "\(weir.directory)/weir"
            try outputOf("cp", Weir.program, program)
            let root = "\(weir.directory)/root"
            _ = try doctor(weir, files: ["etc/ufw/ufw.conf": "ENABLED=yes\n"])
            let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
            let result = try run(nobody + [program, "doctor", "--root", root, "--state-dir", "\(weir.directory)/none"])
            #expect(result.status == 2, "\(result.output)\(result.errorOutput)")
            #expect(result.output.contains("'ufw disable'"))
            #expect(result.output.contains("not seen: ") && result.output.contains("CAP_NET_ADMIN"))
            #expect(!result.output.contains("default-routing-rule"))
        }
    }
}
