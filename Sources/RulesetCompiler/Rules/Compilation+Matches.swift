import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import Vocabulary

extension Compilation {
    /// How many matches a rule may have; the kernel takes 128 expressions, of which a match needs up to three.
    static var maximumMatches: Int { 40 }

    /// Appends what a clause of a rule at this place says; false where it is wrong, which was then reported.
    func append(_ clause: ClauseSyntax, at place: Place, to matches: inout [Match]) -> Bool {
        switch clause.match {
        case .interface(let side, let value):
            return append(membership(value, InterfaceValue.self), to: &matches) { patterns in
                interfaceMatch(side, patterns, at: place, clause)
            }
        case .family(let word):
            matches.append(.family(word == .ip ? .ipv4 : .ipv6))
            return true
        case .address(let side, let value):
            return append(membership(value, AddressValue.self), to: &matches) {
                side == .source ? .sourceAddress($0) : .destinationAddress($0)
            }
        case .transport(let word):
            matches.append(word.match)
            return true
        case .proto(let value):
            return append(membership(value, ProtocolValue.self), to: &matches) { .transportProtocol($0) }
        case .port(let side, let value):
            return append(membership(value, PortValue.self), to: &matches) {
                side == .source ? .sourcePort($0) : .destinationPort($0)
            }
        case .group(let name):
            return appendGroup(name, clause.range, at: place, to: &matches)
        default:
            return appendRare(clause, at: place, to: &matches)
        }
    }

    private func appendRare(_ clause: ClauseSyntax, at place: Place, to matches: inout [Match]) -> Bool {
        switch clause.match {
        case .tcpFlags(let value):
            return append(tcpFlags(value), to: &matches) { .tcpFlags($0) }
        case .icmp(let word, let type, let code):
            return appendICMP(word, type, code, to: &matches)
        case .ctState(let value):
            return append(flags(value, StateValue.self), to: &matches) { .connectionState($0.0, isNegated: $0.1) }
        case .ctStatus(let value):
            return append(flags(value, StatusValue.self), to: &matches) { .connectionStatus($0.0, isNegated: $0.1) }
        case .ctMark(let value):
            return append(mark(value), to: &matches) { .connectionMark($0) }
        case .mark(let value):
            return append(mark(value), to: &matches) { .mark($0) }
        case .ctOriginalAddress(let value):
            return append(membership(value, AddressValue.self), to: &matches) { .originalDestinationAddress($0) }
        case .ctOriginalPort(let value):
            return append(membership(value, PortValue.self), to: &matches) { .originalDestinationPort($0) }
        case .skuid(let value):
            return append(membership(value, UserValue.self), to: &matches) {
                hasSocket(at: place, clause) ? .socketUser($0) : nil
            }
        case .skgid(let value):
            return append(membership(value, GroupValue.self), to: &matches) {
                hasSocket(at: place, clause) ? .socketGroup($0) : nil
            }
        case .field(let field, let value):
            return append(fieldMatch(field, value), to: &matches) { match in
                isKnown(field.field, at: place, clause) ? .field(match) : nil
            } && appendProtocol(of: field.field, to: &matches)
        case .limit(let rate, let isOver, let burst):
            return append(limit(rate, isOver: isOver, burst: burst), to: &matches) { .limit($0) }
        case .interface, .family, .address, .transport, .proto, .port, .group:
            return false
        }
    }

    @inline(__always)
    private func append<Value>(_ value: Value?, to matches: inout [Match], _ make: (Value) -> Match?) -> Bool {
        guard let value, let match = make(value) else { return false }
        matches.append(match)
        return true
    }

    // MARK: Groups

    /// Appends the matches that a variable stands for.
    private func appendGroup(
        _ name: NameSyntax,
        _ range: SourceRange,
        at place: Place,
        to matches: inout [Match]
    ) -> Bool {
        guard let index = use(name, .variable), let binding = bindings[index] else { return false }
        variableUses.append(range)
        defer { variableUses.removeLast() }
        switch binding.content {
        case .value(let value):
            if case .variable = value.form, !value.isNegated, let inner = value.referencedName {
                return appendGroup(inner, value.range, at: place, to: &matches)
            }
            report(.valueAsMatches(text(range), definition: binding.name.range, at: range))
            return false
        case .matches(let list):
            var isGood = true
            for clause in clauses(list, beside: binding.range) {
                guard matches.count <= Self.maximumMatches else {
                    report(.tooManyMatches(Self.maximumMatches, at: clause.range))
                    return false
                }
                isGood = append(clause, at: place, to: &matches) && isGood
            }
            return isGood
        }
    }

    // MARK: Interfaces and sockets

    private func interfaceMatch(
        _ side: InterfaceSide,
        _ patterns: Membership<[InterfacePattern]>,
        at place: Place,
        _ clause: ClauseSyntax
    ) -> Match? {
        let isInput: Bool
        switch (side, place.hasInputInterface, place.hasOutputInterface) {
        case (.from, false, _), (.to, _, false):
            report(.interfaceNotKnown(side, place, at: clause.range))
            return nil
        case (.from, _, _): isInput = true
        case (.to, _, _): isInput = false
        case (.on, true, false): isInput = true
        case (.on, false, true): isInput = false
        // Behind routing a packet has left its interface behind; what matters is where it goes.
        case (.on, true, true) where place.hasSocket == true: isInput = false
        case (.on, _, _):
            report(.ambiguousInterface(place, at: clause.range))
            return nil
        }
        return isInput ? .inputInterface(patterns) : .outputInterface(patterns)
    }

