import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// Marks with or without a mask.
enum MarkValue: ValueKind {
    static var noun: String { "a mark" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[Mark]>>> { \.marks }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Mark? {
        guard case .masked(let sides) = value.form else {
            return compilation.number(value, expected: noun, UInt32.self).map { Mark($0) }
        }
        let both = compilation.values(sides, beside: value.range)
        guard let first = both.first, let last = both.last else { return nil }
        let bits = compilation.single(first, MarkValue.self)
        let mask = compilation.single(last, MarkValue.self)
        guard let bits, let mask else { return nil }
        guard bits.mask == .max, mask.mask == .max else {
            compilation.report(.wrongValue(compilation.text(value.range), expected: noun, at: value.range))
            return nil
        }
        guard let mark = Mark(value: bits.value, mask: mask.value) else {
            let masked = Mark(masking: bits.value, with: mask.value)
            compilation.report(.markOutsideMask(compilation.text(value.range), masked, at: value.range))
            return nil
        }
        return mark
    }

    static func values(_ element: Mark) -> [Mark] { [element] }
    static func values(_ elements: [Mark]) -> [Mark] { elements }
    static func elements(_ values: [Mark]) -> [Mark] { values }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        if case .marks = contents { true } else { false }
    }
}

/// Marks as members of a set.
enum MarkIntervalValue: ValueKind {
    static var noun: String { "a mark" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<IntervalSet<UInt32>>>> {
        \.markIntervals
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Interval<UInt32>? {
        compilation.number(value, expected: noun, UInt32.self).map { Interval($0) }
    }

    static func range(_ lower: Interval<UInt32>, _ upper: Interval<UInt32>) -> RangeResult<Interval<UInt32>> {
        guard lower.isSingle, upper.isSingle else { return .none }
        return Interval(lower.lower, upper.lower).map { .range($0) } ?? .reversed
    }

    static func values(_ element: Interval<UInt32>) -> IntervalSet<UInt32> { IntervalSet(element) }
    static func values(_ elements: [Interval<UInt32>]) -> IntervalSet<UInt32> { IntervalSet(elements) }
    static func elements(_ values: IntervalSet<UInt32>) -> [Interval<UInt32>] { values.intervals }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        if case .marks = contents { true } else { false }
    }
}

/// Whole numbers without a unit.
enum NumberValue: ValueKind {
    static var noun: String { "a number" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[UInt64]>>> { \.numbers }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> UInt64? {
        compilation.number(value, expected: noun, UInt64.self)
    }

    static func values(_ element: UInt64) -> [UInt64] { [element] }
    static func values(_ elements: [UInt64]) -> [UInt64] { elements }
    static func elements(_ values: [UInt64]) -> [UInt64] { values }
}

extension Compilation {
    /// Reads a number in a range; `noun` says what it is for.
    func number(_ value: ValueSyntax, _ noun: String, in range: ClosedRange<UInt64>) -> UInt64? {
        guard let number = single(value, NumberValue.self) else { return nil }
        guard range.contains(number) else {
            report(.numberOutOfRange(text(value.range), noun, range, at: value.range))
            return nil
        }
        return number
    }

    /// Reads a literal that must be a number of a type.
    @inline(__always)
    func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ value: ValueSyntax,
        expected noun: String,
        _ type: Number.Type
    ) -> Number? {
        guard case .literal(.number) = value.form else {
            report(.wrongValue(text(value.range), expected: noun, at: value.range))
            return nil
        }
        let bytes = texts[Int(value.range.file.rawValue)]
        do throws(NumberParsingError) {
            return try Number(parsing: bytes.span.extracting(value.range.offsets))
        } catch {
            switch error {
            case .malformed: report(.malformedNumber(text(value.range), expected: noun, at: value.range))
            case .outOfRange:
                report(.numberOutOfRange(text(value.range), noun, 0...UInt64(Number.max), at: value.range))
            }
            return nil
        }
    }

    /// Reads a literal that must be one of a type's names.
    func named<Value: NamedValue>(
        _ value: ValueSyntax,
        expected noun: String,
        code: DiagnosticCode,
        _ type: Value.Type
    ) -> Value? {
        guard case .literal = value.form else {
            report(.wrongValue(text(value.range), expected: noun, at: value.range))
            return nil
        }
        return named(value.range, expected: noun, code: code, type)
    }

    /// Reads a word that must be one of a type's names.
    func named<Value: NamedValue>(
        _ range: SourceRange,
        expected noun: String,
        code: DiagnosticCode,
        _ type: Value.Type
    ) -> Value? {
        if let known = withBytes(range, { Value(named: $0) }) { return known }
        report(.unknownWord(code, text(range), expected: noun, Value.allNames, at: range))
        return nil
    }

    /// Reads a literal that must be one of a type's names, or its number.
    func namedNumber<Value: NamedValue & RawRepresentable>(
        _ value: ValueSyntax,
        expected noun: String,
        code: DiagnosticCode,
        _ type: Value.Type
    ) -> Value? where Value.RawValue: FixedWidthInteger & UnsignedInteger {
        guard case .literal(.number) = value.form else {
            return named(value, expected: noun, code: code, type)
        }
        return number(value, expected: noun, Value.RawValue.self).flatMap { Value(rawValue: $0) }
    }
}
