import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// Compiles the sets.
    func compileSets() {
        namedSets = Array(repeating: nil, count: sets.entries.count)
        for node in declarations.sets {
            let set = namedSet(node)
            // The first of two definitions holds; the second was reported.
            guard let index = sets.index(of: text(node.name.range)), sets.entries[index].range == node.name.range else {
                continue
            }
            namedSets[index] = set
        }
        areSetsKnown = true
    }

    private func namedSet(_ node: SetSyntax) -> NamedSet? {
        var options = SetOptions()
        for option in syntax[Int(node.range.file.rawValue)][node.options] {
            switch option.kind {
            case .from(let path): options.path = path
            case .timeout(let value): options.timeout = duration(value).map { ($0.milliseconds, value.range) }
            case .size(let value):
                options.size = number(value, "a size", in: 1...UInt64(UInt32.max)).map { ($0, value.range) }
            }
        }
        guard let contents = contents(node, options) else { return nil }
        memberCount += contents.count
        guard memberCount <= Self.mostMembers else {
            report(.tooManyMembers(Self.mostMembers, at: node.range))
            return nil
        }
        if let (size, range) = options.size, UInt64(contents.count) > size {
            report(.setTooSmall(members: contents.count, size: size, at: range))
            return nil
        }
        if let (_, range) = options.timeout, contents.count > 0 {
            report(.expiringMembers(ofSet: text(node.name.range), at: range))
        }
        return NamedSet(
            name: text(node.name.range),
            contents: contents,
            timeout: options.timeout?.milliseconds,
            size: options.size.map { UInt32($0.number) },
            comment: node.comment.flatMap { comment($0) }
        )
    }

    private struct SetOptions {
        var path: StringSyntax?
        var timeout: (milliseconds: UInt64, range: SourceRange)?
        var size: (number: UInt64, range: SourceRange)?
    }

    private func contents(_ node: SetSyntax, _ options: SetOptions) -> NamedSet.Contents? {
        let type = text(node.type.range)
        switch type {
        case "address":
            return members(node, options, SingleAddressValue.self) { .address($0, isSingle: true) }
                .map { .addresses(AddressValue.values($0)) }
        case "prefix":
            return members(node, options, NetworkValue.self) { .address($0, isSingle: false) }
                .map { .prefixes(AddressValue.values($0)) }
        case "port":
            return members(node, options, PortValue.self) { .port($0) }.map { .ports(PortValue.values($0)) }
        case "interface":
            return members(node, options, InterfaceValue.self) { .interface($0) }
                .map { .interfaces(InterfaceValue.values($0)) }
        case "mark":
            return members(node, options, MarkIntervalValue.self) { .mark($0) }
                .map { .marks(MarkIntervalValue.values($0)) }
        case "proto":
            return members(node, options, ProtocolValue.self) { .transportProtocol($0) }
                .map { .protocols(ProtocolValue.values($0)) }
        default:
            // The parser knows the types and reports others.
            return nil
        }
    }

    /// The members from the braces and from the file; nothing where one is wrong.
    private func members<Kind: ValueKind>(
        _ node: SetSyntax,
        _ options: SetOptions,
        _ kind: Kind.Type,
        _ parse: (Span<UInt8>) -> ListMember<Kind.Element>
    ) -> [Kind.Element]? {
        var written: [Kind.Element]? = []
        if let list = node.elements {
            written = elements(list, beside: node.range, kind)
        }
        guard let path = options.path else { return written }
        let read = members(
            from: path,
            of: Kind.noun,
            parse,
            range: { low, high in if case .range(let both) = Kind.range(low, high) { both } else { nil } },
            merge: { Kind.elements(Kind.values($0)) }
        )
        guard let written, let read else { return nil }
        return written + read
    }
}

/// Single addresses as members of a set.
enum SingleAddressValue: ValueKind {
    static var noun: String { "a single address" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<AddressSet>>> {
        \.singleAddresses
    }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> AddressRange? {
        guard let range = AddressValue.element(value, compilation) else { return nil }
        guard range.isSingle else {
            compilation.report(.addressExpected(compilation.text(value.range), at: value.range))
            return nil
        }
        return range
    }

    static func values(_ element: AddressRange) -> AddressSet { AddressSet(element) }
    static func values(_ elements: [AddressRange]) -> AddressSet { AddressSet(elements) }
    static func elements(_ values: AddressSet) -> [AddressRange] { Array(values.ranges) }
}

/// Addresses, prefixes and ranges as members of a set.
enum NetworkValue: ValueKind {
    static var noun: String { "an address or a prefix" }
    static var variableValues: KeyPath<VariableValues, VariableValues.Table<Membership<AddressSet>>> { \.networks }

    static func element(_ value: ValueSyntax, _ compilation: Compilation) -> AddressRange? {
        AddressValue.element(value, compilation)
    }

    static func range(_ lower: AddressRange, _ upper: AddressRange) -> RangeResult<AddressRange> {
        AddressValue.range(lower, upper)
    }

    static func values(_ element: AddressRange) -> AddressSet { AddressSet(element) }
    static func values(_ elements: [AddressRange]) -> AddressSet { AddressSet(elements) }
    static func elements(_ values: AddressSet) -> [AddressRange] { Array(values.ranges) }
}

// MARK: - Lines of lists

extension ListMember<AddressRange> {
    /// Reads an address, or a prefix or range where the set can hold one.
    static func address(_ text: Span<UInt8>, isSingle: Bool) -> ListMember {
        do throws(AddressParsingError) {
            let range = try AddressRange(parsing: text)
            return isSingle && !range.isSingle ? .none : .member(range)
        } catch {
            guard case .hostBitsSet(let prefix) = error, !isSingle else { return .none }
            return .masked(AddressRange(prefix))
        }
    }
}

extension ListMember<Interval<UInt16>> {
    /// Reads a port, a service or a range of ports.
    static func port(_ text: Span<UInt8>) -> ListMember {
        if let service = Service(named: text) { return .member(Interval(service.port)) }
        guard let ports = try? Interval<UInt16>(parsing: text) else { return .none }
        return .member(ports)
    }
}

extension ListMember<InterfacePattern> {
    /// Reads an interface.
    static func interface(_ text: Span<UInt8>) -> ListMember {
        InterfacePattern(parsing: text).map { .member($0) } ?? .none
    }
}

extension ListMember<Interval<UInt32>> {
    /// Reads a mark or a range of marks.
    static func mark(_ text: Span<UInt8>) -> ListMember {
        guard let marks = try? Interval<UInt32>(parsing: text) else { return .none }
        return .member(marks)
    }
}

extension ListMember<IPProtocol> {
    /// Reads a protocol by name or number.
    static func transportProtocol(_ text: Span<UInt8>) -> ListMember {
        if let known = IPProtocol(named: text) { return .member(known) }
        guard let number = try? UInt8(parsing: text) else { return .none }
        return .member(IPProtocol(rawValue: number))
    }
}
