public import SystemPackage

/// The directory where Weir remembers what it did.
///
///     format              version of this layout
///     lock                held while something changes; never removed
///     verified            what the kernel was last found to have, so that it need not be read again
///     in-effect           the rule file that was last found to be in effect, so that it need not be understood again
///     restored            which generation was brought back in this boot, and what it took the place of
///     gen/NUMBER          one generation, never changed; the one with the greatest number is the present one
///     firewall/           large contents that Weir's table had before and after; generations refer to them by digest
///     txn/NUMBER/         a change that is under way, that was interrupted, or that could not be undone: generation, journal
///     failed/NUMBER/      the same of changes that were rolled back
///
/// Only its owner can enter it. What is written is on the disk before it gets its name.
public struct StateStore: Sendable {
    /// It itself: opened when it is first needed, and from then on held.
    let root: HeldPath

    private static let format = Array("weir state 1\n".utf8)

    /// For a directory of one namespace, what the names of such directories start with in this boot.
    private let bootPrefix: String?
    /// For a directory of one namespace, the ones above it that are Weir's too, the outer one first.
    private let outerDirectories: [HeldPath]

    /// Names a directory, which need not exist.
    public init(directory: FilePath) {
        root = HeldPath(directory)
        bootPrefix = nil
        outerDirectories = []
    }

    /// Names the directory of a network namespace other than the first one. It is of use until the next boot.
    init(ofNamespace namespace: KernelInstance, in base: FilePath) {
        let prefix = "\(namespace.boot)-"
        let base = HeldPath(base)
        let siblings = base.appending("ns")
        root = siblings.appending("\(prefix)\(namespace.namespace)")
        bootPrefix = prefix
        outerDirectories = [base, siblings]
    }

    /// Where it is, from the root of all files.
    public var directory: FilePath { root.path }

    var generationsDirectory: HeldPath { root.appending("gen") }
    var transactionsDirectory: HeldPath { root.appending("txn") }
    var failuresDirectory: HeldPath { root.appending("failed") }

    /// Makes the directory, unless it exists, and refuses one that others could have written to or that is of a newer format.
    public func prepare() throws(StoreError) {
        for path in outerDirectories {
            try Files.makeDirectory(path)
            try Files.checkIsPrivate(path)
        }
        try Files.makeDirectory(root)
        try checkIsPrivate()
        let path = root.appending("format")
        if try !hasKnownFormat() { try Files.replace(path, Self.format) }
        try Files.makeDirectory(generationsDirectory)
        try Files.makeDirectory(transactionsDirectory)
        try FirewallFiles(in: self).prepare()
        try removeNamespacesOfOtherBoots()
    }

    /// Refuses a directory that others could have written to, be it in a directory inside. Nothing is changed, and what is not there is no
    /// reason to refuse.
    public func checkIsPrivate() throws(StoreError) {
        let inner = [generationsDirectory, transactionsDirectory, failuresDirectory, FirewallFiles(in: self).directory]
        for path in outerDirectories + [root] + inner { try Files.checkIsPrivate(path) }
    }

    /// Lets go of the directory: what is done next opens what the path then leads to. That is for those who watch for a long time; whoever
    /// changes something holds on to what was prepared.
    func release() {
        root.release()
    }

    /// Whether there is a directory, of whatever kind.
    func exists() throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try root.directory() != nil
        } catch .untrusted {
            return true
        }
    }

    private func removeNamespacesOfOtherBoots() throws(StoreError) {
        guard let bootPrefix else { return }
        guard let siblings = root.parent else { return }
        for name in try Files.names(in: siblings) where !name.hasPrefix(bootPrefix) {
            try Files.removeDirectory(siblings.appending(name))
        }
    }

    /// Whether there is a format, which then must be this one.
    private func hasKnownFormat() throws(StoreError) -> Bool {
        let path = root.appending("format")
        guard let format = try Files.read(path, limit: 1024) else { return false }
        guard format != Self.format else { return true }
        let isVersion = format.starts(with: Self.format.prefix { !Self.isDigit($0) })
        throw isVersion ? .newerFormat(path: directory) : .malformed(path: path.path, reason: "it names no format")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    /// Takes the right to change things; the directory must have been prepared.
    public func lock(timeout: Duration = .zero) throws(StoreError) -> StoreLock {
        try StoreLock(lockPath, timeout: timeout)
    }

    /// The file that is locked while something changes.
    var lockPath: HeldPath { root.appending("lock") }

    // MARK: Generations

    /// The numbers of all generations, ascending.
    public func generationNumbers() throws(StoreError) -> [Int] {
        guard try hasKnownFormat() else { return [] }
        return try numbers(in: generationsDirectory)
    }

    /// All generations, the oldest first.
    public func history() throws(StoreError) -> [Generation] {
        var generations: [Generation] = []
        for number in try generationNumbers() { generations.append(try generation(number)) }
        return generations
    }

    /// The generation that the kernel was last given; nil if there was none.
    public func current() throws(StoreError) -> Generation? {
        guard let number = try generationNumbers().last else { return nil }
        return try generation(number)
    }

    /// What is known about a generation.
    public func generation(_ number: Int) throws(StoreError) -> Generation {
        try file(of: number).generation
    }

    /// The file of a generation.
    func file(of number: Int) throws(StoreError) -> GenerationFile {
        let path = generationPath(number)
        guard let file = try GenerationFile(path, in: self) else { throw .noSuchGeneration(number) }
        guard file.generation.number == number else {
            throw .malformed(path: path.path, reason: "it is generation \(file.generation.number)")
        }
        return file
    }

    /// The number of what a rollback without a number brings back: the generation before the state that there is now, or
    /// `Generation.cleanState` where that is the first one.
    public func numberBeforeCurrent() throws(StoreError) -> Int {
        guard let state = try current()?.state, state != Generation.cleanState else { throw .noEarlierGeneration }
        if let earlier = try generationNumbers().last(where: { $0 < state }) { return earlier }
        // Where older generations have been removed nobody knows what was before.
        guard try generation(state).predecessor == Generation.cleanState else { throw .noEarlierGeneration }
        return Generation.cleanState
    }

    /// What the kernel had, as far as the change touched it, before a generation came about.
    public func snapshotBefore(_ number: Int) throws(StoreError) -> Snapshot {
        try file(of: number).snapshot(.before)
    }

    /// What the kernel was given in a generation.
    public func snapshotAfter(_ number: Int) throws(StoreError) -> Snapshot {
        try file(of: number).snapshot(.after)
    }

    /// What a generation was made from.
    public func text(of generation: Generation) throws(StoreError) -> RulesetText {
        try file(of: generation.number).text()
    }

    func generationPath(_ number: Int) -> HeldPath {
        generationsDirectory.appending("\(number)")
    }
}
