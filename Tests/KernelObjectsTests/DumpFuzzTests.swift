import KernelObjects
import TestSupport
import Testing

/// Damaged answers of the kernel, and damaged expressions as they stand in rules.
@Suite struct DumpFuzzTests {
    @Test func damagedMessagesAndExpressionsNeverTrap() {
        let budget = FuzzBudget("dumps", rounds: 40_000)
        var generator = SeededGenerator(seed: budget.seed)
        let captures = Capture.all
        let expressions = ExpressionTests.dumped.map { bytes($0.bytes) }
        budget.forEachRound { round in
            if round.isMultiple(of: 2) {
                let (kind, bytes) = captures[round / 2 % captures.count]
                // As long as nothing traps, either outcome is right.
                _ = try? DumpTests.read(kind, damaged(bytes, &generator))
            } else {
                let pair = (0..<2).flatMap { _ in expressions.randomElement(using: &generator) ?? [] }
                checkStability(damaged(pair, &generator))
            }
        }
    }

    /// What can still be read is read again from what is written of it.
    private func checkStability(_ bytes: [UInt8]) {
        guard let expressions = Expression.decode(bytes) else { return }
        var writer = ExpressionWriter()
        for expression in expressions { writer.append(expression) }
        let again = Expression.decode(writer.finish())
        #expect(again == expressions, "\(hexadecimal(bytes))")
    }

    /// Bytes changed, lengths that lie, attributes doubled and cut off.
    private func damaged(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes[place] = [0, 1, 3, 4, 5, 127, 128, 255].randomElement(using: &generator) ?? 0
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            case 4: bytes.removeSubrange(place..<min(place + 4, bytes.count))
            default: if Bool.random(using: &generator) { bytes.removeLast(bytes.count - place) }
            }
        }
        return bytes
    }
}
