import SystemPackage

/// A change that is being made: what the kernel had before is on the disk before anything is touched.
///
/// It becomes a generation in the end. If it fails and can be undone nothing stays of it; if it cannot be undone the directory stays.
struct PendingChange {
    /// The number of the generation that it will be.
    let number: Int
    /// Where it is.
    let directory: FilePath
    private let store: StateStore

    /// Begins a change: writes what the kernel has. The lock must be held.
    init(in store: StateStore, before: Snapshot) throws(StoreError) {
        self.store = store
        number = try store.generationNumbers().last.map { $0 + 1 } ?? Generation.first
        directory = store.transactionsDirectory.appending("\(number)")
        // What an earlier attempt left: it is over, as the lock is held.
        try Files.removeDirectory(directory)
        try Files.makeDirectory(directory)
        try write(before, "before.snap")
        try Files.synchronizeDirectory(directory)
    }

    /// Makes a generation of it and lets `current` lead there.
    func publish(_ generation: Generation, after: Snapshot, text: RulesetText) throws(StoreError) {
        var generation = generation
        for (index, source) in text.sources.enumerated() {
            try Files.create(directory.appending("source-\(index)"), source.bytes)
            generation.sources.append(.init(name: source.name, checksum: checksum(source.bytes)))
        }
        if let model = text.model {
            try Files.create(directory.appending("model.json"), model)
            generation.modelChecksum = checksum(model)
        }
        try write(after, "after.snap")
        let description: [UInt8]
        do {
            description = try generation.encoded()
        } catch {
            throw .malformed(path: directory, reason: "the generation cannot be described: \(error)")
        }
        try Files.create(directory.appending("generation.json"), description)
        try Files.synchronizeDirectory(directory)
        try Files.rename(directory, to: store.generationsDirectory.appending("\(number)"))
        try Files.replaceLink(store.directory.appending("current"), target: "gen/\(number)")
        // Earlier changes that could not be undone are history now that the kernel has been found to be as desired.
        for name in try Files.names(in: store.transactionsDirectory) {
            try Files.removeDirectory(store.transactionsDirectory.appending(name))
        }
    }

    /// Writes a snapshot, and the content of Weir's table unless it is there already.
    private func write(_ snapshot: Snapshot, _ name: String) throws(StoreError) {
        if let firewall = snapshot.firewall, let digest = snapshot.firewallDigest {
            try FirewallFiles(in: store).write(firewall, digest: digest)
        }
        try Files.create(directory.appending(name), snapshot.encoded())
    }

    /// Forgets it: the kernel is as before.
    func discard() throws(StoreError) {
        try Files.removeDirectory(directory)
    }

    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { CRC32C.checksum($0) }
    }
}
