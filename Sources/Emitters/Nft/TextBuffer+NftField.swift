import NetworkTypes
import RulesetModel
import Vocabulary

extension TextBuffer {
    /// Appends a condition on a field of the vocabulary; `family` is the one family that the rule is about.
    mutating func write(nftField match: FieldMatch, _ family: AddressFamily?) throws(Inexpressible) {
        let row = match.row
        guard let words = row.nft.value(for: family) else { throw Inexpressible("the rule is about two families") }
        write(words)
        write(UInt8(ascii: " "))
        switch match.values {
        case .masked(let value, let mask):
            write("& 0x")
            write(hexadecimal: mask.number64)
            write(match.isNegated ? " != 0x" : " == 0x")
            write(hexadecimal: value.number64)
        case .among(let values):
            if match.isNegated { write("!= ") }
            let intervals = values.intervals
            if intervals.count > 1 { write("{ ") }
            write(intervals, separator: ", ") { $1.write(nft: $0, row.type) }
            if intervals.count > 1 { write(" }") }
        }
    }

    private mutating func write(nft interval: Interval<FieldValue>, _ type: ValueType) {
        guard !interval.isSingle, type == .timeOfDay else {
            if interval.isSingle { write(nft: interval.lower, type) } else { type.write(interval, to: &self) }
            return
        }
        write(decimal: interval.lower.number64)
        write(UInt8(ascii: "-"))
        write(decimal: interval.upper.number64)
    }

    private mutating func write(nft value: FieldValue, _ type: ValueType) {
        switch type {
        // Groups have names in a file of the host, and nft reads and prints times in the zone of who runs it: numbers are the same everywhere.
        case .named(.deviceGroups, _), .timeOfDay: write(decimal: value.number64)
        // Younger versions alone have their names.
        case .named(.codePoints, _) where value.number64 == 1 || value.number64 == 44: write(decimal: value.number64)
        // nft begins them with a capital.
        case .named(.weekdays, _):
            var name = TextBuffer()
            type.write(value, to: &name)
            write(UInt8(ascii: "\""))
            write(name.text.prefix(1).uppercased() + name.text.dropFirst())
            write(UInt8(ascii: "\""))
        case .number, .named, .hardwareAddress, .duration, .text, .interfaceKind: type.write(value, to: &self)
        }
    }
}
