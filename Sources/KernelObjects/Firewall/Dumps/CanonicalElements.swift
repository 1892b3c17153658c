/// Expressions of the rules that were read last, which turned out to be canonical as the kernel sent them. Rules of a chain are much alike:
/// most expressions are those of the rule before, and need not be read.
struct CanonicalElements: Sendable {
    private static let places = 16
    private static let room = 96

    private var bytes = [UInt8](repeating: 0, count: places * room)
    private var sizes = [Int](repeating: 0, count: places)
    private var counters = [Bool](repeating: false, count: places)

    /// Whether the rule that was read last had this expression at this place.
    @inline(__always)
    func holds(_ element: AttributeReader.Attribute, at place: Int) -> Bool {
        guard place < Self.places, sizes[place] == element.whole.count else { return false }
        return bytes.withUnsafeBytes { isSame($0, from: place * Self.room, as: element.whole) }
    }

    /// Whether what is held at a place counts; it then has counted nothing yet.
    func isCounter(at place: Int) -> Bool {
        counters[place]
    }

    /// Takes note of an expression whose canonical form is what was read.
    mutating func note(_ element: AttributeReader.Attribute, _ expression: Expression, at place: Int) {
        guard place < Self.places, element.whole.count <= Self.room else { return }
        sizes[place] = element.whole.count
        counters[place] = if case .counter = expression { true } else { false }
        bytes.withUnsafeMutableBytes { all in
            UnsafeMutableRawBufferPointer(rebasing: all[place * Self.room..<(place + 1) * Self.room])
                .copyMemory(from: element.whole)
        }
    }
}

/// Compares whole attributes, which are multiples of four bytes long, with what stands at a place.
@inline(__always)
func isSame(_ all: UnsafeRawBufferPointer, from start: Int, as other: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while other.count - offset >= 8 {
        guard
            all.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
                == other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        else { return false }
        offset += 8
    }
    while offset < other.count {
        guard all[start + offset] == other[offset] else { return false }
        offset += 1
    }
    return true
}