    /// Whether packets at this place have the field.
    private func isKnown(_ field: Field, at place: Place, _ clause: ClauseSyntax) -> Bool {
        switch field.places {
        case .afterInput where place.hasInputInterface == false, .received where place.hasInputInterface == false:
            report(.interfaceNotKnown(.from, place, at: clause.range))
            return false
        case .beforeOutput where place.hasOutputInterface == false:
            report(.interfaceNotKnown(.to, place, at: clause.range))
            return false
        // Where it is forwarded is told by the direction alone; the hook of a chain is looked at with the verb.
        case .local where place == .direction(.forward):
            report(.fieldNotForwarded(field, at: clause.range))
            return false
        case .everywhere, .afterInput, .received, .local, .beforeOutput: return true
        }
    }

    /// Appends the protocol that has the field in its header.
    private func appendProtocol(of field: Field, to matches: inout [Match]) -> Bool {
        if let number = field.layer.transportProtocol { matches.append(.transportProtocol(Membership([number]))) }
        return true
    }

    private func hasSocket(at place: Place, _ clause: ClauseSyntax) -> Bool {
        guard place.hasSocket == false else { return true }
        report(.ownerNotKnown(place, at: clause.range))
        return false
    }

    // MARK: Flags, marks and ICMP

    private func tcpFlags(_ value: ValueSyntax) -> TCPFlagsMatch? {
        guard case .masked(let sides) = value.form else {
            guard let (flags, isNegated) = flags(value, TCPFlagValue.self) else { return nil }
            // `!` says none of them, as everywhere. Any of them, as of other lists, or all of them? Nobody would agree.
            guard isNegated || flags.rawValue.nonzeroBitCount == 1 else {
                report(.flagsWithoutMask(flags, at: value.range))
                return nil
            }
            return TCPFlagsMatch(flags: isNegated ? [] : flags, mask: flags)
        }
        let both = values(sides, beside: value.range)
        guard let first = both.first, let last = both.last else { return nil }
        let flags = isZero(first) ? [] : values(first, TCPFlagValue.self)
        let mask = values(last, TCPFlagValue.self)
        guard let flags, let mask else { return nil }
        guard mask.isSuperset(of: flags) else {
            report(.flagsOutsideMask(text(value.range), at: value.range))
            return nil
        }
        return TCPFlagsMatch(flags: flags, mask: mask, isNegated: value.isNegated)
    }

    /// Whether the value is the number 0: none of the flags.
    private func isZero(_ value: ValueSyntax) -> Bool {
        guard case .literal(.number) = value.form else { return false }
        return withBytes(value.range) { $0.equals("0") }
    }

    /// Reads names of bits, which no set can hold.
    private func flags<Kind: FlagValueKind>(_ value: ValueSyntax, _ kind: Kind.Type) -> (Kind.Element, Bool)? {
        guard let membership = membership(value, kind) else { return nil }
        guard case .values(let flags) = membership.operand else {
            report(.setNotAllowed(Kind.noun, at: value.range))
            return nil
        }
        return (flags, membership.isNegated)
    }

    /// Reads one mark or the name of a set of marks, which may be negated.
    private func mark(_ value: ValueSyntax) -> Membership<Mark>? {
        guard let membership = membership(value, MarkValue.self) else { return nil }
        switch membership.operand {
        case .namedSet(let name): return Membership(.namedSet(name), isNegated: membership.isNegated)
        case .values(let marks):
            guard let mark = marks.first, marks.count == 1 else {
                report(.listNotAllowed(MarkValue.noun, at: value.range))
                return nil
            }
            return Membership(mark, isNegated: membership.isNegated)
        }
    }

    private func appendICMP(
        _ word: ICMPWord,
        _ type: ValueSyntax?,
        _ code: ValueSyntax?,
        to matches: inout [Match]
    ) -> Bool {
        let family: AddressFamily = word == .icmp ? .ipv4 : .ipv6
        guard let type else {
            if let code {
                report(.codeWithoutType(at: code.range))
                return false
            }
            matches.append(.family(family))
            matches.append(.transportProtocol(Membership([word == .icmp ? .icmp : .icmpv6])))
            return true
        }
        let types = word == .icmp ? membership(type, ICMPTypeValue.self) : membership(type, ICMPv6TypeValue.self)
        let codes = code.map { code in
            word == .icmp ? single(code, ICMPCodeValue.self) : single(code, ICMPv6CodeValue.self)
        }
        guard let types, codes != .some(.none) else { return false }
        guard case .values(let numbers) = types.operand else {
            report(.setNotAllowed(ICMPTypeValue.noun, at: type.range))
            return false
        }
        if let code, numbers.count > 1 || types.isNegated {
            report(.codeWithoutType(at: code.range))
            return false
        }
        let match = ICMPMatch(family: family, types: numbers, code: codes ?? nil, isNegated: types.isNegated)
        matches.append(.icmp(match))
        return true
    }
}

extension TransportWord {
    /// The match for the protocol alone.
    fileprivate var match: Match {
        switch self {
        case .tcp: Self.tcpMatch
        case .udp: Self.udpMatch
        case .sctp: .transportProtocol(Membership([.sctp]))
        case .dccp: .transportProtocol(Membership([.dccp]))
        case .udplite: .transportProtocol(Membership([.udplite]))
        }
    }

    // Made once, as nearly every rule has one of them.
    private static let tcpMatch = Match.transportProtocol(Membership([.tcp]))
    private static let udpMatch = Match.transportProtocol(Membership([.udp]))
}
