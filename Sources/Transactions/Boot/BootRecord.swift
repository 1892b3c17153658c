import Reconciliation
import SystemPackage

/// Which generation was brought back in this boot, and what it took the place of here: what the generation itself knows of that is
/// about the boot in which it was applied.
struct BootRecord {
    /// Where it counts.
    let origin: KernelInstance
    /// The generation that was brought back.
    let generation: Int
    /// The newest one that there was then; another one where that could not be brought back.
    let newest: Int
    /// What Weir has taken the place of.
    var displaced: Displaced

    private static let largest = 64 << 20

    init(origin: KernelInstance, generation: Int, newest: Int, displaced: Displaced) {
        self.origin = origin
        self.generation = generation
        self.newest = newest
        self.displaced = displaced
    }

    /// What is noted in a store; nil if there is no note.
    init?(in store: StateStore) throws(StoreError) {
        let path = store.bootRecordPath
        guard let bytes = try Files.read(path, limit: Self.largest) else { return nil }
        do throws(MalformedBytes) {
            let (generation, newest, snapshot) = try SealedBytes.read(bytes) { (reader) throws(MalformedBytes) in
                (try reader.number() as UInt64, try reader.number() as UInt64, try reader.data())
            }
            let content = try Snapshot(encoded: snapshot)
            self.init(
                origin: content.origin,
                generation: Int(clamping: generation),
                newest: Int(clamping: newest),
                displaced: content.displaced
            )
        } catch {
            throw .malformed(path: path.path, reason: error.reason)
        }
    }

    /// Writes it down before the kernel is touched: a process that is killed leaves what the next one needs.
    func write(to store: StateStore) throws(StoreError) {
        let content = Snapshot(origin: origin, displaced: displaced).encoded()
        let bytes = SealedBytes.make(capacity: content.count + 32) { writer in
            writer.number(UInt64(clamping: generation))
            writer.number(UInt64(clamping: newest))
            writer.data(content)
        }
        // It means nothing after the next boot.
        try Files.replace(store.bootRecordPath, bytes, isDurable: false)
    }
}

extension StateStore {
    /// Where it is noted what was brought back in this boot.
    var bootRecordPath: HeldPath { root.appending("restored") }
}
