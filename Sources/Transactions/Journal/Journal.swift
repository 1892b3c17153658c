import Faults
import FoundationEssentials
import Glibc
import SystemPackage

/// The record of a change that is under way, to which only is added: `[size (u32)] [CRC-32C (u32)] [JSON]`, least significant byte first.
///
/// It is there for those who find the change after its process has died. What the kernel has dies with the machine, so the journal need
/// outlive processes only, and is not synchronized. Whatever of it is missing or damaged makes the change one that is rolled back.
struct Journal: ~Copyable {
    private let path: HeldPath
    private let descriptor: FileDescriptor

    /// No journal is longer, in bytes.
    static let largest = 1 << 20
    /// No record is longer, in bytes.
    static let largestRecord = 64 << 10
    static let headSize = 8

    /// Opens the journal at a path, which is made unless it exists. What can be read stays, anything after it is removed.
    init(_ path: HeldPath) throws(StoreError) {
        self.init(path, try Self.open(path, size: try JournalContents(path)?.size ?? 0))
    }

    private init(_ path: HeldPath, _ descriptor: FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    private static func open(_ path: HeldPath, size: Int) throws(StoreError) -> FileDescriptor {
        try Files.perform("open", path) { (directory, name) throws(Errno) in
            let descriptor = try directory.open(name, O_WRONLY | O_CREAT | O_APPEND)
            do {
                // To cut a file costs a wait for the file system's journal, even if nothing is cut off.
                if try descriptor.seek(offset: 0, from: .end) != size {
                    guard ftruncate(descriptor.rawValue, off_t(size)) == 0 else { throw Errno(rawValue: errno) }
                }
            } catch {
                try? descriptor.close()
                throw error as? Errno ?? .ioError
            }
            return descriptor
        }
    }

    deinit {
        try? descriptor.close()
    }

    /// Adds a record, in one write.
    func append(_ record: JournalRecord) throws(StoreError) {
        FaultPoint.pass("before \(record)")
        do {
            let payload = Array(try JSONEncoder().encode(record))
            guard payload.count <= Self.largestRecord else { throw Errno.fileTooLarge }
            var writer = ByteWriter(capacity: payload.count + Self.headSize)
            writer.number(UInt32(clamping: payload.count))
            writer.number(CRC32C.checksum(of: payload))
            writer.raw(payload)
            guard try descriptor.seek(offset: 0, from: .end) + Int64(writer.bytes.count) <= Self.largest else {
                throw Errno.fileTooLarge
            }
            try writer.bytes.withUnsafeBytes { _ = try descriptor.writeAll($0) }
        } catch {
            throw .system(operation: "write", path: path.path, errno: error as? Errno ?? .ioError)
        }
        FaultPoint.pass("behind \(record)")
    }
}

/// What can be read of a journal.
struct JournalContents {
    /// The records up to the first that is incomplete or damaged.
    let records: [JournalRecord]
    /// How many bytes they take.
    let size: Int
    /// Whether something that is complete is damaged; what is incomplete at the end is what a process that was killed leaves.
    let isDamaged: Bool

    /// Reads a journal; nil if there is none.
    init?(_ path: HeldPath) throws(StoreError) {
        guard let bytes = try Files.read(path, limit: Journal.largest) else { return nil }
        self.init(bytes)
    }

    /// Understands the bytes of a journal.
    init(_ bytes: [UInt8]) {
        var records: [JournalRecord] = []
        var offset = 0
        var isDamaged = false
        bytes.withUnsafeBytes { bytes in
            while bytes.count - offset >= Journal.headSize {
                func number(_ place: Int) -> UInt32 {
                    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + place, as: UInt32.self))
                }
                let length = Int(number(0))
                let start = offset + Journal.headSize
                guard length <= bytes.count - start else {
                    isDamaged = length > Journal.largestRecord
                    return
                }
                let payload = bytes[start..<start + length]
                guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: payload)) == number(4),
                    let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(payload))
                else {
                    isDamaged = true
                    return
                }
                records.append(record)
                offset = start + length
            }
        }
        self.records = records
        size = offset
        self.isDamaged = isDamaged
    }
}
