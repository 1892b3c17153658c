public import NetworkTypes

/// Why text is not a value of a type.
public enum FieldValueError: Error, Sendable, Hashable {
    /// It is nothing of the kind.
    case malformed
    /// It is a number with leading zeros, or with letters in it.
    case malformedNumber
    /// It is a number, but larger than the field can be.
    case outOfRange
    /// It is a word, but none of the type's names.
    case unknownName
}

extension ValueType {
    /// Reads one value.
    public func value(parsing text: Span<UInt8>) throws(FieldValueError) -> FieldValue {
        switch self {
        case .number: return try number(text)
        case .named(let names, _):
            if let value = names.value(named: text) { return FieldValue(value) }
            guard names.allowsNumbers, let first = text.first, isDigit(first) else { throw .unknownName }
            return try number(text)
        case .hardwareAddress: return try hardwareAddress(text)
        case .timeOfDay: return try timeOfDay(text)
        case .duration: return try duration(text)
        case .text, .interfaceKind: return try padded(text)
        }
    }

    /// Reads one value, or two with a hyphen between them.
    public func interval(parsing text: Span<UInt8>) throws(FieldValueError) -> Interval<FieldValue> {
        let single: FieldValueError
        do throws(FieldValueError) {
            return Interval(try value(parsing: text))
        } catch {
            single = error
        }
        guard hasRanges else { throw single }
        // Names have hyphens too: any of them may be the one between two values.
        for hyphen in text.indices where text[hyphen] == UInt8(ascii: "-") {
            guard let lower = try? value(parsing: text.extracting(..<hyphen)),
                let upper = try? value(parsing: text.extracting((hyphen + 1)...)), let interval = Interval(lower, upper)
            else { continue }
            return interval
        }
        throw single
    }

    /// Appends a value as the rule language has it.
    public func write(_ value: FieldValue, to text: inout TextBuffer) {
        if isText {
            // Nothing that would have to be escaped is in it.
            text.write(UInt8(ascii: "\""))
            writeBare(value, to: &text)
            text.write(UInt8(ascii: "\""))
        } else {
            writeBare(value, to: &text)
        }
    }

    /// Appends one value, or two with a hyphen between them: as numbers, since names have hyphens too.
    public func write(_ interval: Interval<FieldValue>, to text: inout TextBuffer) {
        guard !interval.isSingle else { return write(interval.lower, to: &text) }
        let type = if case .named(_, let bits) = self { ValueType.number(bits: bits) } else { self }
        type.write(interval.lower, to: &text)
        text.write(UInt8(ascii: "-"))
        type.write(interval.upper, to: &text)
    }

    /// Appends a value without the quotes that a name stands in.
    public func writeBare(_ value: FieldValue, to text: inout TextBuffer) {
        switch self {
        case .number: text.write(decimal: value.number64)
        case .named(let names, _):
            if let name = names.name(of: value) { text.write(name) } else { text.write(decimal: value.number64) }
        case .hardwareAddress: text.write(hardwareAddress: value.number64)
        case .timeOfDay: text.write(timeOfDay: value.number64)
        case .duration: text.write(TimeSpan(milliseconds: value.number64))
        case .text, .interfaceKind: text.write(ValueType.unpadded(value))
        }
    }

    /// The names that a value can have.
    public var allNames: [String] {
        if case .named(let names, _) = self { names.entries.map { $0.name.description } } else { [] }
    }

    // MARK: - Reading

    private func number(_ text: Span<UInt8>) throws(FieldValueError) -> FieldValue {
        guard let first = text.first, isDigit(first) else { throw .malformed }
        let number: UInt64
        do throws(NumberParsingError) {
            number = try UInt64(parsing: text)
        } catch {
            throw error == .outOfRange ? .outOfRange : .malformedNumber
        }
        let value = FieldValue(number)
        guard value <= greatest else { throw .outOfRange }
        return value
    }

