import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

// MARK: - Places of verbs

extension Diagnostic {
    static func verbNotInDirection(
        _ verb: String,
        _ needs: ChainNeeds,
        _ direction: RulesetModel.Direction,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .verbNotInDirection,
            "the kernel cannot `\(verb)` packets of the direction `\(direction.rawValue)`; say \(needs.directions)",
            at: range
        )
    }

    static func jumpInDirection(
        _ chain: String,
        _ needs: ChainNeeds,
        _ direction: RulesetModel.Direction,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .verbNotInDirection,
            "the verbs of '\(chain)' cannot handle packets of the direction `\(direction.rawValue)`; say \(needs.directions)",
            at: range
        )
    }

    static func verbNotInChain(_ verb: String, _ missing: MissingForVerb, at range: SourceRange) -> Diagnostic {
        Diagnostic(.verbNotInChain, "the kernel cannot `\(verb)` here: \(missing.sentence)", at: range)
    }

    /// The way leads from the base chain to the verb's chain, jump by jump.
    static func verbNotInReachedChain(
        _ verb: String,
        _ missing: MissingForVerb,
        chain: String,
        base: (name: String, range: SourceRange),
        way: [(from: String, to: String, range: SourceRange)],
        at range: SourceRange
    ) -> Diagnostic {
        let jumps = way.map { Note("'\($0.from)' leads to '\($0.to)' here", at: $0.range) }
        return Diagnostic(
            .verbNotInChain,
            "the kernel cannot `\(verb)` in '\(chain)', which the base chain '\(base.name)' leads to: \(missing.sentence)",
            at: range,
            notes: [.init("the base chain is declared here", at: base.range)] + jumps
        )
    }

    static func mixedChain(
        _ chain: String,
        _ direction: RulesetModel.Direction,
        _ verbs: [(needs: ChainNeeds, range: SourceRange)],
        at range: SourceRange
    ) -> Diagnostic {
        let notes = verbs.lazy.filter { $0.needs != .mangle }.map { verb in
            let place = direction.standardChain(for: verb.needs)?.name
            let sentence = place.map { "would stand in '\($0)'" } ?? "is not possible with `\(direction.rawValue)`"
            return Note("\(verb.needs.verbs) \(sentence)", at: verb.range)
        }
        return Diagnostic(
            .mixedChain,
            "the verbs of '\(chain)' need different base chains, so no one place is right for it; "
                + "jump to it from chains that have a hook, or make a chain for each",
            at: range,
            notes: Array(notes)
        )
    }

    static func acceptInChain(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .acceptInChain,
            "`and accept` is for rules with a direction; add the rule that accepts by hand",
            at: range
        )
    }
}

extension Diagnostic {
    static func lostCondition(_ lost: LostCondition, andAccept: SourceRange?, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .lostCondition,
            "`and accept` cannot ask for this again after the translation: \(lost.reason.sentence); "
                + "add the rule that accepts by hand",
            at: range,
            notes: andAccept.map { [.init("here the translated connections are to be accepted", at: $0)] } ?? []
        )
    }
}

extension LostCondition.Reason {
    fileprivate var sentence: String {
        switch self {
        case .onFirstPacket: "it holds for the first packet of a connection, and need not for the others"
        case .neverOnFirstPacket: "it never holds for the first packet of a connection, and NAT sees no other"
        case .countsAgain: "each packet would be counted, not each connection"
        case .unknownBehindLoopback: "the packet comes in again by `lo`, where this is not known"
        }
    }
}

extension ChainNeeds {
    /// The directions in which the verbs are possible.
    fileprivate var directions: String {
        let names = RulesetModel.Direction.allCases.filter { $0.standardChain(for: self) != nil }
            .map { "`\($0.rawValue)`" }
        return names.joined(separator: " or ")
    }

    /// The verbs that have these demands.
    fileprivate var verbs: String {
        let names: [(ChainNeeds, String)] = [
            (.filter, "`reject`"), (.destinationNAT, "`redirect` or `dnat`"), (.sourceNAT, "`snat`"),
            (.masquerade, "`masquerade`"), (.mangle, "`set mark`"), (.raw, "`notrack`"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: " and ")
    }
}

extension MissingForVerb {
    fileprivate var sentence: String {
        switch self {
        case .type(let type):
            "the base chain must be of type `\(type.rawValue)`"
        case .hooks(let hooks):
            "the hook must be " + hooks.map { "`\($0)`" }.joined(separator: " or ")
        case .earlyPriority:
            "connections are tracked before; the priority must be below \(BaseChain.trackingPriority)"
        }
    }
}

// MARK: - Matches

extension Diagnostic {
    static func contradiction(at range: SourceRange, other: SourceRange?) -> Diagnostic {
        Diagnostic(
            .contradiction,
            "no packet can match: this excludes another match of the rule",
            at: range,
            notes: other == range ? [] : other.map { [.init("this one", at: $0)] } ?? []
        )
    }

