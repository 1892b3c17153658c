import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

/// Addresses, prefixes and ranges of both families.
enum AddressValue: ValueKind {
    static var noun: String { "an address" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<AddressSet>>> { \.addresses }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> AddressRange? {
        PrefixValue.element(value, compilation, expected: noun).map { AddressRange($0) }
    }

    static func range(_ lower: AddressRange, _ upper: AddressRange) -> RangeResult<AddressRange> {
        guard lower.isSingle, upper.isSingle else { return .none }
        guard lower.family == upper.family else { return .mixedFamilies }
        return AddressRange(lower.first, upper.first).map { .range($0) } ?? .reversed
    }

    static func values(_ element: AddressRange) -> AddressSet { AddressSet(element) }
    static func values(_ elements: [AddressRange]) -> AddressSet { AddressSet(elements) }
    static func elements(_ values: AddressSet) -> [AddressRange] { Array(values.ranges) }

    static func canBeIn(_ contents: NamedSet.Contents) -> Bool {
        switch contents {
        case .addresses, .prefixes: true
        default: false
        }
    }
}

/// New addresses of translated packets: a prefix is not a range here, as it keeps the host part.
enum TargetAddressValue: ValueKind {
    static var noun: String { AddressValue.noun }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[TargetAddresses]>>> {
        \.targetAddresses
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> TargetAddresses? {
        PrefixValue.element(value, compilation, expected: noun).map { TargetAddresses($0) }
    }

    static func range(_ lower: TargetAddresses, _ upper: TargetAddresses) -> RangeResult<TargetAddresses> {
        switch AddressValue.range(lower.range, upper.range) {
        case .range(let range): .range(TargetAddresses(range))
        case .none: .none
        case .reversed: .reversed
        case .mixedFamilies: .mixedFamilies
        }
    }

    static func values(_ element: TargetAddresses) -> [TargetAddresses] { [element] }
    static func values(_ elements: [TargetAddresses]) -> [TargetAddresses] { elements }
    static func elements(_ values: [TargetAddresses]) -> [TargetAddresses] { values }
}

/// Prefixes of routes and routing rules.
enum PrefixValue: ValueKind {
    static var noun: String { "a prefix" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[IPPrefix]>>> { \.prefixes }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> IPPrefix? {
        element(value, compilation, expected: noun)
    }

    /// Reads an address or a prefix where a message calls what is expected something else.
    static func element(_ value: ValueSyntax, _ compilation: Compilation, expected noun: String) -> IPPrefix? {
        guard case .literal(let shape) = value.form, shape == .address || shape == .prefix else {
            compilation.reportNoAddress(value, expected: noun)
            return nil
        }
        do throws(AddressParsingError) {
            return try compilation.prefix(value.range)
        } catch {
            compilation.report(.badAddress(error, compilation.text(value.range), expected: noun, at: value.range))
            return nil
        }
    }

    static func values(_ element: IPPrefix) -> [IPPrefix] { [element] }
    static func values(_ elements: [IPPrefix]) -> [IPPrefix] { elements }
    static func elements(_ values: [IPPrefix]) -> [IPPrefix] { values }
}

/// Where a route leads: a prefix, or `default`, which is each of the families that the route is for.
enum RouteDestination: Hashable, Sendable {
    case all
    case prefix(IPPrefix)
}

/// Prefixes and `default` as destinations of routes.
enum DestinationValue: ValueKind {
    static var noun: String { PrefixValue.noun }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<[RouteDestination]>>> {
        \.destinations
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> RouteDestination? {
        if case .literal(.name) = value.form, compilation.text(value.range) == "default" { return .all }
        return PrefixValue.element(value, compilation).map { .prefix($0) }
    }

    static func values(_ element: RouteDestination) -> [RouteDestination] { [element] }
    static func values(_ elements: [RouteDestination]) -> [RouteDestination] { elements }
    static func elements(_ values: [RouteDestination]) -> [RouteDestination] { values }
}

extension Compilation {
    /// Reads a prefix, or an address as the prefix that holds it alone.
    func prefix(_ range: SourceRange) throws(AddressParsingError) -> IPPrefix {
        let bytes = texts[Int(range.file.rawValue)]
        return try IPPrefix(parsing: bytes.span.extracting(range.offsets))
    }

    /// Reports a value that does not look like an address.
    fileprivate func reportNoAddress(_ value: ValueSyntax, expected noun: String) {
        // What looks like an address with a port may also be a range from an IPv4 to an IPv6 address.
        if case .literal(.endpoint) = value.form, withBytes(value.range, { isRangeOfTwoFamilies($0) }) {
            return report(.rangeOfTwoFamilies(at: value.range))
        }
        report(.notAnAddress(value, text(value.range), expected: noun))
    }

    private func isRangeOfTwoFamilies(_ bytes: Span<UInt8>) -> Bool {
        do throws(AddressParsingError) {
            _ = try AddressRange(parsing: bytes)
            return false
        } catch {
            return error == .mixedFamilies
        }
    }

    /// Reads one address that is no prefix.
    func address(_ value: ValueSyntax) -> IPAddress? {
        guard let range = single(value, AddressValue.self) else { return nil }
        guard range.isSingle else {
            report(.addressExpected(text(value.range), at: value.range))
            return nil
        }
        return range.first
    }
}
