import NetworkTypes
import RulesetModel
import Vocabulary

extension IptablesConditions {
    /// More single values than this do not become one condition each.
    private static let mostValues: UInt64 = 64

    /// Adds a condition on a field of the vocabulary.
    mutating func add(_ match: FieldMatch) throws(Inexpressible) {
        let row = match.row
        guard let words = row.iptables.value(for: family) else { throw Inexpressible("the other family alone has it") }
        guard case .among(let values) = match.values else {
            throw Inexpressible("it asks for no single bits of '\(row.words)'")
        }
        switch words {
        case .none(let reason): throw Inexpressible(reason)
        case .option(let module, let option, let separator):
            if row.places == .afterInput, place.hook == .postrouting {
                throw Inexpressible("it knows '\(row.words)' of packets that came in alone")
            }
            var texts: [String] = []
            for interval in values.intervals {
                if let separator, !interval.isSingle {
                    texts.append("\(interval.lower.number64)\(separator)\(interval.upper.number64)")
                } else {
                    for number in try numbers(interval, row) { texts.append(text(number, row.type)) }
                }
            }
            add(texts, module, option, isNegated: match.isNegated)
        case .names(let module, let option, let names):
            var texts: [String] = []
            // Of a closed list of values, all others are meant: not each of these options can be inverted.
            let isInverted = match.isNegated && row.type.hasNamesForAll
            for interval in (isInverted ? match.region ?? values : values).intervals {
                for number in try numbers(interval, row) {
                    guard let index = Int(exactly: number), names.indices.contains(index), !names[index].isEmpty else {
                        throw Inexpressible("it has no word for this value of '\(row.words)'")
                    }
                    texts.append(names[index])
                }
            }
            add(texts, module, option, isNegated: match.isNegated && !isInverted)
        }
    }

    private mutating func add(_ texts: [String], _ module: String, _ option: String, isNegated: Bool) {
        let alternatives = texts.map { ["-m", module] + negation(isNegated) + [option, $0] }
        if isNegated { for condition in alternatives { allOf(condition) } } else { anyOf(alternatives) }
    }

    /// The values of an interval, one by one.
    private func numbers(_ interval: Interval<FieldValue>, _ row: Field) throws(Inexpressible) -> ClosedRange<UInt64> {
        guard interval.upper.number - interval.lower.number < UInt128(Self.mostValues) else {
            throw Inexpressible("it has no ranges of '\(row.words)'")
        }
        return interval.lower.number64...interval.upper.number64
    }

    private func text(_ number: UInt64, _ type: ValueType) -> String {
        guard type == .hardwareAddress else { return "\(number)" }
        var text = TextBuffer()
        type.write(FieldValue(number), to: &text)
        return text.text
    }
}