    static func nothingLeft(at range: SourceRange) -> Diagnostic {
        Diagnostic(.contradiction, "no packet can match: every value there can be is left out", at: range)
    }

    static func contradictingFamilies(
        _ families: AddressFamilies,
        at range: SourceRange,
        other: SourceRange?
    ) -> Diagnostic {
        let (own, opposite) = families == .ipv4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        return Diagnostic(
            .contradiction,
            "no packet can match: this is \(own)",
            at: range,
            notes: other.map { [.init("this is \(opposite)", at: $0)] } ?? []
        )
    }

    static func targetOfOtherFamily(
        _ families: AddressFamilies,
        at range: SourceRange,
        other: SourceRange?
    ) -> Diagnostic {
        let (own, opposite) = families == .ipv4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        return Diagnostic(
            .invalidTarget,
            "\(opposite) packets cannot be sent to an \(own) address",
            at: range,
            notes: other.map { [.init("this is \(opposite)", at: $0)] } ?? []
        )
    }

    static func portsWithoutProtocol(_ protocols: Compilation.Protocols, at range: SourceRange) -> Diagnostic {
        guard protocols == .any else {
            return Diagnostic(.portsWithoutProtocol, "not all protocols of the rule have ports", at: range)
        }
        let start = SourceRange(file: range.file, start: range.start, end: range.start)
        return Diagnostic(
            .portsWithoutProtocol,
            "ports need a protocol: `tcp`, `udp` or another that has ports",
            at: range,
            fixIts: [.init("write `tcp` before it", replacing: start, with: "tcp ")]
        )
    }

    static func flagsWithoutTCP(at range: SourceRange) -> Diagnostic {
        Diagnostic(.flagsWithoutTCP, "only `tcp` has these flags: the rule must be about it alone", at: range)
    }

    static func flagsWithoutMask(_ flags: TCPFlags, at range: SourceRange) -> Diagnostic {
        var names = TextBuffer()
        flags.writeNames(to: &names)
        let (all, any) = ("\(names.text) / \(names.text)", "! 0 / \(names.text)")
        return Diagnostic(
            .listNotAllowed,
            "several flags need a mask, which says whether all of them are to be set or any",
            at: range,
            fixIts: [
                .init("write `\(all)` if all are to be set", replacing: range, with: all),
                .init("write `\(any)` if any of them is", replacing: range, with: any),
            ]
        )
    }

    static func resetWithoutTCP(at range: SourceRange) -> Diagnostic {
        Diagnostic(.flagsWithoutTCP, "only `tcp` can be reset: the rule must be about it alone", at: range)
    }

    static func tooManyMatches(_ maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.tooManyMatches, "a rule has at most \(maximum) matches", at: range)
    }

    static func interfaceNotKnown(_ side: InterfaceSide, _ place: Place, at range: SourceRange) -> Diagnostic {
        let problem = side == .from ? "came in by no interface" : "have no interface yet that they leave by"
        let packets =
            switch place {
            case .direction(.output): "packets of the direction `out`"
            case .direction: "packets of the direction `in`"
            case .base(let chain): "packets in the hook `\(chain.hook)`"
            case .regular: "packets"
            }
        return Diagnostic(.interfaceNotKnown, "\(packets) \(problem)", at: range)
    }

    static func interfaceNotKnown(inChain name: String, _ side: InterfaceSide, at range: SourceRange) -> Diagnostic {
        let problem = side == .from ? "came in by no interface" : "have no interface yet that they leave by"
        return Diagnostic(
            .interfaceNotKnown,
            "the packets that are sent to '\(name)' \(problem), so the rule can match none",
            at: range
        )
    }

    static func ambiguousInterface(_ place: Place, at range: SourceRange) -> Diagnostic {
        let packets = place == .regular ? "a chain has no direction" : "a forwarded packet has two interfaces"
        return Diagnostic(.interfaceNotKnown, "\(packets): say `from` or `to` instead of `on`", at: range)
    }

    static func ownerNotKnown(_ place: Place, at range: SourceRange) -> Diagnostic {
        Diagnostic(.ownerNotKnown, "only packets that this host sends have an owner: say `out`", at: range)
    }

    static func ownerNotKnown(inChain name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .ownerNotKnown,
            "the packets that are sent to '\(name)' have no owner, so the rule can match none",
            at: range
        )
    }
}

// MARK: - Arguments

