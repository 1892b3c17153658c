import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

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
    static func portsAreAPool(
        first: UInt16?,
        at range: SourceRange,
        old: SourceRange,
        areAsMany: Bool
    ) -> Diagnostic {
        let choice = first.map { "sends all to port \($0) as long as that is free" } ?? "takes any of these ports"
        return Diagnostic(
            .rangesNotPaired,
            "the kernel \(choice)\(areAsMany ? ", not the first one to the first one and so on" : "")",
            at: range,
            notes: [
                .init(areAsMany ? "these ports are as many" : "the rule is about these ports", at: old),
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
