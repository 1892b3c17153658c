import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// Reads a value as a kind of values; nothing where it is wrong, which was then reported.
    @inline(__always)
    func membership<Kind: ValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> Membership<Kind.Values>? {
        if case .literal = value.form {
            guard let element = Kind.element(value, self) else { return nil }
            return Membership(Kind.values(element), isNegated: value.isNegated)
        }
        return generalMembership(value, kind)
    }

    private func generalMembership<Kind: ValueKind>(
        _ value: ValueSyntax,
        _ kind: Kind.Type
    ) -> Membership<Kind.Values>? {
        switch value.form {
        case .literal, .string, .masked, .range:
            guard let element = element(value, kind) else { return nil }
            return Membership(Kind.values(element), isNegated: value.isNegated)
        case .variable:
            guard var membership = variable(value, kind) else { return nil }
            membership.isNegated = membership.isNegated != value.isNegated
            return membership
        case .set:
            guard let name = setName(value, kind) else { return nil }
            return Membership(.namedSet(name), isNegated: value.isNegated)
        case .list(let list):
            guard let elements = elements(list, of: value, kind) else { return nil }
            return Membership(Kind.values(elements), isNegated: value.isNegated)
        }
    }

    /// Reads a value that must be values of the rule itself: neither a set nor negated.
    func values<Kind: ValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> Kind.Values? {
        guard let membership = membership(value, kind) else { return nil }
        guard !membership.isNegated else {
            report(.negationNotAllowed(Kind.noun, at: value.range))
            return nil
        }
        guard case .values(let values) = membership.operand else {
            report(.setNotAllowed(Kind.noun, at: value.range))
            return nil
        }
        return values
    }

    /// Reads a value that must be one value and no list.
    func single<Kind: ValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> Kind.Element? {
        switch value.form {
        case .literal, .string, .masked, .range:
            guard !value.isNegated else {
                report(.negationNotAllowed(Kind.noun, at: value.range))
                return nil
            }
            return element(value, kind)
        default:
            guard let values = values(value, kind) else { return nil }
            let elements = Kind.elements(values)
            guard let element = elements.first, elements.count == 1 else {
                report(.listNotAllowed(Kind.noun, at: value.range))
                return nil
            }
            return element
        }
    }

    // MARK: Elements

    /// Reads a literal or a range.
    private func element<Kind: ValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> Kind.Element? {
        guard case .range(let sides) = value.form else { return Kind.element(value, self) }
        let ends = values(sides, beside: value.range)
        guard let first = ends.first, let last = ends.last else { return nil }
        let lower = single(first, kind)
        let upper = single(last, kind)
        guard let lower, let upper else { return nil }
        switch Kind.range(lower, upper) {
        case .range(let element):
            return element
        case .none:
            report(.wrongValue(text(value.range), expected: Kind.noun, at: value.range))
        case .reversed:
            report(.reversedRange(text(first.range), text(last.range), at: value.range))
        case .mixedFamilies:
            report(.rangeOfTwoFamilies(at: value.range))
        }
        return nil
    }

    /// Reads the elements of a list; every wrong one is reported.
    func elements<Kind: ValueKind>(
        _ list: SyntaxList<ValueSyntax>,
        of value: ValueSyntax,
        _ kind: Kind.Type
    ) -> [Kind.Element]? {
        guard !list.isEmpty else {
            report(.emptyList(Kind.noun, at: value.range))
            return nil
        }
        return elements(list, beside: value.range, kind)
    }

    /// Reads elements that stand in the file of `range`; every wrong one is reported.
    func elements<Kind: ValueKind>(
        _ list: SyntaxList<ValueSyntax>,
        beside range: SourceRange,
        _ kind: Kind.Type
    ) -> [Kind.Element]? {
        var elements: [Kind.Element] = []
        elements.reserveCapacity(Int(list.count))
        var isGood = true
        for value in values(list, beside: range) {
            guard !diagnostics.isFull else { return nil }
            switch value.form {
            case .variable:
                if let values = values(value, kind) {
                    let inner = Kind.elements(values)
                    copiedValueCount += inner.count
                    guard copiedValueCount <= Self.mostCopiedValues else {
                        report(.tooManyCopiedValues(Self.mostCopiedValues, at: value.range))
                        return nil
                    }
                    elements += inner
                } else {
                    isGood = false
                }
            case .set:
                report(.setInList(text(value.range), at: value.range))
                isGood = false
            default:
                if let element = element(value, kind) {
                    elements.append(element)
                } else {
                    isGood = false
                }
            }
        }
        return isGood ? elements : nil
    }

    /// How many values variables may bring into lists: each of them brings its own into each list that names it.
    static var mostCopiedValues: Int { 3 * mostMembers }

    // MARK: Names

    /// Reads what a variable stands for, once for each kind of value.
    private func variable<Kind: ValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> Membership<Kind.Values>? {
        guard let index = variableIndex(value) else { return nil }
        let table = variableValues[keyPath: Kind.variableValues]
        if let known = table[index] { return known }
        var result: Membership<Kind.Values>?
        if let binding = bindings[index] {
            variableUses.append(value.range)
            switch binding.content {
            case .value(let content): result = membership(content, kind)
            case .matches: report(.matchesAsValue(text(value.range), expected: Kind.noun, at: value.range))
            }
            variableUses.removeLast()
        }
        table[index] = .some(result)
        return result
    }

    /// The definition that a `$name` refers to.
    func variableIndex(_ value: ValueSyntax) -> Int? {
        guard let name = value.referencedName else { return nil }
        return use(name, .variable)
    }

    private func setName<Kind: ValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> String? {
        guard let reference = value.referencedName, let index = use(reference, .set) else { return nil }
        guard areSetsKnown else {
            report(.setNotAllowed(Kind.noun, at: value.range))
            return nil
        }
        // A set that was not understood is reported where it is declared.
        guard let set = namedSets[index] else { return nil }
        guard Kind.canBeIn(set.contents) else {
            let declared = sets.entries[index].range
            report(.wrongSetType(set, expected: Kind.noun, declared: declared, at: value.range))
            return nil
        }
        return set.name
    }

    /// The index of a name that is used; an unknown one is reported.
    func use(_ name: NameSyntax, _ kind: DefinitionTable.Kind) -> Int? {
        use(name.range, kind)
    }

    /// The index of a name that is used; an unknown one is reported.
    func use(_ range: SourceRange, _ kind: DefinitionTable.Kind) -> Int? {
        let text = text(range)
        let index =
            switch kind {
            case .variable: variables.use(text)
            case .set: sets.use(text)
            case .chain: chains.use(text)
            case .table: tables.use(text)
            }
        if index == nil, !abandonedNames.contains(text) {
            let suggestion = table(kind).suggestion(for: text)
            report(.unknownName(kind, text, at: range, suggestion: suggestion))
        }
        return index
    }

    private func table(_ kind: DefinitionTable.Kind) -> DefinitionTable {
        switch kind {
        case .variable: variables
        case .set: sets
        case .chain: chains
        case .table: tables
        }
    }
}
