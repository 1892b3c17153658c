import KernelObjects
import TestSupport
import Testing

@testable import Transactions

/// Files of the store that were changed by somebody who knows how to seal them: they are refused, or read and written alike.
@Suite struct SnapshotFuzzTests {
    @Test func damagedSnapshotsAreRefusedOrRead() throws {
        let budget = FuzzBudget("snapshots", rounds: 4000)
        var generator = SeededGenerator(seed: budget.seed)
        let snapshot = try Snapshot.sample()
        let contents = try [snapshot.encoded(), #require(snapshot.firewall).encoded()].map(content)
        var accepted = 0
        budget.forEachRound { round in
            let isFirewall = !round.isMultiple(of: 2)
            let inside = damaged(contents[round % 2], &generator)
            let bytes = SealedBytes.make(capacity: inside.count) { $0.raw(inside) }
            do {
                let again: [UInt8]
                if isFirewall {
                    again = try FirewallState(encoded: FirewallState(encoded: bytes).encoded()).encoded()
                } else {
                    again = try Snapshot(encoded: Snapshot(encoded: bytes).encoded()).encoded()
                }
                #expect(!again.isEmpty, "seed \(budget.seed), round \(round)")
                accepted += 1
            } catch {}
        }
        // Were all of them refused, the checks after the first one would never be tried.
        #expect(accepted > 0)
    }

    /// What stands between the head and the trailer.
    private func content(_ sealed: [UInt8]) -> [UInt8] {
        Array(sealed.dropFirst(12).dropLast(20))
    }

    private func damaged(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes[place] = [0, 1, 2, 127, 128, 255].randomElement(using: &generator) ?? 0
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            default: bytes.removeSubrange(place..<min(place + 4, bytes.count))
            }
        }
        return bytes
    }
}
