import FoundationEssentials
import KernelObjects
import Reconciliation
import SystemPackage

/// A generation in one file, so that it is on the disk, and gets its place, in one step.
///
///     "WEIRGEN1"  size of the head (u32)  CRC-32C of the head (u32)  head (JSON)  parts, one after the other
///
/// The head has the size and the checksum of each part; numbers have their least significant byte first. The parts are the snapshots before
/// and after, the contents of Weir's table if they are small, the texts and the model.
struct GenerationFile {
    /// What the file begins with, as JSON.
    struct Head: Codable {
        struct Part: Codable {
            var name: String
            var size: Int
            var checksum: UInt32
        }

        var generation: Generation
        var parts: [Part] = []
        /// Digests of the contents of Weir's table that are kept in files of their own.
        var firewalls: [String] = []
    }

    /// Which snapshot is meant.
    enum Moment: String {
        case before
        case after
    }

    private let store: StateStore
    private let path: HeldPath
    private let head: Head
    /// Where the first part starts.
    private let start: Int

    static let magic = Array("WEIRGEN1".utf8)
    private static let fixedSize = 16
    private static let largestHead = 16 << 20
    private static let largestPart = 1 << 30

    static func firewallPart(_ digest: String) -> String { "firewall-\(digest)" }
    static func sourcePart(_ index: Int) -> String { "source-\(index)" }
    static let modelPart = "model"

    /// Reads the head of a generation; nil if there is no file.
    init?(_ path: HeldPath, in store: StateStore) throws(StoreError) {
        guard let fixed = try Files.read(path, at: 0, count: Self.fixedSize) else { return nil }
        guard fixed.starts(with: Self.magic) else {
            throw .malformed(path: path.path, reason: "it is not a generation")
        }
        let size = Int(fixed.number(at: 8))
        guard size <= Self.largestHead else {
            throw .malformed(path: path.path, reason: "it does not describe a generation")
        }
        // Whoever does not hold the lock may find that the file has got another place meanwhile.
        guard let bytes = try Files.read(path, at: Self.fixedSize, count: size) else { return nil }
        guard CRC32C.checksum(of: bytes) == fixed.number(at: 12),
            let head = try? JSONDecoder().decode(Head.self, from: Data(bytes)),
            head.parts.allSatisfy({ 0...Self.largestPart ~= $0.size })
        else { throw .malformed(path: path.path, reason: "it does not describe a generation") }
        let end = head.parts.reduce(Self.fixedSize + size) { $0 + $1.size }
        let length = try Files.size(of: path)
        guard length == end else {
            if length == 0, try Files.read(path, at: 0, count: 0) == nil { return nil }
            throw .malformed(path: path.path, reason: "it is not as long as it says")
        }
        self.store = store
        self.path = path
        self.head = head
        start = Self.fixedSize + size
    }

    /// What is known about the generation.
    var generation: Generation { head.generation }

    /// Digests of the contents of Weir's table that are kept in files of their own.
    var firewalls: [String] { head.firewalls }

    /// Reads a snapshot, with the content of Weir's table where that is wanted.
    func snapshot(_ moment: Moment, withFirewall: Bool = true) throws(StoreError) -> Snapshot {
        let bytes = try part(moment.rawValue)
        var snapshot = try decoding { () throws(MalformedBytes) in try Snapshot(encoded: bytes) }
        if withFirewall, let digest = snapshot.firewallDigest { snapshot.firewall = try firewall(digest) }
        return snapshot
    }

    /// Reads what the generation was made from.
    func text() throws(StoreError) -> RulesetText {
        var text = RulesetText()
        for (index, source) in generation.sources.enumerated() {
            text.sources.append(.init(name: source.name, bytes: try part(Self.sourcePart(index))))
        }
        if generation.modelChecksum != nil { text.model = try part(Self.modelPart) }
        return text
    }

    private func firewall(_ digest: String) throws(StoreError) -> FirewallState {
        guard !head.firewalls.contains(digest) else { return try FirewallFiles(in: store).read(digest) }
        let bytes = try part(Self.firewallPart(digest))
        let firewall = try decoding { () throws(MalformedBytes) in try FirewallState(encoded: bytes) }
        guard firewall.digest == digest else {
            throw .malformed(path: path.path, reason: "the content of the table is not what its name says")
        }
        return firewall
    }

    private func part(_ name: String) throws(StoreError) -> [UInt8] {
        var offset = start
        for part in head.parts {
            guard part.name == name else {
                offset += part.size
                continue
            }
            guard let bytes = try Files.read(path, at: offset, count: part.size) else {
                throw .system(operation: "read", path: path.path, errno: .noSuchFileOrDirectory)
            }
            guard CRC32C.checksum(of: bytes) == part.checksum else {
                throw .malformed(path: path.path, reason: "the checksum of its part '\(name)' is wrong")
            }
            return bytes
        }
        throw .malformed(path: path.path, reason: "its part '\(name)' is missing")
    }

    private func decoding<Value>(_ body: () throws(MalformedBytes) -> Value) throws(StoreError) -> Value {
        do throws(MalformedBytes) {
            return try body()
        } catch {
            throw .malformed(path: path.path, reason: error.reason)
        }
    }
}

extension [UInt8] {
    /// The number at an offset, which must be inside; the least significant byte comes first.
    fileprivate func number(at offset: Int) -> UInt32 {
        withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}
