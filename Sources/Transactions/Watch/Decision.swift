import CLinux
import Glibc
import SystemPackage

/// What was decided about a change that waits to be confirmed. There is one decision: the first stands, and whoever comes later obeys.
public enum Decision: Hashable, Sendable {
    /// The change stays.
    case confirm
    /// The change is undone; why, in a few words.
    case rollback(reason: String)

    static let longestText = 4096

    private static func path(in directory: HeldPath) -> HeldPath {
        directory.appending(fileName)
    }

    static let fileName: FilePath.Component = "decision"

    /// Decides, unless it has been decided.
    /// - Parameter directory: The directory of the change.
    /// - Returns: The decision that stands: it is on the disk.
    func take(in directory: HeldPath) throws(StoreError) -> Decision {
        // A file with another name first: whoever finds a decision finds all of it, and a link is made by one alone.
        let path = Self.path(in: directory)
        let draft = directory.appending(".decision-\(getpid())-\(linux_gettid())")
        try Files.remove(draft)
        // That a draft stays does no harm: it goes with the directory.
        defer { try? Files.remove(draft) }
        try Files.create(draft, Array("\(text)\n".utf8))
        if try Files.link(draft, as: path) {
            do throws(StoreError) {
                try Files.synchronizeDirectory(directory)
            } catch {
                // A confirmation that the disk may lose is none: those who look next must not find it.
                guard self == .confirm, (try? Files.remove(path)) == nil else { throw error }
            }
            return self
        }
        try Files.synchronizeDirectory(directory)
        guard let standing = try Self(in: directory) else {
            throw .malformed(path: path.path, reason: "it vanished while it was read")
        }
        return standing
    }

    /// Finds out whether a decision could be written down, before there is anything to decide.
    /// - Parameter directory: The directory of the change.
    static func rehearse(in directory: HeldPath) throws(StoreError) {
        let draft = directory.appending(".rehearsal")
        let target = directory.appending(".rehearsed")
        try Files.create(draft, Array("\(Decision.confirm.text)\n".utf8))
        let isLinked = try Files.link(draft, as: target)
        guard isLinked else { throw .system(operation: "link", path: target.path, errno: .fileExists) }
        try Files.synchronizeDirectory(directory)
        for path in [draft, target] { try Files.remove(path) }
    }

    /// What was decided; nil if nothing was.
    init?(in directory: HeldPath) throws(StoreError) {
        let path = Self.path(in: directory)
        guard let bytes = try Files.read(path, limit: Self.longestText) else { return nil }
        guard let decision = Decision(bytes) else { throw .malformed(path: path.path, reason: "it holds no decision") }
        self = decision
    }

    /// Understands the bytes of a decision; nil if they are none.
    init?(_ bytes: [UInt8]) {
        guard let decision = Decision(text: String(decoding: bytes, as: UTF8.self)) else { return nil }
        self = decision
    }

    private var text: String {
        switch self {
        case .confirm: "confirm"
        case .rollback(let reason): "rollback: \(reason)"
        }
    }

    private init?(text: String) {
        guard text.hasSuffix("\n") else { return nil }
        let line = text.dropLast()
        if line == "confirm" {
            self = .confirm
        } else if line.hasPrefix("rollback: ") {
            self = .rollback(reason: String(line.dropFirst("rollback: ".count)))
        } else {
            return nil
        }
    }
}
