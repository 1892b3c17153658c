import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// A kind of values that are names of bits.
protocol FlagValueKind: ValueKind where Element: OptionSet & NamedValue & Sendable, Values == Element {
    /// The code of an unknown name.
    static var code: DiagnosticCode { get }
}

extension FlagValueKind {
    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Element? {
        compilation.named(value, expected: noun, code: code, Element.self)
    }

    static func values(_ element: Element) -> Element { element }

    static func values(_ elements: [Element]) -> Element {
        elements.reduce(into: []) { $0.formUnion($1) }
    }

    static func elements(_ values: Element) -> [Element] { [values] }
}

/// States of connections.
enum StateValue: FlagValueKind {
    typealias Element = ConntrackStates
    static var noun: String { "a connection state" }
    static var code: DiagnosticCode { .unknownState }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<ConntrackStates>>> { \.states }
}

/// Status bits of connections.
enum StatusValue: FlagValueKind {
    typealias Element = ConntrackStatus
    static var noun: String { "a connection status" }
    static var code: DiagnosticCode { .unknownState }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<ConntrackStatus>>> {
        \.statuses
    }
}

/// Flags of TCP headers.
enum TCPFlagValue: FlagValueKind {
    typealias Element = TCPFlags
    static var noun: String { "a TCP flag" }
    static var code: DiagnosticCode { .unknownTCPFlag }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<TCPFlags>>> { \.tcpFlags }
}
