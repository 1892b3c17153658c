import Glibc
import KernelObjects
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// Hands a prepared store in a new directory to the closure.
private func withStore(_ body: (StateStore) throws -> Void) throws {
    try withTemporaryDirectory { (directory) throws in
        let store = StateStore(directory: FilePath(directory).appending("state"))
        try store.prepare()
        try body(store)
    }
}

@discardableResult
private func publish(
    _ store: StateStore,
    _ action: Generation.Action = .apply,
    restored: Int? = nil,
    after: Snapshot? = nil,
    text: RulesetText = RulesetText()
) throws -> Int {
    let change = try ChangeDirectory.next(in: store)
    try write(change, in: store, action, restored: restored, after: after, text: text)
    try change.publish()
    return change.number
}

private func write(
    _ change: ChangeDirectory,
    in store: StateStore,
    _ action: Generation.Action = .apply,
    restored: Int? = nil,
    after: Snapshot? = nil,
    text: RulesetText = RulesetText()
) throws {
    let generation = Generation(
        number: change.number,
        predecessor: try store.generationNumbers().last ?? Generation.cleanState,
        action: action,
        restored: restored,
        time: 1_700_000_000,
        program: "0.1.0",
        origin: KernelInstance(boot: "b", namespace: 1),
        counts: .init(ChangeSummary()),
        text: text
    )
    try change.write(generation, before: try Snapshot.sample(), after: try after ?? Snapshot.sample(), text: text)
}

private func mode(_ path: FilePath) -> mode_t {
    var status = stat()
    return lstat(path.string, &status) == 0 ? status.st_mode & 0o777 : 0
}

struct StateStoreTests {
    @Test func anEmptyStoreHasNoHistory() throws {
        try withTemporaryDirectory { (directory) throws in
            let store = StateStore(directory: FilePath(directory).appending("none"))
            #expect(try store.history().isEmpty)
            #expect(try store.current() == nil)
            #expect(throws: StoreError.noEarlierGeneration) { try store.numberBeforeCurrent() }
        }
    }

    @Test func generationsAreKeptWithAllThatMadeThem() throws {
        try withStore { store in
            let text = RulesetText(
                sources: [.init(name: "a.weir", bytes: Array("accept in\n".utf8)), .init(name: "b/c.weir", bytes: [])],
                model: Array("{}".utf8)
            )
            var after = try Snapshot.sample()
            after.generation = 99
            #expect(try publish(store) == 1)
            #expect(try publish(store, after: after, text: text) == 2)
            let current = try #require(try store.current())
            #expect(current.number == 2)
            #expect(try store.history().map(\.number) == [1, 2])
            let kept = try store.text(of: current)
            #expect(kept.sources.map(\.name) == ["a.weir", "b/c.weir"])
            #expect(kept.sources.map(\.bytes) == text.sources.map(\.bytes))
            #expect(kept.model == text.model)
            #expect(try store.snapshotAfter(2).generation == 99)
            #expect(try store.snapshotBefore(2).generation == 77)
            #expect(throws: StoreError.noSuchGeneration(3)) { try store.generation(3) }
        }
    }

