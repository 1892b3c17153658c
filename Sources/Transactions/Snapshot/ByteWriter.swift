/// Writes numbers (least significant byte first), bytes and text one after the other.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func number<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ data: [UInt8]) {
        bytes += data
    }

    mutating func flag(_ flag: Bool) {
        bytes.append(flag ? 1 : 0)
    }

    mutating func data(_ data: [UInt8]) {
        number(UInt32(clamping: data.count))
        bytes += data
    }

    mutating func text(_ text: String) {
        data(Array(text.utf8))
    }

    /// The first bytes of a number that has its first byte as the most significant one.
    mutating func leadingBytes(_ bits: UInt128, count: Int) {
        withUnsafeBytes(of: bits.bigEndian) { bytes.append(contentsOf: $0.prefix(count)) }
    }

    mutating func list<Element>(_ elements: [Element], _ body: (inout ByteWriter, Element) -> Void) {
        number(UInt32(clamping: elements.count))
        for element in elements { body(&self, element) }
    }

    mutating func optional<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
        flag(value != nil)
        if let value { body(&self, value) }
    }
}
