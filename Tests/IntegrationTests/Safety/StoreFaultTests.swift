import Synchronization
import TestSupport
import Testing

/// The disk is full, read-only, refuses to synchronize, or returns damaged files: a clear error, and the kernel is as it was or was
/// rolled back to that.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct StoreFaultTests {
    /// Makes the host of a test, with one rule file applied and another one to be applied.
    private func withAppliedRules(
        _ seed: UInt64,
        _ body: (SafetyLab, _ second: String, _ before: KernelDump) throws -> Void
    ) throws {
        var generator = SeededGenerator(seed: seed)
        try withWeir { weir in
            let lab = try SafetyLab(weir)
            let (first, ruleset) = try lab.writeRules("first.weir", &generator)
            let (second, _) = try lab.writeRules("second.weir", &generator, like: ruleset)
            try lab.apply(first).succeeded()
            try body(lab, second, lab.dump())
        }
    }

    /// Runs `apply` with a copy of the state directory on a file system of its own, which only the command sees.
    private func apply(
        _ file: String,
        _ lab: SafetyLab,
        mount options: String,
        then command: String
    ) throws -> ProcessResult {
        let script = """
            set -e
            mount -t tmpfs -o mode=700,\(options) none "$0/disk"
            cp -a "$0/state/." "$0/disk/" 2>/dev/null || exit 99
            \(command)
            exec "$1" apply --yes --adopt --state-dir "$0/disk" "$2"
            """
        try writeFile([], to: "\(lab.weir.directory)/disk/below")
        let arguments = [lab.weir.directory, Weir.program, file]
        return try run(["unshare", "--mount", "sh", "-c", script] + arguments, timeout: 120)
    }

    @Test func aFullDiskStopsTheChange() throws {
        try withAppliedRules(41) { lab, second, before in
            var refused = 0
            // From too small for anything to large enough for all.
            for pages in 8..<30 {
                let result = try apply(second, lab, mount: "size=\(pages * 4)k", then: ":")
                if result.status == 99 { continue }
                if result.status == 0 { break }
                refused += 1
                #expect([20, 74].contains(result.status), "\(pages) pages: \(result.errorOutput)")
                #expect(result.errorOutput.contains("No space left"), "\(pages) pages: \(result.errorOutput)")
                expectSame(try lab.dump(), before, "\(pages) pages")
            }
            #expect(refused > 0)
            for inodes in 10..<24 {
                let result = try apply(second, lab, mount: "size=1m,nr_inodes=\(inodes)", then: ":")
                if result.status == 99 { continue }
                if result.status == 0 { break }
                refused += 1
                #expect([20, 74].contains(result.status), "\(inodes) files: \(result.errorOutput)")
                expectSame(try lab.dump(), before, "\(inodes) files")
            }
            SoakBudget(share: 0, all: 0).say("disk full: \(refused) sizes too small, refused, kernel untouched")
        }
    }

    @Test func aReadOnlyStoreStopsTheChange() throws {
        try withAppliedRules(42) { lab, second, before in
            let result = try apply(second, lab, mount: "size=1m", then: "mount -o remount,ro none \"$0/disk\"")
            #expect(result.status == 74, "\(result.errorOutput)")
            #expect(result.errorOutput.contains("Read-only file system"), "\(result.errorOutput)")
            expectSame(try lab.dump(), before, "read-only")
        }
    }

    @Test(arguments: ["EIO", "ENOSPC"])
    func aWriteThatTheDiskDoesNotTakeStopsTheChange(error: String) throws {
        try withAppliedRules(43) { lab, second, before in
            for write in 1... {
                let result = try lab.apply(second, faults: ["WEIR_FAULT": "\(error)@\(write)"])
                if result.status == 0 {
                    #expect(write > 2)
                    break
                }
                #expect([20, 74].contains(result.status), "write \(write): \(result.errorOutput)")
                expectSame(try lab.dump(), before, "write \(write)")
                #expect(try lab.run("status").status == 0, "write \(write)")
            }
        }
    }

    private static let figures = Mutex((tried: 0, refused: 0))
    private static let budget = SoakBudget(share: 4, all: 100)
    private static let rounds = SoakBudget.isLong ? 0..<4 : 0..<1

    /// A change is killed, then a byte of some file in the store changes, or a file ends early; then the next change comes.
    @Test(arguments: rounds)
    func aDamagedStoreLeadsToNoChangeThatNobodyAskedFor(round: Int) throws {
        var generator = SeededGenerator(seed: Self.budget.seed &+ 3000 &+ UInt64(round))
        try withAppliedRules(Self.budget.seed &+ UInt64(round)) { lab, second, before in
            let store = lab.weir.stateDirectory
            let first = "\(lab.weir.directory)/first.weir"
            try outputOf("cp", "-a", store, "\(store).clean")
            for attempt in 0..<Self.budget.count {
                let point = Int.random(in: 2...40, using: &generator)
                let name = "seed \(Self.budget.seed), round \(round), attempt \(attempt), point \(point)"
                _ = try lab.apply(second, faults: ["WEIR_FAULT": "kill@\(point)", "WEIR_FAULT_SINGLE": "1"])
                let found = try lab.dump()
                let damage = try damageSomeFile(store, &generator)
                let place = "\(name), \(damage)"
                let result = try lab.apply(first)
                let now = try lab.dump()
                Self.figures.withLock {
                    $0.tried += 1
                    if result.status != 0 { $0.refused += 1 }
                }
                if result.status == 0 {
                    expectSame(now, before, place)
                } else {
                    let hasFormat = !damage.path.hasSuffix("/format")
                    #expect(result.status == 74, "\(place): \(result.errorOutput)")
                    let named = hasFormat ? damage.path : store
                    #expect(result.errorOutput.contains(named), "\(place): \(result.errorOutput)")
                    #expect(now == found || now == before, "\(place): \(result.errorOutput)")
                    // Both ways on that the message names: with the file as it was, and without it.
                    try outputOf("cp", "-a", store, "\(store).damaged")
                    try writeFile(damage.former, to: damage.path)
                    try lab.apply(first).succeeded()
                    expectSame(try lab.dump(), before, "\(place), mended")
                    try outputOf("rm", "-r", store)
                    try outputOf("mv", "\(store).damaged", store)
                    let recovered = try lab.run("recover", ["--discard-damaged"])
                    #expect(recovered.status == (hasFormat ? 0 : 74), "\(place): \(recovered.errorOutput)")
                    expectSame(try lab.dump(), before, "\(place), discarded")
                }
                try outputOf("rm", "-r", store)
                try outputOf("cp", "-a", "\(store).clean", store)
            }
        }
        let figures = Self.figures.withLock { $0 }
        Self.budget.say("damage: \(figures.tried) damaged stores of real processes, \(figures.refused) refused by name")
    }

    /// What was done to a file.
    private struct Damage: CustomStringConvertible {
        let path: String
        let former: [UInt8]
        let description: String
    }

    /// Changes a bit of some file, or cuts one short.
    private func damageSomeFile(_ store: String, _ generator: inout SeededGenerator) throws -> Damage {
        let listing = try outputOf("find", store, "-type", "f", "-size", "+0", "-not", "-name", "lock")
        let paths = listing.split(separator: "\n").map(String.init).sorted()
        let path = try #require(paths.randomElement(using: &generator))
        let bytes = try #require(readFile(path))
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        var damaged = bytes
        if Bool.random(using: &generator) {
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try writeFile(damaged, to: path)
            return Damage(path: path, former: bytes, description: "byte \(place) of \(path)")
        }
        try writeFile(Array(bytes[..<place]), to: path)
        return Damage(path: path, former: bytes, description: "\(path) cut at \(place)")
    }
}
