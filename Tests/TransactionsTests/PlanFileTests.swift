import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

struct PlanFileTests {
    static func sample() throws -> PlanFile {
        let desired = try Snapshot.sample()
        var before = try Snapshot.sample()
        before.firewall = nil
        before.firewallDigest = nil
        return PlanFile(
            program: "0.1",
            origin: desired.origin,
            desired: desired.desired,
            adoptsRoutes: true,
            text: RulesetText(
                sources: [.init(name: "a.weir", bytes: Array("drop in\n".utf8))],
                model: Array("{}".utf8)
            ),
            basis: PlanBasis(
                objects: before,
                circumstances: [.init(subject: "interface eth0", state: "up")]
            )
        )
    }

    @Test func aPlanIsReadAsItWasWritten() throws {
        let plan = try Self.sample()
        let bytes = plan.encoded()
        let decoded = try PlanFile(encoded: bytes)
        #expect(decoded.encoded() == bytes)
        #expect(decoded.program == plan.program)
        #expect(decoded.origin == plan.origin)
        #expect(decoded.adoptsRoutes)
        #expect(decoded.desired.firewall?.digest == plan.desired.firewall?.digest)
        #expect(decoded.desired.routes == plan.desired.routes)
        #expect(decoded.desired.routingRules == plan.desired.routingRules)
        #expect(decoded.desired.sysctls == plan.desired.sysctls)
        #expect(decoded.text.sources.map(\.name) == ["a.weir"])
        #expect(decoded.text.model == Array("{}".utf8))
        #expect(decoded.basis.circumstances == plan.basis.circumstances)
        #expect(PlanDrift(from: plan.basis, to: decoded.basis).isEmpty)
    }

    @Test func everyDamagedByteIsNoticed() throws {
        let bytes = try Self.sample().encoded()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x04
            #expect(throws: MalformedBytes.self) { try PlanFile(encoded: damaged) }
        }
        for count in bytes.indices {
            #expect(throws: MalformedBytes.self) { try PlanFile(encoded: Array(bytes.prefix(count))) }
        }
        #expect(throws: MalformedBytes.self) { try PlanFile(encoded: bytes + [0]) }
        #expect(throws: MalformedBytes.self) { try PlanFile(encoded: Snapshot.sample().encoded()) }
    }

    /// A checksum protects against accidents; contents that lie must do no harm even so.
    @Test func lyingContentsAreRefusedWithoutHarm() throws {
        let bytes = try Self.sample().encoded()
        let end = bytes.count - 20
        var refused = 0
        for index in 12..<end {
            for value in [0, 0x7f, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[index] = value
                let checksum = damaged[..<(end + 8)].withUnsafeBytes { CRC32C.checksum($0) }
                withUnsafeBytes(of: checksum.littleEndian) {
                    damaged.replaceSubrange(end + 8..<end + 12, with: $0)
                }
                do throws(MalformedBytes) { _ = try PlanFile(encoded: damaged) } catch { refused += 1 }
            }
        }
        #expect(refused > 0)
    }

    @Test func aPlanAsksOnlyForWhatIsWeirs() throws {
        var plan = try Self.sample()
        plan.desired.routes[0].routeProtocol = 4
        #expect(throws: MalformedBytes.self) { try PlanFile(encoded: plan.encoded()) }
    }

    @Test func onlyTheOwnerCanReadThePlanAndNobodyElseMayHaveWrittenIt() throws {
        try withTemporaryDirectory { directory in
            let path = FilePath(directory).appending("p")
            let plan = try Self.sample()
            try plan.write(to: path)
            try plan.write(to: path)
            var status = stat()
            #expect(stat(path.string, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o600)
            #expect(directoryContents(directory) == ["p"])
            #expect(PlanFile.isPlan(path))
            #expect(try PlanFile(contentsOf: path)?.encoded() == plan.encoded())
            symlink(path.string, "\(directory)/link")
            #expect(try PlanFile(contentsOf: FilePath("\(directory)/link"))?.encoded() == plan.encoded())
            chmod(path.string, 0o620)
            let error = #expect(throws: StoreError.self) { try PlanFile(contentsOf: path) }
            guard case .untrusted = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    /// Nobody waits for a writer, and nothing but a file is a plan.
    @Test func whatIsNoFileIsNoPlan() throws {
        try withTemporaryDirectory { (directory) throws in
            let pipe = FilePath(directory).appending("pipe")
            mkfifo(pipe.string, 0o600)
            for path in [pipe, FilePath(directory)] {
                #expect(try PlanFile(contentsOf: path) == nil)
            }
        }
    }

    /// What was looked at is what is read, however often the name is given to another file meanwhile.
    @Test func aNameThatLeadsElsewhereAMomentLaterDeceivesNobody() throws {
        try withTemporaryDirectory { directory in
            var plan = try Self.sample()
            let trusted = FilePath(directory).appending("trusted")
            try plan.write(to: trusted)
            plan.program = "forged"
            let forged = FilePath(directory).appending("forged")
            try plan.write(to: forged)
            chmod(forged.string, 0o622)
            let script = """
                import os, sys
                print("ready", flush=True)
                while True:
                    for name in ("forged", "trusted"):
                        os.link(name, "next")
                        os.rename("next", "plan")
                """
            try outputOf("ln", trusted.string, "\(directory)/plan")
            let swapper = try BackgroundProcess(["python3", "-c", script], directory: directory)
            try swapper.waitForOutput(containing: "ready")
            var outcomes: [String: Int] = [:]
            let end = ContinuousClock.now + .seconds(60)
            while ["0.1", "refused"].contains(where: { outcomes[$0, default: 0] < 500 }), ContinuousClock.now < end {
                do throws(StoreError) {
                    let plan = try PlanFile(contentsOf: FilePath("\(directory)/plan"))
                    outcomes[plan?.program ?? "none", default: 0] += 1
                } catch {
                    guard case .untrusted = error else { throw error }
                    outcomes["refused", default: 0] += 1
                }
            }
            #expect(outcomes["forged"] == nil, "\(outcomes)")
            #expect(outcomes["0.1", default: 0] > 0 && outcomes["refused", default: 0] > 0, "\(outcomes)")
        }
    }

    @Test func whatCannotBeWrittenIsNamedByItsOwnName() {
        let path: FilePath = "/proc/no-such-directory/plan"
        let error = #expect(throws: StoreError.self) { try Self.sample().write(to: path) }
        #expect(error == .system(operation: "write", path: path, errno: .noSuchFileOrDirectory))
    }

    @Test func onlyARegularFileIsReplaced() throws {
        try withTemporaryDirectory { directory in
            mkdir("\(directory)/directory", 0o700)
            mkfifo("\(directory)/pipe", 0o600)
            symlink("elsewhere", "\(directory)/link")
            for name in ["directory", "pipe", "link"] {
                let path = FilePath(directory).appending(name)
                let error = #expect(throws: StoreError.self) { try Self.sample().write(to: path) }
                guard case .untrusted = error else {
                    Issue.record("\(name): \(String(describing: error))")
                    continue
                }
                #expect(!PlanFile.isPlan(path))
            }
            #expect(directoryContents(directory).sorted() == ["directory", "link", "pipe"])
        }
    }
}
