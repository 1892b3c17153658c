import KernelObjects
import Reconciliation
import SystemPackage

/// What nf_tables was last found to have: as long as it is at the same generation it need not be read to know.
struct VerifiedFirewall: Hashable {
    /// Where the generation counts.
    var origin: KernelInstance
    /// nf_tables' generation id.
    var generation: UInt32
    /// Digest of the content of Weir's table; `none` where there is no table.
    var content: String

    init(origin: KernelInstance, generation: UInt32, digest: String?) {
        self.origin = origin
        self.generation = generation
        content = digest ?? "none"
    }

    /// Whether this is what nf_tables was found to have; nothing stands for no table.
    func hasContent(_ digest: String?) -> Bool {
        content == digest ?? "none"
    }

    private init?(line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 5, let namespace = UInt64(words[1]), let generation = UInt32(words[2]) else { return nil }
        origin = KernelInstance(boot: String(words[0]), namespace: namespace)
        self.generation = generation
        content = String(words[3])
        guard words[4] == checksum else { return nil }
    }

    private var fields: String {
        "\(origin.boot) \(origin.namespace) \(generation) \(content)"
    }

    /// A note that is damaged must not be taken for another one.
    private var checksum: String {
        String(CRC32C.checksum(of: Array(fields.utf8)), radix: 16)
    }

    /// What is noted in a store; nothing where there is no note, or none that can be read: it only saves time.
    init?(in store: StateStore) {
        guard let bytes = try? Files.read(Self.path(in: store), limit: 1024) else { return nil }
        self.init(line: String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    func write(to store: StateStore) throws(StoreError) {
        // It means nothing after the next boot.
        try Files.replace(Self.path(in: store), Array("\(fields) \(checksum)\n".utf8), isDurable: false)
    }

    private static func path(in store: StateStore) -> FilePath {
        store.directory.appending("verified")
    }
}
