public import Diagnostics

/// A rule: `VERB DIRECTION MATCHES ARGUMENTS`, one line.
public struct RuleSyntax: Sendable, Hashable {
    /// The rule, from its verb to its comment.
    public let range: SourceRange
    /// The words of the verb (`set ct mark` are three), without what follows them.
    public let verbRange: SourceRange
    /// What the rule does.
    public let verb: VerbSyntax
    /// Where it stands, nil where the enclosing block or chain says so.
    public let direction: DirectionSyntax?
    /// Its matches, in file order.
    public let clauses: SyntaxList<ClauseSyntax>
    /// The verb's arguments, in file order; each kind at most once.
    public let arguments: SyntaxList<ArgumentSyntax>
    /// The quoted string at its end.
    public let comment: StringSyntax?
}

/// What a rule does, with what belongs to the verb itself.
public enum VerbSyntax: Sendable, Hashable {
    case accept
    case drop
    case reject
    case redirect
    case dnat
    case snat
    case masquerade
    case log
    case count
    case notrack
    case `return`
    /// `set mark V`.
    case setMark(ValueSyntax)
    /// `set ct mark V`.
    case setConnectionMark(ValueSyntax)
    /// `jump CHAIN`.
    case jump(NameSyntax)
    /// `goto CHAIN`.
    case goto(NameSyntax)
}

/// A direction and where it is written.
public struct DirectionSyntax: Sendable, Hashable {
    /// The direction.
    public let direction: DirectionWord
    /// The word.
    public let range: SourceRange
}

/// The way a packet goes, seen from this host.
public enum DirectionWord: Sendable, Hashable, CaseIterable {
    /// `in`: to this host, or arriving at it.
    case `in`
    /// `out`: from this host, or leaving it.
    case out
    /// `forward`: through this host.
    case forward
}

/// An argument after the matches of a rule.
public enum ArgumentSyntax: Sendable, Hashable {
    /// `to …` of a NAT verb.
    case target(NATTargetSyntax)
    /// `with …` of `reject`.
    case rejectWith(RejectTypeSyntax)
    /// `random`, `persistent` or `fully-random` of a NAT verb.
    case natFlag(NATFlag, SourceRange)
    /// `and accept` of `redirect` and `dnat`.
    case andAccept(SourceRange)
    /// `log …` after another verb, or the prefix and options of the verb `log`.
    case log(LogSyntax)
}

/// What `to` of a NAT verb names: at least one of the two.
public struct NATTargetSyntax: Sendable, Hashable {
    /// `to` and all that belongs to it.
    public let range: SourceRange
    /// Address or range of addresses, without the brackets of an IPv6 address.
    public let address: ValueSyntax?
    /// Port or range of ports, without the colon.
    public let port: ValueSyntax?
}

/// A flag of a NAT verb.
public enum NATFlag: Sendable, Hashable, CaseIterable {
    /// `random`: NF_NAT_RANGE_PROTO_RANDOM.
    case random
    /// `fully-random`: NF_NAT_RANGE_PROTO_RANDOM_FULLY.
    case fullyRandom
    /// `persistent`: NF_NAT_RANGE_PERSISTENT.
    case persistent
}

/// What `reject` answers with.
public struct RejectTypeSyntax: Sendable, Hashable {
    /// The protocols a refusal can be told in.
    public enum Answer: Sendable, Hashable {
        /// `with icmp TYPE`.
        case icmp(NameSyntax)
        /// `with icmpv6 TYPE`.
        case icmpv6(NameSyntax)
        /// `with icmpx TYPE`: each family in its own words.
        case icmpx(NameSyntax)
        /// `with tcp reset`.
        case tcpReset
    }

    /// `with` and all that belongs to it.
    public let range: SourceRange
    /// What is answered.
    public let answer: Answer
}

/// `log ["prefix"] [level L] [group N]`.
public struct LogSyntax: Sendable, Hashable {
    /// `log` and all that belongs to it.
    public let range: SourceRange
    /// The prefix of the log line.
    public let prefix: StringSyntax?
    /// Name of the syslog level.
    public let level: NameSyntax?
    /// Number of the netlink group that gets the packets (NFLOG).
    public let group: ValueSyntax?
}

extension RuleFileSyntax {
    /// The `to …` of a rule's NAT verb.
    public func target(of rule: RuleSyntax) -> NATTargetSyntax? {
        for case .target(let target) in self[rule.arguments] {
            return target
        }
        return nil
    }

    /// The `with …` of a rule's `reject`.
    public func rejectType(of rule: RuleSyntax) -> RejectTypeSyntax? {
        for case .rejectWith(let type) in self[rule.arguments] {
            return type
        }
        return nil
    }

    /// The logging of a rule, by its verb or beside it.
    public func log(of rule: RuleSyntax) -> LogSyntax? {
        for case .log(let log) in self[rule.arguments] {
            return log
        }
        return nil
    }
}
