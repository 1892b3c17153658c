import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

@testable import Transactions

struct SnapshotTests {
    /// Both kinds of files: a snapshot, and the content of Weir's table.
    enum Kind: CaseIterable {
        case snapshot
        case firewall

        func sample() throws -> [UInt8] {
            let sample = try Snapshot.sample()
            switch self {
            case .snapshot: return sample.encoded()
            case .firewall: return try #require(sample.firewall).encoded()
            }
        }

        func decode(_ bytes: [UInt8]) throws {
            switch self {
            case .snapshot: _ = try Snapshot(encoded: bytes)
            case .firewall: _ = try FirewallState(encoded: bytes)
            }
        }
    }

    @Test func aSnapshotIsReadAsItWasWritten() throws {
        let snapshot = try Snapshot.sample()
        let bytes = snapshot.encoded()
        let decoded = try Snapshot(encoded: bytes)
        #expect(decoded.encoded() == bytes)
        #expect(decoded.origin == snapshot.origin)
        #expect(decoded.generation == snapshot.generation)
        #expect(decoded.firewallDigest == snapshot.firewall?.digest)
        #expect(decoded.routes == snapshot.routes)
        #expect(decoded.routingRules == snapshot.routingRules)
        #expect(decoded.sysctls == snapshot.sysctls)
        #expect(decoded.displaced.routes == snapshot.displaced.routes)
        #expect(decoded.displaced.sysctls == snapshot.displaced.sysctls)
    }

    @Test func aFirewallIsReadAsItWasWritten() throws {
        var firewall = try #require(try Snapshot.sample().firewall)
        firewall.isDormant = true
        let decoded = try FirewallState(encoded: firewall.encoded())
        #expect(decoded.digest == firewall.digest)
        #expect(String(describing: decoded) == String(describing: firewall))
        #expect(try FirewallState(encoded: FirewallState().encoded()).chains.isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func everyDamagedByteIsNoticed(kind: Kind) throws {
        let bytes = try kind.sample()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: MalformedBytes.self) { try kind.decode(damaged) }
        }
        for count in bytes.indices {
            #expect(throws: MalformedBytes.self) { try kind.decode(Array(bytes.prefix(count))) }
        }
        #expect(throws: MalformedBytes.self) { try kind.decode(bytes + [0]) }
    }

    /// A checksum protects against accidents; lengths that lie must do no harm even so.
    @Test(arguments: Kind.allCases)
    func lyingLengthsAreRefusedWithoutHarm(kind: Kind) throws {
        let bytes = try kind.sample()
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
                do { try kind.decode(damaged) } catch { refused += 1 }
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
