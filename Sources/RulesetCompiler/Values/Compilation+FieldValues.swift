import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import Vocabulary

extension Compilation {
    /// Reads what a field is compared with; nil where it is wrong, which was then reported.
    func fieldMatch(_ id: Field.ID, _ value: ValueSyntax) -> FieldMatch? {
        let type = id.field.type
        guard let (values, isNegated) = fieldValues(value, type) else { return nil }
        if case .masked = values, !id.field.hasMasks {
            report(.wrongValue(text(value.range), expected: type.noun, at: value.range))
            return nil
        }
        guard let match = FieldMatch(id, values, isNegated: isNegated) else {
            report(.wrongValue(text(value.range), expected: type.noun, at: value.range))
            return nil
        }
        return match
    }

    private func fieldValues(_ value: ValueSyntax, _ type: ValueType) -> (FieldMatch.Values, isNegated: Bool)? {
        switch value.form {
        case .masked(let sides):
            return maskedValue(sides, value, type).map { ($0, value.isNegated) }
        case .literal, .string, .range:
            return intervals(value, type).map { (.among(IntervalSet($0)), value.isNegated) }
        case .list(let list):
            guard !list.isEmpty else {
                report(.emptyList(type.noun, at: value.range))
                return nil
            }
            var all: [Interval<FieldValue>] = []
            var isGood = true
            for element in values(list, beside: value.range) {
                guard !diagnostics.isFull else { return nil }
                if let intervals = listed(element, type) { all += intervals } else { isGood = false }
            }
            return isGood ? (.among(IntervalSet(all)), value.isNegated) : nil
        case .variable:
            guard let index = variableIndex(value), let binding = bindings[index] else { return nil }
            variableUses.append(value.range)
            defer { variableUses.removeLast() }
            guard case .value(let content) = binding.content else {
                report(.matchesAsValue(text(value.range), expected: type.noun, at: value.range))
                return nil
            }
            guard let (values, isNegated) = fieldValues(content, type), copies(values, for: value) else { return nil }
            return (values, isNegated != value.isNegated)
        case .set:
            report(.setNotAllowed(type.noun, at: value.range))
            return nil
        }
    }

    /// What one element of a list says.
    private func listed(_ value: ValueSyntax, _ type: ValueType) -> [Interval<FieldValue>]? {
        switch value.form {
        case .variable:
            guard let (values, isNegated) = fieldValues(value, type) else { return nil }
            guard !isNegated, case .among(let intervals) = values else {
                report(.negationNotAllowed(type.noun, at: value.range))
                return nil
            }
            return intervals.intervals
        case .set:
            report(.setInList(text(value.range), at: value.range))
            return nil
        case .masked:
            report(.wrongValue(text(value.range), expected: type.noun, at: value.range))
            return nil
        default:
            return intervals(value, type)
        }
    }

    /// Whether the values that a variable brings with it are not too many.
    private func copies(_ values: FieldMatch.Values, for value: ValueSyntax) -> Bool {
        guard case .among(let intervals) = values else { return true }
        copiedValueCount += intervals.intervals.count
        guard copiedValueCount <= Self.mostCopiedValues else {
            report(.tooManyCopiedValues(Self.mostCopiedValues, at: value.range))
            return false
        }
        return true
    }

    // MARK: - One value

    /// Reads a literal, a string or a range; a range of times that goes over midnight is two.
    private func intervals(_ value: ValueSyntax, _ type: ValueType) -> [Interval<FieldValue>]? {
        guard case .range(let sides) = value.form else {
            let text = fieldText(value)
            do throws(FieldValueError) {
                return [try type.interval(parsing: text.utf8.span)]
            } catch {
                report(.wrongFieldValue(error, self.text(value.range), type, at: value.range))
                return nil
            }
        }
        let ends = values(sides, beside: value.range)
        guard type.hasRanges, let first = ends.first, let last = ends.last else {
            report(.wrongValue(text(value.range), expected: type.noun, at: value.range))
            return nil
        }
        let lower = fieldValue(first, type)
        let upper = fieldValue(last, type)
        guard let lower, let upper else { return nil }
        if let interval = Interval(lower, upper) { return [interval] }
        guard type == .timeOfDay, let evening = Interval(lower, type.greatest), let morning = Interval(.least, upper)
        else {
            report(.reversedRange(text(first.range), text(last.range), at: value.range))
            return nil
        }
        return [morning, evening]
    }

    private func fieldValue(_ value: ValueSyntax, _ type: ValueType) -> FieldValue? {
        switch value.form {
        case .literal, .string:
            do throws(FieldValueError) {
                return try type.value(parsing: fieldText(value).utf8.span)
            } catch {
                report(.wrongFieldValue(error, text(value.range), type, at: value.range))
                return nil
            }
        default:
            guard let (values, isNegated) = fieldValues(value, type) else { return nil }
            guard !isNegated, case .among(let intervals) = values, intervals.intervals.count == 1,
                intervals.intervals[0].isSingle
            else {
                report(.listNotAllowed(type.noun, at: value.range))
                return nil
            }
            return intervals.intervals[0].lower
        }
    }

    private func maskedValue(
        _ sides: SyntaxList<ValueSyntax>,
        _ value: ValueSyntax,
        _ type: ValueType
    ) -> FieldMatch.Values? {
        let both = values(sides, beside: value.range)
        guard case .number = type, let first = both.first, let last = both.last else {
            report(.wrongValue(text(value.range), expected: type.noun, at: value.range))
            return nil
        }
        let bits = fieldValue(first, type)
        let mask = fieldValue(last, type)
        guard let bits, let mask else { return nil }
        guard mask.number != 0, bits.number & ~mask.number == 0 else {
            report(.bitsOutsideMask(text(value.range), at: value.range))
            return nil
        }
        return .masked(bits, mask: mask)
    }

    /// The text of a literal, or what a string says.
    private func fieldText(_ value: ValueSyntax) -> String {
        guard case .string = value.form else { return text(value.range) }
        return StringSyntax(range: value.range).text(in: sources)
    }
}
