import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

struct DetachedProcessTests {
    /// What a shell finds out about itself.
    private func answer(_ script: String, outputDescriptor: Int = 1, further: [Int32] = []) throws -> String? {
        let process = try DetachedProcess(
            "/bin/sh",
            ["sh", "-c", script],
            outputDescriptor: outputDescriptor,
            further: further
        )
        let answer = process.answer(isLine: false, patience: 20_000)
        let hasSucceeded = process.finish()
        #expect(hasSucceeded)
        return answer
    }

    @Test func itHasNothingOfItsMaker() throws {
        let session = "read -r pid comm state ppid group session rest </proc/self/stat; echo $((group == session))"
        #expect(try answer(session) == "1\n")
        #expect(try answer("cd -P . && pwd") == "/\n")
        #expect(try answer("readlink /proc/self/fd/0 /proc/self/fd/2") == "/dev/null\n/dev/null\n")
        #expect(try answer("(: </dev/tty) || :", outputDescriptor: 2)?.contains("/dev/tty") == true)
        let signals = try answer("grep -E '^Sig(Blk|Ign)' /proc/self/status")
        // glibc ignores two signals of its own, 32 and 33.
        #expect(signals == "SigBlk:\t\(zeros)\nSigIgn:\t0000000180000000\n")
        #expect(try answer("echo $HOME") == "\n")
    }

    private let zeros = String(repeating: "0", count: 16)

    @Test func itHasTheDescriptorsThatItIsGivenAndNoOthers() throws {
        let zero = open("/dev/zero", O_RDONLY)
        let other = open("/dev/zero", O_RDONLY)
        defer {
            close(zero)
            close(other)
        }
        let script = "ls /proc/$$/fd; readlink /proc/$$/fd/3; :"
        let descriptors = try answer(script, further: [zero])
        #expect(descriptors == "0\n1\n2\n3\n/dev/zero\n")
    }

    @Test func aProgramThatIsNotThereIsAnError() {
        #expect(throws: WatchdogError.system(operation: "start nothing", errno: .noSuchFileOrDirectory)) {
            let process = try DetachedProcess("/nowhere/nothing", ["nothing"], outputDescriptor: 1)
            process.end()
        }
    }

    @Test func anAnswerThatDoesNotComeIsNotWaitedForForEver() throws {
        let process = try DetachedProcess("/bin/sleep", ["sleep", "100"], outputDescriptor: 1)
        let answer = process.answer(isLine: true, patience: 50)
        process.end()
        #expect(answer == nil)
    }

    @Test func theServiceIsStartedAgainAndOutlivesSessions() {
        let watchdog = WatchdogProcess(store: "/var/lib/weir", number: 7)
        let command = TransientService(program: "/usr/local/sbin/weir", watchdog: watchdog).command
        #expect(command.first == "systemd-run")
        #expect(command.contains("--service-type=notify"))
        #expect(command.contains("--property=Restart=on-failure"))
        #expect(command.contains("--property=OOMScoreAdjust=-1000"))
        #expect(command.contains("--property=CollectMode=inactive-or-failed"))
        let program = command.drop { $0 != "--" }.dropFirst()
        #expect(
            Array(program) == ["/usr/local/sbin/weir", "watchdog", "--state-dir", "/var/lib/weir", "--service", "7"]
        )
        #expect(watchdog.arguments(isService: false) == ["watchdog", "--state-dir", "/var/lib/weir", "7"])
    }

    @Test func aServiceNeedsSystemdAndTheFirstNamespace() throws {
        try withTemporaryDirectory { (directory) throws in
            let here = FilePath(directory)
            #expect(TransientService.isAvailable(isFirstNamespace: true, systemd: here))
            #expect(!TransientService.isAvailable(isFirstNamespace: false, systemd: here))
            #expect(!TransientService.isAvailable(isFirstNamespace: true, systemd: here.appending("missing")))
        }
    }
}
