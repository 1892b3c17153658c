import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// Hands the path of a journal that does not exist yet to the closure.
private func withPath(_ body: (HeldPath) throws -> Void) throws {
    try withTemporaryDirectory { try body(HeldPath(FilePath($0)).appending("journal")) }
}

private let records: [JournalRecord] = [
    .begun(owner: .current, window: nil), .intent(.firewall), .done(.firewall), .verified,
    .rollback(reason: "a \"reason\" ü"), .residue(["one", "two"]),
]

private func write(_ records: [JournalRecord], to path: HeldPath) throws {
    let journal = try Journal(path)
    for record in records { try journal.append(record) }
}

struct JournalTests {
    @Test func whatIsWrittenIsRead() throws {
        try withPath { path in
            #expect(try JournalContents(path) == nil)
            try write(Array(records[..<2]), to: path)
            try write(Array(records[2...]), to: path)
            let contents = try #require(try JournalContents(path))
            #expect(contents.records == records)
            #expect(!contents.isDamaged)
        }
    }

    /// A process that is killed may leave half a record: what is before it counts, and the next record goes into its place.
    @Test func anIncompleteEndIsIgnored() throws {
        try withPath { path in
            try write(records, to: path)
            let bytes = try #require(readFile(path.string))
            for length in 0..<bytes.count {
                try writeFile(Array(bytes[..<length]), to: path.string)
                let contents = try #require(try JournalContents(path))
                #expect(!contents.isDamaged)
                #expect(records.starts(with: contents.records))
                try write([.verified], to: path)
                #expect(try JournalContents(path)?.records == contents.records + [.verified])
            }
        }
    }

    @Test func noDamagedRecordIsBelieved() throws {
        try withPath { path in
            try write(records, to: path)
            let bytes = try #require(readFile(path.string))
            for index in bytes.indices {
                for bit in 0..<8 {
                    var damaged = bytes
                    damaged[index] ^= 1 << UInt8(bit)
                    try writeFile(damaged, to: path.string)
                    let contents = try #require(try JournalContents(path))
                    #expect(contents.records.count < records.count)
                    #expect(records.starts(with: contents.records))
                }
            }
        }
    }

    @Test func itDoesNotGrowWithoutEnd() throws {
        try withPath { path in
            let journal = try Journal(path)
            #expect(throws: StoreError.self) {
                try journal.append(.residue([String(repeating: "x", count: 70_000)]))
            }
            let large = JournalRecord.residue([String(repeating: "x", count: 60_000)])
            let error = #expect(throws: StoreError.self) { while true { try journal.append(large) } }
            #expect(error == .system(operation: "write", path: path.path, errno: .fileTooLarge))
            #expect(try JournalContents(path)?.records.count == 17)
        }
    }

    @Test func aProcessIsKnownByItsStartToo() throws {
        #expect(ProcessIdentity.current.isAlive)
        var other = ProcessIdentity.current
        other.start += 1
        #expect(!other.isAlive)
        let process = try BackgroundProcess(["sleep", "60"])
        let identity = try #require(ProcessIdentity(process: process.processID))
        #expect(identity.isAlive)
        _ = try process.stop()
        #expect(!identity.isAlive)
    }
}
