import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// Transport protocols by name or number.
enum ProtocolValue: ValueKind {
    static var noun: String { "a protocol" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[IPProtocol]>>> { \.protocols }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> IPProtocol? {
        compilation.namedNumber(value, expected: noun, code: .unknownProtocol, IPProtocol.self)
    }

    static func values(_ element: IPProtocol) -> [IPProtocol] { [element] }

    static func values(_ elements: [IPProtocol]) -> [IPProtocol] {
        elements.isAscending ? elements : elements.sortedWithoutRepetitions()
    }

    static func elements(_ values: [IPProtocol]) -> [IPProtocol] { values }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        if case .protocols = contents { true } else { false }
    }
}

/// Ports by number, service name or range.
enum PortValue: ValueKind {
    static var noun: String { "a port" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<IntervalSet<UInt16>>>> {
        \.ports
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> Interval<UInt16>? {
        switch value.form {
        case .literal(.number):
            return compilation.number(value, expected: noun, UInt16.self).map { Interval($0) }
        case .literal(.name), .literal(.quantity):
            let service = compilation.withBytes(value.range) { Service(named: $0) }
            guard let service else {
                let text = compilation.text(value.range)
                let suggestion = Suggestion.closest(to: text, among: Service.allNames)
                compilation.report(.unknownService(text, at: value.range, suggestion: suggestion))
                return nil
            }
            return Interval(service.port)
        default:
            compilation.report(.wrongValue(compilation.text(value.range), expected: noun, at: value.range))
            return nil
        }
    }

    static func range(_ lower: Interval<UInt16>, _ upper: Interval<UInt16>) -> RangeResult<Interval<UInt16>> {
        guard lower.isSingle, upper.isSingle else { return .none }
        return Interval(lower.lower, upper.lower).map { .range($0) } ?? .reversed
    }

    static func values(_ element: Interval<UInt16>) -> IntervalSet<UInt16> { IntervalSet(element) }
    static func values(_ elements: [Interval<UInt16>]) -> IntervalSet<UInt16> { IntervalSet(elements) }
    static func elements(_ values: IntervalSet<UInt16>) -> [Interval<UInt16>] { values.intervals }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        if case .ports = contents { true } else { false }
    }
}

/// Types of ICMP messages.
enum ICMPTypeValue: ValueKind {
    static var noun: String { "an ICMP type" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[UInt8]>>> { \.icmpTypes }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> UInt8? {
        compilation.namedNumber(value, expected: noun, code: .unknownICMPType, ICMPType.self)?.rawValue
    }

    static func values(_ element: UInt8) -> [UInt8] { [element] }
    static func values(_ elements: [UInt8]) -> [UInt8] { elements.sortedWithoutRepetitions() }
    static func elements(_ values: [UInt8]) -> [UInt8] { values }
}

/// Types of ICMPv6 messages.
enum ICMPv6TypeValue: ValueKind {
    static var noun: String { "an ICMPv6 type" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[UInt8]>>> { \.icmpv6Types }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> UInt8? {
        compilation.namedNumber(value, expected: noun, code: .unknownICMPType, ICMPv6Type.self)?.rawValue
    }

    static func values(_ element: UInt8) -> [UInt8] { [element] }
    static func values(_ elements: [UInt8]) -> [UInt8] { elements.sortedWithoutRepetitions() }
    static func elements(_ values: [UInt8]) -> [UInt8] { values }
}

/// Codes of ICMP messages.
enum ICMPCodeValue: ValueKind {
    static var noun: String { "an ICMP code" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[UInt8]>>> { \.icmpCodes }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> UInt8? {
        compilation.namedNumber(value, expected: noun, code: .unknownICMPType, ICMPCode.self)?.rawValue
    }

    static func values(_ element: UInt8) -> [UInt8] { [element] }
    static func values(_ elements: [UInt8]) -> [UInt8] { elements.sortedWithoutRepetitions() }
    static func elements(_ values: [UInt8]) -> [UInt8] { values }
}

/// Codes of ICMPv6 messages.
enum ICMPv6CodeValue: ValueKind {
    static var noun: String { "an ICMPv6 code" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[UInt8]>>> { \.icmpv6Codes }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> UInt8? {
        compilation.namedNumber(value, expected: noun, code: .unknownICMPType, ICMPv6Code.self)?.rawValue
    }

    static func values(_ element: UInt8) -> [UInt8] { [element] }
    static func values(_ elements: [UInt8]) -> [UInt8] { elements.sortedWithoutRepetitions() }
    static func elements(_ values: [UInt8]) -> [UInt8] { values }
}
