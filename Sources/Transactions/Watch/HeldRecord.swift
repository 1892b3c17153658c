import Glibc
import SystemPackage

/// What the record says of a change, through descriptors that were opened when all was well: even if the names change (moved, removed,
/// covered by a mount), this process sees what it saw.
///
/// What cannot be read, or what others could have written, is not believed. Then the last thing that was read counts.
struct HeldRecord: ~Copyable {
    /// What is to become of a change.
    enum Standing {
        /// A process makes it still.
        case beingMade(by: ProcessIdentity)
        /// It is made, and waits to be confirmed.
        case waits(until: BootInstant)
        /// It is to be rolled back, and why.
        case isDue(reason: String)
        /// It was confirmed.
        case isConfirmed
        /// Another program has finished it.
        case isOver
    }

    private let directory: ChangeDirectory
    private let store: StateStore
    private let held: OpenDirectory
    private let place: OpenDirectory
    private let journal: OpenFile
    private let lock: OpenFile

    /// Opens what there is of a change.
    init(_ directory: ChangeDirectory, in store: StateStore) throws(StoreError) {
        let held = try Self.open(store.root)
        let place = try Self.open(directory.path)
        let journal = try OpenFile(directory.journalPath)
        let lock = try OpenFile(store.lockPath)
        self.directory = directory
        self.store = store
        self.held = held
        self.place = place
        self.journal = journal
        self.lock = lock
    }

    private static func open(_ path: HeldPath) throws(StoreError) -> OpenDirectory {
        guard let directory = try path.directory() else {
            throw .system(operation: "open", path: path.path, errno: .noSuchFileOrDirectory)
        }
        return directory
    }

    // MARK: Standing

    /// What is to become of the change now.
    /// - Parameter last: What the journal said when it could be read last.
    func standing(_ last: inout [JournalRecord]) -> Standing {
        if isOver { return .isOver }
        if isTrusted {
            switch decision {
            case .confirm: return .isConfirmed
            case .rollback(let reason): return .isDue(reason: reason)
            case nil: break
            }
            if let contents = journalContents {
                guard !contents.isDamaged else { return .isDue(reason: "its journal is damaged") }
                // A journal that has become shorter was made so by another program.
                if contents.records.count >= last.count { last = contents.records }
            }
        }
        if last.contains(.confirmed) { return .isConfirmed }
        if let deadline = last.deadline {
            return deadline.hasPassed ? .isDue(reason: Decision.lateness) : .waits(until: deadline)
        }
        if let owner = last.owner, owner.isAlive { return .beingMade(by: owner) }
        return .isDue(reason: "it was interrupted")
    }

    /// Whether nobody but this user and root could have written what is there.
    var isTrusted: Bool {
        [held, place].allSatisfy { (try? $0.checkIsPrivate()) != nil }
    }

    /// Whether the directory of the change is where it was.
    var isInPlace: Bool {
        guard let status = try? Files.status(of: directory.path) else { return false }
        return FileOnDevice(status) == FileOnDevice(descriptor: place.descriptor)
    }

    /// Whether a command has finished the change: its number then names something else, or there is a greater one, as every command
    /// finishes what there is before it begins anything.
    private var isOver: Bool {
        guard isTrusted else { return false }
        let isInPlace = isInPlace
        func numbers(_ path: HeldPath) -> [Int] { (try? store.numbers(in: path)) ?? [] }
        let ended = numbers(store.generationsDirectory) + numbers(store.failuresDirectory)
        if ended.contains(where: { $0 >= directory.number }) { return true }
        let underWay = numbers(store.transactionsDirectory)
        if underWay.contains(where: { $0 > directory.number }) { return true }
        if isInPlace { return false }
        // Another change has the number, or this one was given up before the kernel was touched.
        return underWay.contains(directory.number) || hasTouchedNothing
    }

    private var hasTouchedNothing: Bool {
        guard let records = journalContents?.records else { return false }
        return !records.contains { if case .intent = $0 { true } else { false } }
    }

    /// Whether it was decided what is to become of the change.
    var isDecided: Bool { isTrusted && decision != nil }

    /// What was decided; one that cannot be understood means to roll back, because a user may be locked out.
    private var decision: Decision? {
        guard let descriptor = try? place.open(Decision.fileName, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { try? descriptor.close() }
        guard let bytes = Self.bytes(of: descriptor, limit: Decision.longestText) else { return nil }
        return Decision(bytes) ?? .rollback(reason: "its decision cannot be read")
    }

    private var journalContents: JournalContents? {
        Self.bytes(of: journal.descriptor, limit: Journal.largest).map { JournalContents($0) }
    }

    private static func bytes(of descriptor: FileDescriptor, limit: Int) -> [UInt8]? {
        try? Files.read(descriptor, "", limit: limit)
    }

    // MARK: The lock

    /// Takes the right to change things: the lock that others take, or if that cannot be opened any more the one that was opened first.
    /// Nil if neither can be taken, and nobody holds it.
    func takeLock(timeout: Duration) throws(StoreError) -> StoreLock? {
        do throws(StoreError) {
            return try store.lock(timeout: timeout)
        } catch .locked(let process) {
            throw .locked(process: process)
        } catch {
            do throws(StoreError) {
                return try StoreLock(holding: lock.descriptor, timeout: timeout)
            } catch .locked(let process) {
                throw .locked(process: process)
            } catch {
                return nil
            }
        }
    }
}

/// A file that is open as long as the value lives.
private final class OpenFile {
    let descriptor: FileDescriptor

    init(_ path: HeldPath) throws(StoreError) {
        descriptor = try Files.perform("open", path) { (directory, name) throws(Errno) in
            try directory.open(name, O_RDONLY | O_NONBLOCK)
        }
    }

    deinit {
        try? descriptor.close()
    }
}
