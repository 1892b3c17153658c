import Glibc
import TestSupport
import Testing

struct ProcessTests {
    @Test func statusAndBothStreamsAreCollected() throws {
        let result = try run("sh", "-c", "cat; echo wrong >&2; exit 3", input: "right\n")
        #expect(result.status == 3)
        #expect(result.output == "right\n")
        #expect(result.errorOutput == "wrong\n")
        #expect(throws: ProcessFailure.self) { try result.succeeded() }
    }

    @Test func streamsAreBinarySafeAndLarge() throws {
        let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try run(["cat"], input: bytes).standardOutput == bytes)
    }

    @Test func aHungProgramIsKilledWithItsChildren() throws {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            _ = try run("sh", "-c", "echo started; sleep 60 & echo $! >&2; wait", timeout: 0.3)
            Issue.record("a hung program was waited for")
        } catch {
            #expect(error.reason == "still running after 0.3 s, killed")
            #expect(error.output == "started\n")
            let child = try #require(Int32(error.errorOutput.dropLast()))
            #expect(isGone(child))
        }
        #expect(clock.now - start < .seconds(10))
    }

    @Test func aSignalIsReportedAsTheShellDoes() throws {
        #expect(try run("sh", "-c", "kill -9 $$").status == 137)
    }

    @Test func aMissingProgramIsAnError() {
        #expect(throws: ProcessFailure.self) { try run("no-such-program") }
    }

    @Test func environmentAndDirectoryAreTaken() throws {
        let result = try run(
            ["sh", "-c", "pwd; echo $COLOUR-$HOME"],
            environment: ["COLOUR": "blue", "HOME": nil],
            directory: "/usr"
        )
        #expect(result.output == "/usr\nblue-\n")
    }

    /// Whatever thread it runs on: one that another test's thread has started is in the namespace of that test.
    @Test func programsThatTouchTheNetworkAreRefusedOutsideANamespace() {
        do {
            _ = try run("nft", "list", "ruleset")
            Issue.record("nft ran in the machine's own namespace")
        } catch {
            #expect(error.reason.contains(".freshNetworkNamespace"))
        }
    }

    @Test(.freshNetworkNamespace) func aBackgroundProgramLivesUntilTheEndOfItsScope() throws {
        var processID: Int32 = 0
        do {
            let server = try BackgroundProcess(["sh", "-c", "echo ready; exec sleep 60"])
            try server.waitForOutput(containing: "ready")
            processID = server.processID
            usleep(20_000)
            #expect(!isGone(processID))
        }
        #expect(isGone(processID))
    }

    @Test(.freshNetworkNamespace) func aBackgroundProgramCanBeStopped() throws {
        let server = try BackgroundProcess([
            "sh", "-c", "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done",
        ])
        try server.waitForOutput(containing: "ready")
        let result = try server.stop()
        #expect(result.status == 7)
        #expect(result.output == "ready\nbye\n")
    }

    /// What happens if the tests crash: the kernel kills the programs of a thread that ends.
    @Test func aBackgroundProgramDiesWithTheThreadThatStartedIt() throws {
        let kept = Kept()
        do {
            let thread = try NamespaceThread()
            try thread.perform { () throws(ProcessFailure) in
                let process = try BackgroundProcess(["sh", "-c", "echo ready; exec sleep 60"])
                try process.waitForOutput(containing: "ready")
                kept.process = consume process
            }
        }
        let processID = kept.process?.processID ?? 0
        #expect(processID > 0)
        #expect(isGone(processID))
    }

    /// Keeps a process across threads, one after the other.
    private final class Kept: @unchecked Sendable {
        var process: BackgroundProcess?
    }

    /// A killed child of a killed shell is reaped by init some time later: a zombie is gone too.
    private func isGone(_ processID: Int32) -> Bool {
        for _ in 0..<500 {
            guard let status = readFile("/proc/\(processID)/stat") else { return true }
            if String(decoding: status, as: UTF8.self).contains(") Z ") { return true }
            usleep(2000)
            if kill(processID, 0) == 0 { continue }
            return true
        }
        return false
    }
}
