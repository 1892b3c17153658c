import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// Interfaces by name or by the start of their names.
enum InterfaceValue: ValueKind {
    static var noun: String { "an interface" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[InterfacePattern]>>> {
        \.interfaces
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> InterfacePattern? {
        let pattern: InterfacePattern?
        switch value.form {
        case .literal(.name), .literal(.quantity):
            pattern = compilation.withBytes(value.range) { InterfacePattern(parsing: $0) }
            if value.range.end - value.range.start == 3, ["any", "all"].contains(compilation.text(value.range)) {
                compilation.report(.interfaceLikeEverything(compilation.text(value.range), at: value.range))
            }
        case .string:
            pattern = InterfacePattern(compilation.string(value.range))
        default:
            compilation.report(.wrongValue(compilation.text(value.range), expected: noun, at: value.range))
            return nil
        }
        guard let pattern else {
            compilation.report(.invalidInterface(compilation.string(value.range), at: value.range))
            return nil
        }
        return pattern
    }

    static func values(_ element: InterfacePattern) -> [InterfacePattern] { [element] }

    static func values(_ elements: [InterfacePattern]) -> [InterfacePattern] {
        elements.isAscending ? elements : elements.sortedWithoutRepetitions()
    }

    static func elements(_ values: [InterfacePattern]) -> [InterfacePattern] { values }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        if case .interfaces = contents { true } else { false }
    }
}

extension Array where Element: Comparable {
    /// Whether each element is larger than the one before.
    var isAscending: Bool {
        zip(self, dropFirst()).allSatisfy(<)
    }

    /// The elements in ascending order, each once.
    func sortedWithoutRepetitions() -> [Element] {
        var result: [Element] = []
        result.reserveCapacity(count)
        for element in sorted() where result.last != element {
            result.append(element)
        }
        return result
    }
}

extension Compilation {
    /// The text of a literal, or of a quoted string without its quotes.
    func string(_ range: SourceRange) -> String {
        let isQuoted = withBytes(range) { !$0.isEmpty && $0[0] == UInt8(ascii: "\"") }
        return isQuoted ? StringSyntax(range: range).text(in: sources) : text(range)
    }

    /// Reads the name of one interface that is no wildcard.
    func interfaceName(_ value: ValueSyntax) -> InterfaceName? {
        guard let pattern = single(value, InterfaceValue.self) else { return nil }
        guard !pattern.isPrefix else {
            report(.wildcardNotAllowed(text(value.range), at: value.range))
            return nil
        }
        return pattern.name
    }
}
