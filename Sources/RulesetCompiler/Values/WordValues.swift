import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// A literal whose meaning its place finds out by itself.
struct Word: Hashable, Sendable {
    /// Where it is written, be it in a variable's definition.
    let range: SourceRange
    /// What it looks like; nothing for a quoted string.
    let shape: WordShape?
}

/// Literals and quoted strings of any kind.
enum WordValue: ValueKind {
    static var noun: String { "a value" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[Word]>>> { \.words }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Word? {
        switch value.form {
        case .literal(let shape): return Word(range: value.range, shape: shape)
        case .string: return Word(range: value.range, shape: nil)
        default:
            compilation.report(.wrongValue(compilation.text(value.range), expected: noun, at: value.range))
            return nil
        }
    }

    static func values(_ element: Word) -> [Word] { [element] }
    static func values(_ elements: [Word]) -> [Word] { elements }
    static func elements(_ values: [Word]) -> [Word] { values }
}

extension Compilation {
    /// Reads a rate with its burst.
    func limit(_ value: ValueSyntax, isOver: Bool, burst: ValueSyntax?) -> Limit? {
        guard let word = single(value, WordValue.self) else { return nil }
        var limit: Limit
        do throws(RateParsingError) {
            let bytes = texts[Int(word.range.file.rawValue)]
            limit = try Limit(parsingRate: bytes.span.extracting(word.range.offsets))
            limit.isOver = isOver
        } catch {
            report(.badRate(error, text(word.range), at: word.range))
            return nil
        }
        if let burst {
            guard let word = single(burst, WordValue.self) else { return nil }
            do throws(RateParsingError) {
                let bytes = texts[Int(word.range.file.rawValue)]
                try limit.parseBurst(bytes.span.extracting(word.range.offsets))
            } catch {
                report(.badBurst(error, text(word.range), unit: limit.unit, at: word.range))
                return nil
            }
        }
        guard limit.isWithinKernelBounds else {
            report(.rateTooLarge(at: value.range))
            return nil
        }
        return limit
    }

    /// Reads a length of time of at least a millisecond.
    /// - Parameter unit: The unit that is probably meant where there is none.
    func duration(_ value: ValueSyntax, usual unit: String = "s") -> TimeSpan? {
        guard let word = single(value, WordValue.self) else { return nil }
        do throws(NumberParsingError) {
            let bytes = texts[Int(word.range.file.rawValue)]
            let duration = try TimeSpan(parsing: bytes.span.extracting(word.range.offsets))
            guard duration.milliseconds > 0 else { throw .outOfRange }
            return duration
        } catch {
            report(.badDuration(error, text(word.range), unit: word.shape == .number ? unit : nil, at: word.range))
            return nil
        }
    }
}
