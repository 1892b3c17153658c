import Glibc
import TestSupport
import Testing

/// A rehearsal asks for no privilege, and leaves nothing behind whatever happens to it.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct UnprivilegedRehearsalTests {
    private static let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]

    /// Hands the program, where everybody may run it, and a directory that nobody else can write to, to the closure.
    private func withReadableCopy(_ body: (_ program: String, _ directory: String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            chmod(directory, 0o755)
            try outputOf("cp", Weir.program, "\(directory)/weir")
            try body("\(directory)/weir", directory)
        }
    }

    @Test func nobodyCanRehearse() throws {
        try makeCorpusLinks()
        try withReadableCopy { program, directory in
            let file = "\(directory)/f.weir"
            try writeFile(Array(RehearsalTests.everything.utf8), to: file)
            let before = try HostDump()
            let command = Self.nobody + [program, "plan", "--rehearse", "--state-dir", "\(directory)/state"]
            let result = try run(command + [file]).succeeded()
            #expect(result.errorOutput.contains("note: the firewall cannot be read without CAP_NET_ADMIN"))
            #expect(result.output.contains("the kernel has what the plan shows"))
            try writeFile(Array("drop in tcp dport 25\nroute 10.7.0.0/16 via 10.250.0.1\n".utf8), to: file)
            let refused = try run(command + [file])
            #expect(refused.status == 65)
            #expect(refused.errorOutput.contains("f.weir:2: the kernel refuses"), "\(refused.errorOutput)")
            let json = try run(command + ["--json", file])
            #expect(json.output.contains("\"seesFirewall\" : false"))
            expectSameText(try HostDump().text, before.text)
            #expect(directoryContents(directory) == ["f.weir", "weir"])
        }
    }

    /// Routes anybody can read, so that only the firewall is taken for absent; the state directory is nobody's business.
    @Test func whatThereIsOfRoutesIsKnown() throws {
        try makeCorpusLinks()
        try withReadableCopy { program, directory in
            let file = "\(directory)/f.weir"
            let rules = "drop in tcp dport 25\nroute 10.2.0.0/16 dev eth0\nroute 10.3.0.0/16 via 10.2.0.1\n"
            try writeFile(Array(rules.utf8), to: file)
            try run(program, "apply", "--yes", "--state-dir", "\(directory)/state", file).succeeded()
            try writeFile(Array(rules.replacing("10.3.0.0", with: "10.4.0.0").utf8), to: file)
            let before = try HostDump()
            let command = Self.nobody + [program, "plan", "--rehearse", "--state-dir", "\(directory)/state", file]
            let result = try run(command).succeeded()
            #expect(result.output.contains("+ route 10.4.0.0/16 via 10.2.0.1"))
            #expect(result.output.contains("- route 10.3.0.0/16 via 10.2.0.1"))
            #expect(!result.output.contains("route 10.2.0.0/16"))
            #expect(result.output.contains("+   drop in tcp dport 25"))
            #expect(result.output.contains("Rehearsed: 4 changes made"), "\(result.output)")
            expectSameText(try HostDump().text, before.text)
        }
    }

    /// What is kept, or handed to another tool, must be the difference from what there is.
    @Test(arguments: [[], ["--rehearse", "--out", "plan"], ["--rehearse", "--as", "nft"]])
    func whatNobodyMayReadIsNotTakenForEmpty(_ options: [String]) throws {
        try withReadableCopy { program, directory in
            let file = "\(directory)/f.weir"
            try writeFile(Array("drop in tcp dport 25\n".utf8), to: file)
            let state = ["--state-dir", "\(directory)/state"]
            let result = try run(Self.nobody + [program, "plan"] + options + state + [file])
            #expect(result.status == 77)
            #expect(result.errorOutput.contains("CAP_NET_ADMIN"))
            #expect(result.output.isEmpty)
        }
    }

    /// The limit is that of a user namespace of the test's own.
    @Test func whereUserNamespacesAreRefusedThatIsSaid() throws {
        try withReadableCopy { program, directory in
            let file = "\(directory)/f.weir"
            try writeFile(Array("drop in tcp dport 25\n".utf8), to: file)
            let script = """
                echo 0 >/proc/sys/user/max_user_namespaces
                exec setpriv --bounding-set=-all,+net_admin --inh-caps=-all,+net_admin -- \
                    \(program) plan --rehearse --state-dir \(directory)/state \(file)
                """
            let result = try run("unshare", "--user", "--map-root-user", "--net", "sh", "-c", script)
            #expect(result.status == 77, "\(result.errorOutput)")
            #expect(result.errorOutput.contains("the plan was not rehearsed"))
            #expect(result.errorOutput.contains("user.max_user_namespaces"))
            #expect(!result.output.contains("Rehearsed"))
        }
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func itEndsWithTheCommandThatStartedIt(_ signal: Int32) throws {
        try withWeir { weir in
            // It takes some time to look at.
            let rules = (0..<6000).map { "drop in saddr 10.1.\($0 / 250).\($0 % 250) tcp dport \(1000 + $0)\n" }
            let file = try weir.write(rules.joined())
            let command = try weir.start(["plan", "--rehearse", "--state-dir", weir.stateDirectory, file])
            let child = try #require(Self.child(of: command.processID, while: { command.isRunning }))
            // A stopped process heeds nothing else.
            kill(child.process, SIGSTOP)
            let own = readlink("/proc/\(command.processID)/ns/net")
            #expect(child.namespace != own)
            // The number of a namespace that is gone is given to the next one: only its processes tell whether it is.
            let inside = Self.processes.filter { readlink("/proc/\($0)/ns/net") == child.namespace }
            #expect(inside.contains(child.process))
            command.signal(signal)
            for _ in 0..<1000 where inside.contains(where: Self.isAlive) { usleep(10_000) }
            #expect(!inside.contains(where: Self.isAlive))
        }
    }

    /// What `plan --rehearse` starts is of no use to anybody else.
    @Test func nobodyElseHasAUseForIt() throws {
        let result = try run(Weir.program, "rehearse")
        #expect(result.status == 64)
        #expect(result.errorOutput.contains("plan --rehearse"))
    }

    /// The process that rehearses, as soon as it is in its namespace.
    private static func child(
        of parent: Int32,
        while isRunning: () -> Bool
    ) -> (process: Int32, namespace: String)? {
        let own = readlink("/proc/\(parent)/ns/net")
        while isRunning() {
            for process in children(of: parent) {
                guard let namespace = readlink("/proc/\(process)/ns/net"), namespace != own else { continue }
                return (process, namespace)
            }
            usleep(500)
        }
        return nil
    }

    /// Asked of the process alone: to look through all processes may take longer than a rehearsal.
    private static func children(of parent: Int32) -> [Int32] {
        let text = String(decoding: readFile("/proc/\(parent)/task/\(parent)/children") ?? [], as: UTF8.self)
        return text.split(separator: " ").compactMap { Int32($0) }
    }

    private static var processes: [Int32] {
        directoryContents("/proc").compactMap(Int32.init)
    }

    /// Whether it has not ended; one that nobody has waited for yet has.
    private static func isAlive(_ process: Int32) -> Bool {
        // Its state is the first after the name (proc_pid_stat(5)).
        let text = String(decoding: readFile("/proc/\(process)/stat") ?? [], as: UTF8.self)
        guard let state = text.split(separator: ")").last?.split(separator: " ").first else { return false }
        return state != "Z"
    }
}

private func readlink(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: 256)
    let count = Glibc.readlink(path, &target, target.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
