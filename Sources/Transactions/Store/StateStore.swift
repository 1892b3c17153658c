public import SystemPackage

/// The directory where Weir remembers what it did.
///
///     format              version of this layout
///     lock                held while something changes; never removed
///     current             link to the generation that the kernel has
///     verified            what the kernel was last found to have, so that it need not be read again
///     gen/NUMBER/         one generation, never changed: generation.json, source-0 ..., model.json, before.snap, after.snap
///     firewall/           the contents that Weir's table had before and after; generations refer to them by digest
///     txn/NUMBER/         a change that is under way, or that could not be undone: before.snap
///
/// Only its owner can enter it. What is written is on the disk before it gets its name.
public struct StateStore: Sendable {
    /// Where it is.
    public let directory: FilePath

    private static let format = Array("weir state 1\n".utf8)

    /// For a directory of one namespace, what the names of such directories start with in this boot.
    private let bootPrefix: String?

    /// Names a directory, which need not exist.
    public init(directory: FilePath) {
        self.directory = directory
        bootPrefix = nil
    }

    /// Names the directory of a network namespace other than the first one. It is of use until the next boot.
    init(ofNamespace namespace: KernelInstance, in base: FilePath) {
        let prefix = "\(namespace.boot)-"
        directory = base.appending("ns").appending("\(prefix)\(namespace.namespace)")
        bootPrefix = prefix
    }

    var generationsDirectory: FilePath { directory.appending("gen") }
    var transactionsDirectory: FilePath { directory.appending("txn") }

    /// Makes the directory, unless it exists, and refuses one that others could have written to or that is of a newer format.
    public func prepare() throws(StoreError) {
        try Files.makeDirectory(directory)
        try Files.checkIsPrivate(directory)
        let path = directory.appending("format")
        if try !hasKnownFormat() { try Files.replace(path, Self.format) }
        try Files.makeDirectory(generationsDirectory)
        try Files.makeDirectory(transactionsDirectory)
        try FirewallFiles(in: self).prepare()
        try removeNamespacesOfOtherBoots()
    }

    private func removeNamespacesOfOtherBoots() throws(StoreError) {
        guard let bootPrefix else { return }
        let siblings = directory.removingLastComponent()
        for name in try Files.names(in: siblings) where !name.hasPrefix(bootPrefix) {
            try Files.removeDirectory(siblings.appending(name))
        }
    }

    /// Whether there is a format, which then must be this one.
    private func hasKnownFormat() throws(StoreError) -> Bool {
        let path = directory.appending("format")
        guard let format = try Files.read(path, limit: 1024) else { return false }
        guard format == Self.format else { throw .newerFormat(path: directory) }
        return true
    }

    /// Takes the right to change things; the directory must have been prepared.
    public func lock(timeout: Duration = .zero) throws(StoreError) -> StoreLock {
        try StoreLock(directory.appending("lock"), timeout: timeout)
    }

    // MARK: Generations

    /// The numbers of all generations, ascending.
    public func generationNumbers() throws(StoreError) -> [Int] {
        guard try hasKnownFormat() else { return [] }
        return try Files.names(in: generationsDirectory).compactMap(Int.init).sorted()
    }

    /// All generations, the oldest first.
    public func history() throws(StoreError) -> [Generation] {
        var generations: [Generation] = []
        for number in try generationNumbers() { generations.append(try generation(number)) }
        return generations
    }

    /// The generation that the kernel was last given; nothing where there was none.
    public func current() throws(StoreError) -> Generation? {
        guard try hasKnownFormat(), let target = try Files.linkTarget(directory.appending("current")) else {
            return nil
        }
        guard let name = FilePath(target).lastComponent?.string, let number = Int(name) else {
            throw .malformed(path: directory.appending("current"), reason: "it leads to no generation")
        }
        return try generation(number)
    }

    /// What is known about a generation.
    public func generation(_ number: Int) throws(StoreError) -> Generation {
        let path = path(of: number, "generation.json")
        guard let bytes = try Files.read(path, limit: 1 << 20) else { throw .noSuchGeneration(number) }
        guard let generation = try? Generation(encoded: bytes), generation.number == number else {
            throw .malformed(path: path, reason: "it does not describe a generation")
        }
        return generation
    }

    /// The number of what a rollback without a number brings back: the generation before the state that there is now, or
    /// `Generation.cleanState` where that is the first one.
    public func numberBeforeCurrent() throws(StoreError) -> Int {
        guard let state = try current()?.state, state != Generation.cleanState else { throw .noEarlierGeneration }
        if let earlier = try generationNumbers().last(where: { $0 < state }) { return earlier }
        // Where older generations have been removed nobody knows what was before.
        guard state == Generation.first else { throw .noEarlierGeneration }
        return Generation.cleanState
    }

    /// What the kernel had, as far as the change touched it, before a generation came about.
    public func snapshotBefore(_ number: Int) throws(StoreError) -> Snapshot {
        try snapshot(of: number, "before.snap", withFirewall: true)
    }

    /// What the kernel was given in a generation.
    public func snapshotAfter(_ number: Int) throws(StoreError) -> Snapshot {
        try snapshot(of: number, "after.snap", withFirewall: true)
    }

    /// What a generation was made from.
    public func text(of generation: Generation) throws(StoreError) -> RulesetText {
        var text = RulesetText()
        for (index, source) in generation.sources.enumerated() {
            let bytes = try checked(generation.number, "source-\(index)", source.checksum)
            text.sources.append(.init(name: source.name, bytes: bytes))
        }
        if let checksum = generation.modelChecksum {
            text.model = try checked(generation.number, "model.json", checksum)
        }
        return text
    }

    private func checked(_ number: Int, _ name: String, _ checksum: UInt32) throws(StoreError) -> [UInt8] {
        let path = path(of: number, name)
        guard let bytes = try Files.read(path, limit: 1 << 30) else {
            throw .malformed(path: path, reason: "it is missing")
        }
        guard bytes.withUnsafeBytes({ CRC32C.checksum($0) }) == checksum else {
            throw .malformed(path: path, reason: "its checksum is wrong")
        }
        return bytes
    }

    /// Reads a snapshot of a generation, with the content of Weir's table where that is wanted.
    func snapshot(of number: Int, _ name: String, withFirewall: Bool) throws(StoreError) -> Snapshot {
        let path = path(of: number, name)
        guard let bytes = try Files.read(path, limit: 1 << 30) else { throw .noSuchGeneration(number) }
        var snapshot: Snapshot
        do throws(MalformedBytes) {
            snapshot = try Snapshot(encoded: bytes)
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
        if withFirewall, let digest = snapshot.firewallDigest {
            snapshot.firewall = try FirewallFiles(in: self).read(digest)
        }
        return snapshot
    }

    func generationDirectory(_ number: Int) -> FilePath {
        generationsDirectory.appending("\(number)")
    }

    private func path(of number: Int, _ name: String) -> FilePath {
        generationDirectory(number).appending(name)
    }
}