extension Diagnostic {
    static func redirectToAddress(at range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidTarget, "`redirect` leads to this host: give a port alone, or say `dnat`", at: range)
    }

    static func masqueradeToAddress(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .invalidTarget,
            "`masquerade` takes the address of the interface: give ports alone, or say `snat`",
            at: range
        )
    }

    /// - Parameters:
    ///   - match: The word for the match that has to ask for the old prefix.
    ///   - old: Where the rule asks for other addresses.
    static func prefixTranslation(
        _ fault: PrefixFault,
        of prefix: IPPrefix,
        match: String,
        at range: SourceRange,
        old: SourceRange?
    ) -> Diagnostic {
        let pool = TargetAddresses.pool(AddressRange(prefix)).description
        let message =
            switch fault {
            case .noPrefix:
                "a new prefix keeps the host part of the address, so the rule must say of which: `\(match) PREFIX` of the same length"
            case .notOnePrefix:
                "a new prefix takes the place of exactly one other, which `\(match)` must say"
            case .otherLength(let other):
                "a prefix of \(prefix.length) bits cannot take the place of one of \(other.length) bits: the host part is kept"
            }
        return Diagnostic(
            .invalidTarget,
            message,
            at: range,
            notes: old.map { [.init("the rule is about these addresses", at: $0)] } ?? [],
            fixIts: [.init("write `\(pool)` if any of these addresses will do", replacing: range, with: pool)]
        )
    }

    /// - Parameter prefix: The prefix that the new addresses are, if the old ones are one too.
    static func addressesAreAPool(_ prefix: IPPrefix?, at range: SourceRange, old: SourceRange) -> Diagnostic {
        var notes = [Note("these addresses are as many", at: old)]
        if prefix == nil {
            notes.append(Note("only prefixes are translated one to one; others take a rule for each address"))
        }
        notes.append(Note("`random` or `persistent` says that a pool is meant"))
        return Diagnostic(
            .rangesNotPaired,
            "the kernel takes any of these addresses, not the first one for the first one and so on",
            at: range,
            notes: notes,
            fixIts: prefix.map {
                [.init("write `\($0)` to keep the host part", replacing: range, with: $0.description)]
            } ?? []
        )
    }

    /// - Parameter first: The port that the kernel tries first, where it does not choose at random.
    static func portsAreAPool(first: UInt16?, at range: SourceRange, old: SourceRange) -> Diagnostic {
        let choice = first.map { "sends all to port \($0) as long as that is free" } ?? "takes any of these ports"
        return Diagnostic(
            .rangesNotPaired,
            "the kernel \(choice), not the first one to the first one and so on",
            at: range,
            notes: [
                .init("these ports are as many", at: old),
                .init("nf_tables cannot shift ports: write a rule for each, or `random` if any port will do"),
            ]
        )
    }

    static func portZero(at range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidTarget, "packets cannot be sent to port 0", at: range)
    }

    static func targetPortWithoutProtocol(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .portsWithoutProtocol,
            "a new port needs a protocol that has ports: the rule must be about `tcp`, `udp` or the like",
            at: range
        )
    }

    static func levelAndGroup(level: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .levelAndGroup,
            "a level is for the kernel's log and a group for other programs: only one can be said",
            at: range,
            notes: [.init("the level", at: level)]
        )
    }
}

// MARK: - Chains

extension Diagnostic {
    static func jumpLoop(_ cycle: DependencyGraph.Cycle, _ names: [String]) -> Diagnostic {
        let ranges = cycle.steps.map(\.edge.range)
        return Diagnostic(
            .jumpLoop,
            "chains jump to each other: \(cycle.text(names))",
            at: ranges.last,
            notes: ranges.dropLast().map { .init("this jump is part of the circle", at: $0) }
        )
    }

    static func jumpTooDeep(_ depth: Int, maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.jumpTooDeep, "from here \(depth) jumps follow each other; the kernel follows \(maximum)", at: range)
    }

    static func jumpToBaseChain(_ name: String, declared: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .jumpToBaseChain,
            "the kernel itself calls '\(name)', so no rule can jump to it",
            at: range,
            notes: [.init("it is declared with a hook", at: declared)]
        )
    }

    static func noChainOfType(_ type: ChainType, hooks: [NetfilterHook], at range: SourceRange) -> Diagnostic {
        let possible = hooks.map { "`\($0)`" }.joined(separator: ", ")
        return Diagnostic(
            .invalidHook,
            "chains of type `\(type.rawValue)` have one of these hooks: \(possible)",
            at: range
        )
    }

    static func natBeforeTracking(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .invalidHook,
            "addresses are translated behind connection tracking: the priority must be above \(BaseChain.trackingPriority)",
            at: range
        )
    }

    static func badPriority(_ text: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.invalidHook, "'\(shortened(text))' is not a priority: a number of 32 bits is expected", at: range)
    }

    static func unreachableRule(deciding: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unreachableRule,
            "no packet gets to this rule and those after it in its chain",
            at: range,
            notes: [.init("this rule decides on every packet", at: deciding)]
        )
    }

    static func targetNotAccepted(
        _ verb: String,
        _ ports: Interval<UInt16>?,
        _ direction: RulesetModel.Direction,
        at range: SourceRange
    ) -> Diagnostic {
        let port = ports.map { $0.isSingle ? "port \($0)" : "ports \($0)" } ?? "these packets"
        let end = SourceRange(file: range.file, start: range.end, end: range.end)
        return Diagnostic(
            .targetNotAccepted,
            "behind this `\(verb)`, no rule of the direction `\(direction.rawValue)` accepts \(port)",
            at: range,
            fixIts: [.init("add `and accept`", replacing: end, with: " and accept")]
        )
    }
}
