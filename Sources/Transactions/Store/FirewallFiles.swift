import KernelObjects
import Reconciliation
import SystemPackage

/// The contents that Weir's table has had, each in a file that is named for its digest. Generations refer to them.
struct FirewallFiles {
    let directory: HeldPath

    init(in store: StateStore) {
        directory = store.root.appending("firewall")
    }

    func prepare() throws(StoreError) {
        try Files.makeDirectory(directory)
    }

    private func path(_ digest: String) -> HeldPath {
        directory.appending("\(digest).snap")
    }

    private static let largest = 1 << 30

    /// Writes a content, unless it is there and whole.
    func write(_ firewall: FirewallState, digest: String) throws(StoreError) {
        let path = path(digest)
        if let bytes = try Files.read(path, limit: Self.largest), SealedBytes.isWhole(bytes) { return }
        try Files.replace(path, firewall.encoded())
    }

    /// Reads a content.
    func read(_ digest: String) throws(StoreError) -> FirewallState {
        let path = path(digest)
        guard let bytes = try Files.read(path, limit: Self.largest) else {
            throw .malformed(path: path.path, reason: "it is missing")
        }
        let firewall: FirewallState
        do throws(MalformedBytes) {
            firewall = try FirewallState(encoded: bytes)
        } catch {
            throw .malformed(path: path.path, reason: error.reason)
        }
        guard firewall.digest == digest else {
            throw .malformed(path: path.path, reason: "it is not what its name says")
        }
        return firewall
    }

    /// Reads a content of at least so many bytes; nil if it has fewer or cannot be read.
    func readIfLarge(_ digest: String, _ fewestBytes: Int) -> FirewallState? {
        guard let size = try? Files.size(of: path(digest)), size >= fewestBytes else { return nil }
        return try? read(digest)
    }

    /// Removes what no generation refers to any more.
    func removeAll(except digests: Set<String>) throws(StoreError) {
        for name in try Files.names(in: directory) {
            guard let stem = FilePath.Component(name)?.stem, !digests.contains(stem) else { continue }
            try Files.remove(directory.appending(name))
        }
    }

    /// How much room they take, in bytes.
    func size() throws(StoreError) -> Int {
        var size = 0
        for name in try Files.names(in: directory) { size += try Files.size(of: directory.appending(name)) }
        return size
    }
}

extension FirewallState {
    /// What the file with this content is named for.
    var digest: String {
        fingerprint.hexadecimal
    }
}
