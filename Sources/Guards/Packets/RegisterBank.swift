import KernelObjects

/// The registers of the nf_tables machine (`struct nft_regs`): 64 bytes that registers of 16 and of 4 bytes share.
struct RegisterBank {
    private var values = [UInt32](repeating: 0, count: 16)
    private var known = [UInt32](repeating: 0, count: 16)

    /// Forgets everything: what a rule finds in the registers is of no meaning.
    mutating func forget() {
        for index in known.indices {
            values[index] = 0
            known[index] = 0
        }
    }

    /// The first word of a register; nothing for a number that is none (`nft_parse_register`).
    private func word(_ register: Register) -> Int? {
        switch register.rawValue {
        case 1...4: Int(register.rawValue - 1) * 4
        case 8...23: Int(register.rawValue - 8)
        default: nil
        }
    }

    /// Puts bytes into a register; the rest of the last word is 0, as the kernel leaves it.
    mutating func load(_ bits: KnownBits, into register: Register) {
        guard let first = word(register) else { return }
        let length = bits.length
        let value = bits.value.bits
        let mask = bits.known.bits | UInt128.max >> UInt128(8 * length)
        for index in 0..<(length + 3) / 4 where first + index < values.count {
            let shift = UInt128(96 - 32 * index)
            values[first + index] = UInt32(truncatingIfNeeded: value >> shift)
            known[first + index] = UInt32(truncatingIfNeeded: mask >> shift)
        }
    }

    /// The bytes of a register.
    func read(_ register: Register, length: Int) -> KnownBits {
        guard let first = word(register), (1...16).contains(length) else { return .unknown(length: length) }
        var value: UInt128 = 0
        var mask: UInt128 = 0
        for index in 0..<4 where first + index < values.count {
            let shift = UInt128(96 - 32 * index)
            value |= UInt128(values[first + index]) << shift
            mask |= UInt128(known[first + index]) << shift
        }
        return KnownBits(bits: value, known: mask, length: length)
    }
}
