import FoundationEssentials
import Reconciliation
import SystemPackage

extension GenerationFile {
    /// Content up to this size is kept with the generation: one file is faster on the disk than two. What is larger is kept once,
    /// however many generations have it.
    private static let largestInnerFirewall = 64 << 10

    /// Writes a generation as a new file and puts it on the disk.
    static func write(
        _ generation: Generation,
        before: Snapshot,
        after: Snapshot,
        text: RulesetText,
        to path: HeldPath,
        in store: StateStore
    ) throws(StoreError) {
        var head = Head(generation: generation)
        var parts: [[UInt8]] = []
        func add(_ name: String, _ bytes: [UInt8]) {
            head.parts.append(.init(name: name, size: bytes.count, checksum: CRC32C.checksum(of: bytes)))
            parts.append(bytes)
        }
        add(Moment.before.rawValue, before.encoded())
        add(Moment.after.rawValue, after.encoded())
        var digests: Set<String> = []
        for snapshot in [before, after] {
            guard let firewall = snapshot.firewall, let digest = snapshot.firewallDigest,
                digests.insert(digest).inserted
            else { continue }
            if firewall.estimatedSize <= largestInnerFirewall {
                add(firewallPart(digest), firewall.encoded())
            } else {
                try FirewallFiles(in: store).write(firewall, digest: digest)
                head.firewalls.append(digest)
            }
        }
        for (index, source) in text.sources.enumerated() { add(sourcePart(index), source.bytes) }
        if let model = text.model { add(modelPart, model) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let description = try? encoder.encode(head) else {
            throw .malformed(path: path.path, reason: "the generation cannot be described")
        }
        var writer = ByteWriter(capacity: parts.reduce(description.count + 64) { $0 + $1.count })
        writer.raw(magic)
        writer.number(UInt32(clamping: description.count))
        writer.number(CRC32C.checksum(of: Array(description)))
        writer.raw(Array(description))
        for part in parts { writer.raw(part) }
        try Files.create(path, writer.bytes)
    }
}