    /// `52:54:00:12:34:56`
    private func hardwareAddress(_ text: Span<UInt8>) throws(FieldValueError) -> FieldValue {
        guard text.count == 17 else { throw .malformed }
        var number: UInt64 = 0
        for index in text.indices {
            if index % 3 == 2 {
                guard text[index] == UInt8(ascii: ":") else { throw .malformed }
            } else {
                guard let digit = hexadecimalDigit(text[index]) else { throw .malformed }
                number = number << 4 | UInt64(digit)
            }
        }
        return FieldValue(number)
    }

    /// `22:00` or `22:00:30`
    private func timeOfDay(_ text: Span<UInt8>) throws(FieldValueError) -> FieldValue {
        guard text.count == 5 || text.count == 8 else { throw .malformed }
        var parts: [UInt32] = [0]
        for index in text.indices {
            if index % 3 == 2 {
                guard text[index] == UInt8(ascii: ":") else { throw .malformed }
                parts.append(0)
            } else {
                guard isDigit(text[index]) else { throw .malformed }
                parts[parts.count - 1] = parts[parts.count - 1] * 10 + UInt32(text[index] - UInt8(ascii: "0"))
            }
        }
        let seconds = parts.count == 3 ? parts[2] : 0
        guard parts[0] < 24, parts[1] < 60, seconds < 60 else { throw .outOfRange }
        return FieldValue(parts[0] * 3600 + parts[1] * 60 + seconds)
    }

    private func duration(_ text: Span<UInt8>) throws(FieldValueError) -> FieldValue {
        let span: TimeSpan
        do throws(NumberParsingError) {
            span = try TimeSpan(parsing: text)
        } catch {
            throw error == .outOfRange ? .outOfRange : .malformed
        }
        let value = FieldValue(span.milliseconds)
        guard value <= greatest else { throw .outOfRange }
        return value
    }

    private func padded(_ text: Span<UInt8>) throws(FieldValueError) -> FieldValue {
        guard (1...15).contains(text.count) else { throw .malformed }
        var number: UInt128 = 0
        for index in text.indices {
            guard (0x21..<0x7f).contains(text[index]), text[index] != UInt8(ascii: "\""),
                text[index] != UInt8(ascii: "\\"), text[index] != UInt8(ascii: "*")
            else { throw .malformed }
            number = number << 8 | UInt128(text[index])
        }
        return FieldValue(number << UInt128(8 * (16 - text.count)))
    }

    /// The text before the padding.
    public static func unpadded(_ value: FieldValue) -> String {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: value.number >> UInt128(120 - 8 * $0)) }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Whether a number from the kernel is a value that can be written, so that reading what was written gives it again.
    public func canWrite(_ value: FieldValue) -> Bool {
        guard value <= greatest else { return false }
        switch self {
        case .number, .hardwareAddress, .timeOfDay: return true
        case .named(let names, _): return names.allowsNumbers || names.name(of: value) != nil
        case .duration: return value.number64 > 0
        case .text, .interfaceKind:
            let text = ValueType.unpadded(value)
            return (try? padded(text.utf8.span)) == value
        }
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

extension Span<UInt8> {
    fileprivate var first: UInt8? {
        isEmpty ? nil : self[0]
    }
}

extension TextBuffer {
    /// Appends `52:54:00:12:34:56`.
    mutating func write(hardwareAddress number: UInt64) {
        for index in 0..<6 {
            if index > 0 { write(UInt8(ascii: ":")) }
            let byte = UInt8(truncatingIfNeeded: number >> UInt64(40 - 8 * index))
            if byte < 16 { write(UInt8(ascii: "0")) }
            write(hexadecimal: byte)
        }
    }

    /// Appends `22:00`, or `22:00:30` where there are seconds.
    mutating func write(timeOfDay seconds: UInt64) {
        write(twoDigits: seconds / 3600)
        write(UInt8(ascii: ":"))
        write(twoDigits: seconds / 60 % 60)
        guard seconds % 60 != 0 else { return }
        write(UInt8(ascii: ":"))
        write(twoDigits: seconds % 60)
    }

    private mutating func write(twoDigits number: UInt64) {
        if number < 10 { write(UInt8(ascii: "0")) }
        write(decimal: number)
    }
}
