import KernelObjects
import KernelState
import Reconciliation
import SystemPackage

/// What nf_tables was last found to have: as long as it is at the same generation it need not be read to know.
struct VerifiedFirewall: Hashable {
    /// Where the generation counts.
    let origin: KernelInstance
    /// nf_tables' generation id.
    let generation: UInt32
    /// Digest of the content of Weir's table; nil if there is no table.
    let content: String?
    /// Digests of the chains' rules, by the name of the chain.
    let rules: [String: String]
    /// Digests of the sets' members, by the name of the set.
    let members: [String: String]

    init(origin: KernelInstance, generation: UInt32, _ fingerprint: FirewallFingerprint?) {
        self.origin = origin
        self.generation = generation
        content = fingerprint?.whole.hexadecimal
        rules = fingerprint?.rules.mapValues(\.hexadecimal) ?? [:]
        members = fingerprint?.members.mapValues(\.hexadecimal) ?? [:]
    }

    // MARK: Use

    /// From what size on it is cheaper to read from the disk what sets had than to have the kernel list them: some thousand members.
    private static let fewestStoredBytes = 64 << 10

    /// What need not be read to find out how the table differs from a desired one with a digest.
    func known(for desired: FirewallState?, _ fingerprint: FirewallFingerprint?, in store: StateStore) -> KnownFirewall
    {
        var known = KnownFirewall(generation: generation)
        if let desired, let fingerprint {
            for chain in desired.chains {
                guard let digest = rules[chain.name], digest == fingerprint.rules[chain.name]?.hexadecimal else {
                    continue
                }
                known.rules[chain.name] = chain.rules
            }
            // Members with a lifetime come and go without a new generation.
            for set in desired.sets where !set.flags.contains(.timeout) {
                guard let digest = members[set.name], digest == fingerprint.members[set.name]?.hexadecimal else {
                    continue
                }
                known.members[set.name] = .init(set.elements)
            }
        }
        // Sets that change or go: the file has what they had. Without it, or where it is small, the kernel is asked.
        if members.keys.contains(where: { known.members[$0] == nil }), let content,
            let stored = FirewallFiles(in: store).readIfLarge(content, Self.fewestStoredBytes)
        {
            for set in stored.sets where known.members[set.name] == nil && !set.flags.contains(.timeout) {
                known.members[set.name] = .init(set.elements)
            }
        }
        return known
    }

    // MARK: On the disk

    /// What is noted in a store; nil if there is no note, or none that can be read: it only saves time.
    init?(in store: StateStore) {
        guard let bytes = try? Files.read(Self.path(in: store), limit: 16 << 20) else { return nil }
        do throws(MalformedBytes) {
            self = try SealedBytes.read(bytes) { (reader) throws(MalformedBytes) in
                try VerifiedFirewall(from: &reader)
            }
        } catch {
            return nil
        }
    }

    private init(from reader: inout ByteReader) throws(MalformedBytes) {
        origin = KernelInstance(boot: try reader.text(), namespace: try reader.number())
        generation = try reader.number()
        content = try reader.optional { (reader) throws(MalformedBytes) in try reader.text() }
        rules = try Self.digests(from: &reader)
        members = try Self.digests(from: &reader)
    }

    private static func digests(from reader: inout ByteReader) throws(MalformedBytes) -> [String: String] {
        let pairs = try reader.list(smallest: 8) { (reader) throws(MalformedBytes) in
            (name: try reader.text(), digest: try reader.text())
        }
        return Dictionary(pairs.map { ($0.name, $0.digest) }) { first, _ in first }
    }

    func write(to store: StateStore) throws(StoreError) {
        let bytes = SealedBytes.make(capacity: 256 + (rules.count + members.count) * 80) { writer in
            writer.text(origin.boot)
            writer.number(origin.namespace)
            writer.number(generation)
            writer.optional(content) { $0.text($1) }
            for digests in [rules, members] {
                writer.list(digests.sorted { $0.key < $1.key }) { writer, entry in
                    writer.text(entry.key)
                    writer.text(entry.value)
                }
            }
        }
        // It means nothing after the next boot.
        try Files.replace(Self.path(in: store), bytes, isDurable: false)
    }

    private static func path(in store: StateStore) -> HeldPath {
        store.root.appending("verified")
    }
}
