public import NetworkTypes
public import Vocabulary

/// A condition on a field of the vocabulary.
public struct FieldMatch: Sendable, Hashable {
    /// What the field's value is compared with.
    public enum Values: Sendable, Hashable {
        /// It is one of these; at least one.
        case among(IntervalSet<FieldValue>)
        /// Of its bits, those of the mask are these; no bit of the value is outside the mask, and the mask is neither empty nor all.
        indirect case masked(FieldValue, mask: FieldValue)
    }

    /// The field.
    public let field: Field.ID
    /// What its value is compared with.
    public let values: Values
    /// Whether the opposite is meant.
    public let isNegated: Bool

    /// Creates the condition; nil where its values are none that the field can have, or where it holds for all or for none of them.
    public init?(_ field: Field.ID, _ values: Values, isNegated: Bool = false) {
        let type = field.field.type
        switch values {
        case .among(let intervals):
            guard let last = intervals.intervals.last, last.upper <= type.greatest else { return nil }
            guard type.hasRanges || intervals.isSingles, type.hasLists || intervals.intervals.count == 1 else {
                return nil
            }
            // Of two values, not the one is the other.
            if isNegated, type.hasNamesForAll, type.greatest.number == 1, intervals.intervals.count == 1 {
                self.field = field
                self.values = .among(IntervalSet(Interval(FieldValue(1 - intervals.intervals[0].lower.number64))))
                self.isNegated = false
                return
            }
            self.values = values
        case .masked(let value, let mask):
            guard field.field.hasMasks, mask.number != 0, mask <= type.greatest, value.number & ~mask.number == 0 else {
                return nil
            }
            // All bits are looked at: a plain comparison.
            self.values = mask == type.greatest ? .among(IntervalSet(Interval(value))) : values
        }
        self.field = field
        self.isNegated = isNegated
    }

    /// What the vocabulary says of the field.
    public var row: Field {
        field.field
    }

    /// The same with the opposite meaning.
    var opposite: FieldMatch? {
        FieldMatch(field, values, isNegated: !isNegated)
    }

    /// The families of packets that can have the field.
    public var families: AddressFamilies {
        row.load.families
    }

    /// The values that the condition holds for; nil where bits are asked for under a mask.
    public var region: IntervalSet<FieldValue>? {
        guard case .among(let values) = values else { return nil }
        guard isNegated else { return values }
        let all = IntervalSet(Interval(FieldValue.least, row.type.greatest).map { [$0] } ?? [])
        return values.complement.intersection(all)
    }
}

extension Match {
    /// That the packet came in by an Ethernet interface, which a field of the Ethernet header says too.
    public static let ethernet: Match? = FieldWords.field("iiftype")
        .flatMap { FieldMatch($0, .among(IntervalSet(Interval(FieldValue(UInt16(1)))))) }
        .map { .field($0) }
}

extension Rule {
    /// Leaves out that the packet came in by an Ethernet interface where a field of the Ethernet header says so.
    public mutating func dropImpliedEthernet() {
        let isImplied = matches.contains {
            if case .field(let match) = $0 { match.row.layer == .ethernet } else { false }
        }
        if isImplied { matches.removeAll { $0 == .ethernet } }
    }
}
