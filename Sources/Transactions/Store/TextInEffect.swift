import Glibc
import KernelObjects
import Reconciliation
import SystemPackage

/// That the texts of a rule file were found to be in effect, and where that counts: as long as none of it has changed, the file need not be
/// understood again to know that there is nothing to do.
struct TextInEffect {
    /// The kernel and the generation of nf_tables at which the texts are in effect.
    let origin: KernelInstance
    let generation: UInt32
    /// The program that understood them.
    let program: ProgramIdentity
    /// What they ask for beside the firewall.
    let desired: DesiredState

    /// A program: another one, even of the same version, compiles the texts again.
    struct ProgramIdentity: Hashable {
        let version: String
        let inode: UInt64
        let size: Int64
        /// When its file was last written, in nanoseconds since 1970.
        let modified: Int64
    }

    // MARK: On the disk

    private static let largest = 1 << 28

    /// What is noted in a store of a rule file; nil if there is no note, none that can be read, or one of other texts than the file and all
    /// it includes have now: it only saves time.
    /// - Parameter read: Reads a file; nil if it cannot be read.
    init?(of path: String, in store: StateStore, read: (String) -> [UInt8]?) {
        guard let bytes = try? Files.read(Self.path(in: store), limit: Self.largest) else { return nil }
        var isSame = false
        do throws(MalformedBytes) {
            self = try SealedBytes.read(bytes) { (reader) throws(MalformedBytes) in
                let note = try TextInEffect(from: &reader)
                isSame = try Self.isText(&reader, of: path, read: read)
                return note
            }
        } catch {
            return nil
        }
        guard isSame else { return nil }
    }

    /// Compares texts with what is noted, where it stands: they may be large. The main one is the first.
    private static func isText(
        _ reader: inout ByteReader,
        of path: String,
        read: (String) -> [UInt8]?
    ) throws(MalformedBytes) -> Bool {
        var isSame: Bool?
        _ = try reader.list(smallest: 8) { (reader) throws(MalformedBytes) in
            let name = try reader.text()
            // After the first difference no file is read: what is noted of another rule file is nobody's to open now.
            let isWanted = isSame ?? (name == path)
            isSame = try reader.isData(isWanted ? read(name) : nil)
        }
        return isSame ?? false
    }

    private init(from reader: inout ByteReader) throws(MalformedBytes) {
        program = ProgramIdentity(
            version: try reader.text(),
            inode: try reader.number(),
            size: try reader.number(),
            modified: try reader.number()
        )
        let snapshot = try Snapshot(encoded: try reader.data())
        origin = snapshot.origin
        generation = snapshot.generation
        desired = snapshot.desired
    }

    /// Notes it.
    /// - Parameter sources: The texts, the main one first.
    func write(of sources: [RulesetText.Source], to store: StateStore) throws(StoreError) {
        let snapshot = Snapshot(
            origin: origin,
            generation: generation,
            routes: desired.routes,
            routingRules: desired.routingRules,
            sysctls: desired.sysctls
        )
        let size = sources.reduce(4096) { $0 + $1.bytes.count + $1.name.utf8.count }
        let bytes = SealedBytes.make(capacity: size) { writer in
            writer.text(program.version)
            writer.number(program.inode)
            writer.number(program.size)
            writer.number(program.modified)
            writer.data(snapshot.encoded())
            writer.list(sources) { writer, source in
                writer.text(source.name)
                writer.data(source.bytes)
            }
        }
        // It means nothing after the next boot.
        try Files.replace(Self.path(in: store), bytes, isDurable: false)
    }

    private static func path(in store: StateStore) -> HeldPath {
        store.root.appending("in-effect")
    }
}

extension TextInEffect {
    /// Notes what was found to be in effect; nil if the texts alone do not say what that is.
    init?(_ request: ChangeRequest, origin: KernelInstance, generation: UInt32, program version: String) {
        guard request.text.saysAll, request.action == .apply, let program = ProgramIdentity.current(version) else {
            return nil
        }
        // Members with a lifetime come and go without a new generation.
        guard request.desired.firewall?.sets.contains(where: { $0.flags.contains(.timeout) }) != true else {
            return nil
        }
        self.origin = origin
        self.generation = generation
        self.program = program
        desired = DesiredState(
            routes: request.desired.routes,
            routingRules: request.desired.routingRules,
            sysctls: request.desired.sysctls
        )
    }
}

extension TextInEffect.ProgramIdentity {
    /// The program that runs; nil if it cannot be looked at.
    static func current(_ version: String) -> Self? {
        var status = Glibc.stat()
        guard stat("/proc/self/exe", &status) == 0 else { return nil }
        return Self(
            version: version,
            inode: UInt64(status.st_ino),
            size: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        )
    }
}
