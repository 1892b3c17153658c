import Glibc
import SystemPackage
import TestSupport
import Testing

/// What works without privileges does, and what does not says which one is missing.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct PrivilegeTests {
    private static let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    private static let networkAlone = [
        "setpriv", "--bounding-set=-all,+net_admin", "--inh-caps=-all,+net_admin", "--",
    ]
    private static let rootWithoutNetwork = ["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", "--"]

    /// Hands the program and a rule file, both where everybody may read them, to the closure.
    private func withReadableCopies(
        _ body: (_ program: String, _ file: String, _ directory: String) throws -> Void
    ) throws {
        try withTemporaryDirectory { directory in
            chmod(directory, 0o755)
            let program = "\(directory)/weir"
            try outputOf("cp", Weir.program, program)
            try writeFile(Array("drop in tcp dport 25\nroute 10.123.0.0/16 dev lo\n".utf8), to: "\(directory)/f.weir")
            try body(program, "\(directory)/f.weir", directory)
        }
    }

    @Test(arguments: [
        ["check"], ["fmt", "--check"], ["show"], ["show", "--json"], ["emit", "--as", "nft"],
        ["emit", "--as", "iptables"], ["emit", "--as", "ip"], ["emit", "--as", "json"],
    ])
    func nobodyMayReadAndWriteRules(_ command: [String]) throws {
        try withReadableCopies { program, file, _ in
            let result = try run(Self.nobody + [program] + command + [file])
            #expect(result.status == 0, "\(result.errorOutput)")
            #expect(!result.errorOutput.contains("error"))
        }
    }

    @Test(arguments: [nobody, rootWithoutNetwork], ["plan", "apply --yes"])
    func theKernelNeedsAPrivilegeThatIsNamed(_ user: [String], _ command: String) throws {
        try withReadableCopies { program, file, directory in
            // A directory that the user could put the state into.
            let own = "\(directory)/own"
            #expect(mkdir(own, 0o700) == 0)
            if user == Self.nobody { #expect(chown(own, 65534, 65534) == 0) }
            let words = command.split(separator: " ").map(String.init)
            let result = try run(user + [program] + words + ["--state-dir", "\(own)/state", file])
            #expect(result.status == 77, "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("CAP_NET_ADMIN"))
            #expect(result.output.isEmpty)
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
        }
    }

    @Test(arguments: ["plan", "apply --yes", "status", "rollback --yes", "revert --yes"])
    func takingThingsBackNeedsThePrivilegeToo(_ command: String) throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 1\n")
            let file = try weir.write("drop in tcp dport 2\n")
            try weir.apply(file)
            let before = try KernelText()
            let words = command.split(separator: " ").map(String.init)
            let files = ["plan", "apply"].contains(words[0]) ? [file] : []
            let program = Self.rootWithoutNetwork + [Weir.program]
            let result = try run(program + words + ["--state-dir", weir.stateDirectory] + files)
            #expect(result.status == 77, "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("CAP_NET_ADMIN"))
            #expect(try KernelText() == before)
        }
    }

    /// In a container that was given nothing but the right to administrate its network.
    @Test func theRightToAdministrateTheNetworkIsEnough() throws {
        try withWeir { weir in
            let rules = "drop in tcp dport 25\nroute 10.123.0.0/16 dev lo\nsysctl net.ipv4.ip_forward = 1\n"
            let file = try weir.write(rules)
            func run(_ words: String...) throws -> ProcessResult {
                try TestSupport.run(Self.networkAlone + [Weir.program] + words + ["--state-dir", weir.stateDirectory])
            }
            let before = try KernelText(sysctls: ["net.ipv4.ip_forward"])
            try run("apply", "--yes", file).succeeded()
            #expect(try run("plan", "--exit-code", file).status == 0)
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 25"))
            try run("revert", "--yes").succeeded()
            #expect(try KernelText(sysctls: ["net.ipv4.ip_forward"]) == before)
        }
    }

    @Test func theHistoryNeedsOnlyItsDirectory() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\n")
            let nothing = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--", Weir.program, "history"]
            let named = try run(nothing + ["--state-dir", weir.stateDirectory]).succeeded()
            #expect(named.output.contains("apply "))
            // The directory of a fresh namespace: only its name has to be found out.
            let standard = try run(nothing).succeeded()
            #expect(standard.output == "There is no generation yet.\n")
        }
    }

    /// There is one thing that every kernel is sure not to have.
    @Test func whatTheKernelLacksIsNamed() throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\nsysctl net.ipv4.no_such_setting = 1\n")
            let before = try KernelText()
            for command in ["apply", "plan"] {
                let result = try weir.run(command, (command == "apply" ? ["--yes"] : []) + [file])
                #expect(result.status == 69, "\(result.output)\(result.errorOutput)")
                #expect(result.errorOutput.contains("rules.weir:2"))
                #expect(result.errorOutput.contains("net.ipv4.no_such_setting"))
            }
            #expect(try KernelText() == before)
        }
    }

    @Test func onlyOneWeirIsAtWork() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 25\n")
            let lock = directoryContents(weir.stateDirectory).first { $0.contains("lock") }
            let path = "\(weir.stateDirectory)/\(lock ?? "")"
            let holder = try BackgroundProcess(["flock", path, "sh", "-c", "echo held; sleep 30"])
            try holder.waitForOutput(containing: "held")
            let before = try KernelText()
            let file = try weir.write("drop in tcp dport 26\n")
            for command in [["apply", "--yes", file], ["revert", "--yes"]] {
                let result = try weir.run(command[0], Array(command.dropFirst()))
                #expect(result.status == 75, "\(result.output)\(result.errorOutput)")
                #expect(!result.errorOutput.isEmpty)
            }
            #expect(try KernelText() == before)
        }
    }

    @Test func aNamespaceCanBeNamed() throws {
        let other = try NamespaceThread()
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\n")
            try weir.run("apply", ["--yes", "--netns", other.path, file]).succeeded()
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
            let listing = try other.perform { () throws in try outputOf("nft", "list", "ruleset") }
            #expect(listing.contains("tcp dport 25"))
            try weir.run("revert", ["--yes", "--netns", other.path]).succeeded()
            #expect(try other.perform { () throws in try outputOf("nft", "list", "ruleset") }.isEmpty)
        }
    }

    @Test func withoutATerminalNobodyIsAsked() throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\n")
            let result = try weir.run("apply", [file])
            #expect(result.status == 64)
            #expect(result.errorOutput.contains("--yes"))
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
        }
    }
}