    @Test func nobodyElseCanLookInside() throws {
        try withStore { store in
            try publish(store, text: RulesetText(sources: [.init(name: "a", bytes: [1])], model: [2]))
            let lock = try store.lock()
            #expect(mode(store.directory) == 0o700)
            for name in ["gen", "txn", "firewall"] { #expect(mode(store.directory.appending(name)) == 0o700) }
            for name in ["gen/1", "lock", "format"] { #expect(mode(store.directory.appending(name)) == 0o600) }
            _ = consume lock
        }
    }

    @Test func aDirectoryThatOthersCanWriteToIsRefused() throws {
        try withTemporaryDirectory { (directory) throws in
            let path = FilePath(directory).appending("open")
            mkdir(path.string, 0o700)
            chmod(path.string, 0o777)
            #expect(throws: StoreError.untrusted(path: path, reason: "others can write to it")) {
                try StateStore(directory: path).prepare()
            }
        }
    }

    @Test(arguments: ["gen", "txn", "failed", "firewall"])
    func aDirectoryInsideThatOthersCanWriteToIsRefused(name: String) throws {
        try withStore { store in
            let path = store.directory.appending(name)
            mkdir(path.string, 0o700)
            chmod(path.string, 0o770)
            for body in [store.checkIsPrivate, store.prepare] {
                #expect(throws: StoreError.untrusted(path: path, reason: "others can write to it")) { try body() }
            }
            chmod(path.string, 0o700)
            try store.prepare()
        }
    }

    /// What Weir makes above the directory of one namespace is Weir's too.
    @Test func theDirectoriesAboveThatOfANamespaceArePrivate() throws {
        try withTemporaryDirectory { (directory) throws in
            let base = FilePath(directory).appending("lib/weir")
            let store = StateStore(ofNamespace: KernelInstance(boot: "b", namespace: 3), in: base)
            try store.checkIsPrivate()
            #expect(directoryContents(directory).isEmpty)
            try store.prepare()
            for path in [base, base.appending("ns"), store.directory] { #expect(mode(path) == 0o700, "\(path)") }
            #expect(mode(FilePath(directory).appending("lib")) == 0o755)
            for path in [base, base.appending("ns")] {
                chmod(path.string, 0o777)
                #expect(throws: StoreError.untrusted(path: path, reason: "others can write to it")) {
                    try store.prepare()
                }
                chmod(path.string, 0o700)
            }
        }
    }

    /// It would be written into whatever else the name leads to.
    @Test func aLockThatHasOtherNamesIsRefused() throws {
        try withStore { store in
            let (victim, path) = (store.directory.appending("victim"), store.directory.appending("lock"))
            try writeFile(Array("precious".utf8), to: victim.string)
            link(victim.string, path.string)
            #expect(throws: StoreError.untrusted(path: path, reason: "it has other names too")) {
                _ = try store.lock()
            }
            #expect(readFile(victim.string) == Array("precious".utf8))
            unlink(path.string)
            mkfifo(path.string, 0o600)
            #expect(throws: StoreError.untrusted(path: path, reason: "it is not a regular file")) {
                _ = try store.lock()
            }
            unlink(path.string)
            _ = try store.lock()
            chmod(path.string, 0o666)
            #expect(throws: StoreError.untrusted(path: path, reason: "others can write to it")) {
                _ = try store.lock()
            }
        }
    }

    /// Names that Weir would not write are no numbers, and one that has no successor is an error.
    @Test func namesThatAreNoNumbersAreNobodysChange() throws {
        try withStore { store in
            try publish(store)
            for name in ["9223372036854775807", "1000000000", "007", "+5", "0", "-1", "8 ", "٣"] {
                for directory in [store.failuresDirectory, store.generationsDirectory] {
                    try writeFile([], to: directory.appending(name).appending("x").string)
                }
            }
            #expect(try store.nextNumber() == 2)
            #expect(try store.generationNumbers() == [1])
            #expect(try publish(store) == 2)
            let last = store.failuresDirectory.appending("999999999")
            mkdir(last.string, 0o700)
            let error = #expect(throws: StoreError.self) { try store.nextNumber() }
            guard case .malformed(last.path, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try store.setAsideDamage().count == 1)
            #expect(try store.nextNumber() == 3)
        }
    }

    @Test func aNewerFormatIsLeftAlone() throws {
        try withStore { store in
            try writeFile(Array("weir state 2\n".utf8), to: store.directory.appending("format").string)
            #expect(throws: StoreError.newerFormat(path: store.directory)) { try store.prepare() }
            #expect(throws: StoreError.newerFormat(path: store.directory)) { try store.history() }
        }
    }

    /// Reads all of a generation.
    private func readAll(_ number: Int, of store: StateStore) throws(StoreError) {
        let generation = try store.generation(number)
        _ = try store.snapshotAfter(number)
        _ = try store.snapshotBefore(number)
        _ = try store.text(of: generation)
    }

    @Test func aGenerationOfWhichAnyByteIsDamagedIsRefused() throws {
        try withStore { store in
            let text = RulesetText(sources: [.init(name: "a", bytes: Array("accept in\n".utf8))], model: [0x7b, 0x7d])
            try publish(store, text: text)
            let path = store.directory.appending("gen/1").string
            let bytes = try #require(readFile(path))
            for index in bytes.indices {
                var damaged = bytes
                damaged[index] ^= 1 << UInt8(index % 8)
                try writeFile(damaged, to: path)
                #expect(throws: StoreError.self, "byte \(index)") { try readAll(1, of: store) }
            }
            for length in 0..<bytes.count {
                try writeFile(Array(bytes[..<length]), to: path)
                #expect(throws: StoreError.self, "\(length) bytes") { try readAll(1, of: store) }
            }
            try writeFile(bytes + [0], to: path)
            #expect(throws: StoreError.self) { try readAll(1, of: store) }
            try writeFile(bytes, to: path)
            try readAll(1, of: store)
        }
    }

    @Test func aLargeFirewallThatIsDamagedOrMissingIsRefused() throws {
        try withStore { store in
            var large = try Snapshot.sample()
            large.firewall?.chains[0].rules = (0..<9000).map { RuleEntry(RuleObject(expressions: [UInt8($0 % 251)])) }
            large.firewallDigest = large.firewall?.digest
            try publish(store, after: large)
            let directory = store.directory.appending("firewall").string
            let name = try #require(directoryContents(directory).first)
            var bytes = try #require(readFile("\(directory)/\(name)"))
            bytes[bytes.count / 2] ^= 0x80
            try writeFile(bytes, to: "\(directory)/\(name)")
            #expect(throws: StoreError.self) { try store.snapshotAfter(1) }
            // The next generation with the same content writes it anew.
            try publish(store, after: large)
            #expect(try store.snapshotAfter(1).firewall?.chains[0].rules.count == 9000)
            unlink("\(directory)/\(name)")
            #expect(throws: StoreError.self) { try store.snapshotAfter(1) }
        }
    }

    @Test func whatIsDamagedCanBePutAway() throws {
        try withStore { store in
            for _ in 1...3 { try publish(store) }
            for name in ["gen/2", "gen/3"] { try writeFile([1, 2, 3], to: store.directory.appending(name).string) }
            let change = try ChangeDirectory.next(in: store)
            try writeFile([], to: change.generationPath.string)
            try writeFile([], to: change.journalPath.string)
            #expect(throws: StoreError.self) { try store.history() }
            let moved = try store.setAsideDamage()
            #expect(moved.map { FilePath($0).lastComponent?.string } == ["txn-4", "gen-2", "gen-3"])
            #expect(try store.history().map(\.number) == [1])
            #expect(try store.unfinishedChanges().isEmpty)
            #expect(try store.setAsideDamage().isEmpty)
        }
    }

    @Test func largeFirewallsAreKeptOnceAndOldGenerationsGo() throws {
        try withStore { store in
            for number in 1...54 {
                var after = try Snapshot.sample()
                let rule = RuleEntry(RuleObject(expressions: [UInt8(number / 2)]))
                after.firewall?.chains[0].rules = Array(repeating: rule, count: 6000)
                after.firewallDigest = after.firewall?.digest
                try publish(store, after: after)
            }
            #expect(directoryContents(store.directory.appending("firewall").string).count == 28)
            try store.removeOldGenerations()
            #expect(try store.generationNumbers() == Array(5...54))
            #expect(directoryContents(store.directory.appending("firewall").string).count == 26)
            #expect(try store.snapshotAfter(5).firewall?.chains[0].rules[0].rule.expressions == [2])
            try publish(store, .rollback, restored: 5)
            for _ in 1...60 { try publish(store, .rollback, restored: 5) }
            try store.removeOldGenerations()
            #expect(try store.generationNumbers().first == 5)
        }
    }

    @Test func aChangeThatWasGivenUpLeavesNothing() throws {
        try withStore { store in
            let change = try ChangeDirectory.next(in: store)
            #expect(directoryContents(store.directory.appending("txn").string) == ["1"])
            try change.discard()
            #expect(directoryContents(store.directory.appending("txn").string).isEmpty)
            #expect(try store.history().isEmpty)
        }
    }

    @Test func noChangeEverHasTheNumberOfAnotherOne() throws {
        try withStore { store in
            #expect(try publish(store) == 1)
            let failed = try ChangeDirectory.next(in: store)
            try write(failed, in: store)
            try failed.setAside()
            #expect(failed.number == 2)
            #expect(try store.history().map(\.number) == [1])
            let underWay = try ChangeDirectory.next(in: store)
            #expect(underWay.number == 3)
            #expect(try publish(store) == 4)
            #expect(try store.numberBeforeCurrent() == 1)
        }
    }

    @Test func aRollbackGoesOnFromWhatItBroughtBack() throws {
        try withStore { store in
            for _ in 1...3 { try publish(store) }
            #expect(try store.numberBeforeCurrent() == 2)
            try publish(store, .rollback, restored: 2)
            #expect(try store.numberBeforeCurrent() == 1)
            try publish(store, .rollback, restored: 1)
            #expect(try store.numberBeforeCurrent() == Generation.cleanState)
            try publish(store, .rollback, restored: Generation.cleanState)
            #expect(throws: StoreError.noEarlierGeneration) { try store.numberBeforeCurrent() }
            try publish(store, .revert)
            #expect(try store.numberBeforeCurrent() == 6)
        }
    }

    @Test func whatWasBeforeAGenerationThatWasRemovedIsNotKnown() throws {
        try withStore { store in
            for _ in 1...60 { try publish(store) }
            try store.removeOldGenerations()
            let oldest = try #require(try store.generationNumbers().first)
            try publish(store, .rollback, restored: oldest)
            #expect(throws: StoreError.noEarlierGeneration) { try store.numberBeforeCurrent() }
        }
    }

    @Test func onlyOneCanHoldTheLock() throws {
        try withStore { store in
            do {
                let lock = try store.lock()
                let error = #expect(throws: StoreError.self) { _ = try store.lock(timeout: .milliseconds(30)) }
                #expect(error == .locked(process: getpid()))
                _ = consume lock
            }
            _ = try store.lock()
        }
    }

    /// Two who look at the same time do not take each other for the holder, and leave nothing behind.
    @Test func whoeverLooksWhetherALockIsHeldHoldsNone() throws {
        try withStore { store in
            let path = store.root.appending("lock")
            #expect(try !StoreLock.isHeld(path))
            #expect(readFile(path.string) == nil)
            do {
                let lock = try store.lock()
                #expect(try StoreLock.isHeld(path))
                _ = consume lock
            }
            let note = readFile(path.string)
            try writeFile(Array("2147483647\n".utf8), to: path.string)
            let looker = try FileDescriptor.open(path.path, .readOnly, options: .closeOnExec)
            #expect(flock(looker.rawValue, LOCK_SH) == 0)
            #expect(try !StoreLock.isHeld(path))
            #expect(readFile(path.string) == Array("2147483647\n".utf8))
            // No number is longer; nothing of it stays after a shorter one.
            // Whoever wants it waits for those who look.
            #expect(throws: StoreError.locked(process: 2_147_483_647)) { _ = try store.lock() }
            try looker.close()
            _ = try store.lock(timeout: .seconds(20))
            #expect(readFile(path.string) == note)
        }
    }

    /// A process that has a lock on another file of the same inode number is not the holder, whatever the kernel's list looks like.
    @Test func theHolderOfALockHasTheFileOpen() throws {
        try withStore { store in
            do { _ = try store.lock() }
            let path = store.root.appending("lock")
            let other = store.root.appending("other")
            try writeFile([], to: other.string)
            let holder = try BackgroundProcess(["flock", path.string, "sleep", "600"])
            let stranger = try BackgroundProcess(["flock", other.string, "sleep", "600"])
            let file = try #require(FileOnDevice(path.path))
            while (try? StoreLock.isHeld(path)) == false { usleep(1000) }
            while (try? StoreLock.isHeld(other)) == false { usleep(1000) }
            func line(_ process: Int32, device: String) -> String {
                "1: FLOCK  ADVISORY  WRITE \(process) \(device):\(file.inode) 0 EOF\n"
            }
            let strangers = line(stranger.processID, device: "00:07") + line(stranger.processID, device: "08:01")
            #expect(StateStore.holder(ofLockOn: file, among: strangers) == nil)
            let all = strangers + "2: POSIX  ADVISORY  WRITE 1 00:07:\(file.inode) 0 EOF\n" + line(0, device: "00:07")
            #expect(StateStore.holder(ofLockOn: file, among: all) == nil)
            // The device that the kernel names need not be that of stat(2).
            let held = all + line(holder.processID, device: "00:99")
            #expect(StateStore.holder(ofLockOn: file, among: held) == holder.processID)
            #expect(file.isOpen(in: holder.processID) == true)
            #expect(file.isOpen(in: stranger.processID) == false)
        }
    }

    @Test func theLockOfAProcessThatEndsIsFree() throws {
        try withStore { store in
            do { _ = try store.lock() }
            let holder = try BackgroundProcess(
                ["flock", store.directory.appending("lock").string, "sleep", "0.3"]
            )
            while (try? store.lock()) != nil { usleep(1000) }
            _ = try store.lock(timeout: .seconds(20))
            _ = try holder.finish(timeout: 20)
        }
    }
}
