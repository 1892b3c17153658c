import NetworkTypes
import RulesetModel
import Vocabulary

extension RulesetMaker {
    /// Makes a condition on any field of the vocabulary that packets of a direction have, in a rule with these matches; nil where the one
    /// that was drawn does not go with them.
    mutating func makeField(_ direction: Direction?, _ matches: [Match]) -> [Match] {
        let field = pick(Field.ID.all)
        let row = field.field
        switch row.places {
        case .everywhere: break
        case .afterInput: guard direction == .input || direction == .forward else { return [] }
        // What is forwarded may be translated after routing.
        case .received, .local: guard direction == .input else { return [] }
        case .beforeOutput: guard direction == .output || direction == .forward else { return [] }
        }
        let families = Rule(matches: matches, action: .accept).families { ruleset.familiesOfSets[$0] ?? .both }
        let saysFamily = matches.contains { if case .family = $0 { true } else { false } }
        guard !families.intersection(row.load.families).isEmpty, !saysFamily || row.load.families == .both else {
            return []
        }
        var result: [Match] = []
        if let number = row.layer.transportProtocol {
            let protocols = matches.compactMap { if case .transportProtocol(let value) = $0 { value } else { nil } }
            guard !matches.contains(where: { if case .icmp = $0 { true } else { false } }) else { return [] }
            switch protocols {
            case []: result.append(.transportProtocol(Membership([number])))
            case [Membership([number])]: break
            default: return []
            }
        }
        guard let match = makeFieldMatch(field) else { return [] }
        return result + [.field(match)]
    }

    private mutating func makeFieldMatch(_ field: Field.ID) -> FieldMatch? {
        let type = field.field.type
        if field.field.hasMasks, chance(0.2) {
            let most = type.greatest.number64
            let mask = number(1...max(most - 1, 1))
            return FieldMatch(
                field,
                .masked(FieldValue(number(0...most) & mask), mask: FieldValue(mask)),
                isNegated: chance(0.3)
            )
        }
        let intervals = several(1...(type.hasLists ? 3 : 1)) { maker in
            let lower = maker.makeValue(type)
            guard type.hasRanges, maker.chance(0.4) else { return Interval(lower) }
            let upper = maker.makeValue(type)
            return Interval(min(lower, upper), max(lower, upper)) ?? Interval(lower)
        }
        let match = FieldMatch(field, .among(IntervalSet(intervals)), isNegated: chance(0.2))
        return match.flatMap { $0.region?.isEmpty ?? false ? nil : $0 }
    }

    private mutating func makeValue(_ type: ValueType) -> FieldValue {
        switch type {
        case .number, .hardwareAddress, .timeOfDay:
            FieldValue(number(0...(chance(0.5) ? min(type.greatest.number64, 40) : type.greatest.number64)))
        case .duration: FieldValue(number(1...type.greatest.number64))
        case .named(let names, _):
            names.allowsNumbers && chance(0.3)
                ? FieldValue(number(0...type.greatest.number64)) : FieldValue(pick(names.entries).value)
        case .text, .interfaceKind:
            pick(["ftp", "veth", "a-b_c", "wireguard", "x"]).utf8.enumerated()
                .reduce(FieldValue.least) {
                    FieldValue($0.number | UInt128($1.element) << UInt128(120 - 8 * $1.offset))
                }
        }
    }
}
