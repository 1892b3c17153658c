import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

@testable import Transactions

struct SnapshotTests {
    @Test func aSnapshotIsReadAsItWasWritten() throws {
        let snapshot = try Snapshot.sample()
        let bytes = snapshot.encoded()
        let decoded = try Snapshot(encoded: bytes)
        #expect(decoded.encoded() == bytes)
        #expect(decoded.origin == snapshot.origin)
        #expect(decoded.generation == snapshot.generation)
        #expect(String(describing: decoded.firewall) == String(describing: snapshot.firewall))
        #expect(decoded.routes == snapshot.routes)
        #expect(decoded.routingRules == snapshot.routingRules)
        #expect(decoded.sysctls == snapshot.sysctls)
        #expect(decoded.displaced.routes == snapshot.displaced.routes)
        #expect(decoded.displaced.sysctls == snapshot.displaced.sysctls)
        let empty = Snapshot(origin: KernelInstance(boot: "", namespace: 0))
        #expect(try Snapshot(encoded: empty.encoded()).firewall == nil)
    }

    @Test func everyDamagedByteIsNoticed() throws {
        let bytes = try Snapshot.sample().encoded()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: MalformedBytes.self) { try Snapshot(encoded: damaged) }
        }
        for count in bytes.indices {
            #expect(throws: MalformedBytes.self) { try Snapshot(encoded: Array(bytes.prefix(count))) }
        }
        #expect(throws: MalformedBytes.self) { try Snapshot(encoded: bytes + [0]) }
    }

    /// A checksum protects against accidents; lengths that lie must do no harm even so.
    @Test func lyingLengthsAreRefusedWithoutHarm() throws {
        let bytes = try Snapshot.sample().encoded()
        let end = bytes.count - 20
        var refused = 0
        for index in 12..<end {
            for value in [0x7f, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[index] = value
                let checksum = damaged[..<(end + 8)].withUnsafeBytes { CRC32C.checksum($0) }
                withUnsafeBytes(of: checksum.littleEndian) {
                    damaged.replaceSubrange(end + 8..<end + 12, with: $0)
                }
                if (try? Snapshot(encoded: damaged)) == nil { refused += 1 }
            }
        }
        #expect(refused > 0)
    }

    /// RFC 3720, B.4.
    @Test(
        arguments: [
            (Array("123456789".utf8), 0xe306_9283), ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), (Array(0..<32), 0x46dd_794e), ([], 0),
        ] as [([UInt8], UInt32)]
    )
    func theChecksumIsThatOfTheStandard(bytes: [UInt8], checksum: UInt32) {
        #expect(bytes.withUnsafeBytes { CRC32C.checksum($0) } == checksum)
    }
}
