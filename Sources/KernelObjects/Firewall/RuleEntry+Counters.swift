extension RuleEntry {
    /// The rule as it is sent: its first counter begins with what the entry has counted.
    public var countedRule: RuleObject {
        guard packets != 0 || bytes != 0 else { return rule }
        var counted = rule
        counted.expressions.withUnsafeMutableBytes { expressions in
            for (type, place) in Self.placesOfFirstCounter(in: UnsafeRawBufferPointer(expressions)) {
                let value = type == CounterAttribute.packets ? packets : bytes
                expressions.storeBytes(of: value.bigEndian, toByteOffset: place, as: UInt64.self)
            }
        }
        return counted
    }

    /// The types of the first counter's values, and where they stand in a list of expressions.
    private static func placesOfFirstCounter(in list: UnsafeRawBufferPointer) -> [(type: UInt16, place: Int)] {
        guard let base = list.baseAddress else { return [] }
        var reader = AttributeReader(list)
        while let element = reader.next() {
            var fields = element.nested
            guard let name = fields.next(), name.leadingBits == ExpressionName.counter.bits, let data = fields.next()
            else { continue }
            var places: [(UInt16, Int)] = []
            var values = data.nested
            while let value = values.next() {
                guard value.value.count == 8, let start = value.value.baseAddress else { continue }
                places.append((value.type, start - base))
            }
            return places
        }
        return []
    }
}

extension RuleObject {
    /// Whether the rule counts packets.
    var counts: Bool {
        expressions.withUnsafeBytes { list in
            var reader = AttributeReader(list)
            while let element = reader.next() {
                var fields = element.nested
                if let name = fields.next(), name.leadingBits == ExpressionName.counter.bits { return true }
            }
            return false
        }
    }
}
