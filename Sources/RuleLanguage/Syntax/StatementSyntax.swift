public import Diagnostics

/// One statement.
public enum StatementSyntax: Sendable, Hashable {
    case rule(RuleSyntax)
    case block(BlockSyntax)
    indirect case chain(ChainSyntax)
    case policy(PolicySyntax)
    case binding(LetSyntax)
    case include(IncludeSyntax)
    case set(SetSyntax)
    case option(OptionSyntax)
    case route(RouteSyntax)
    case table(TableSyntax)
    case routingRule(RoutingRuleSyntax)
    case sysctl(SysctlSyntax)

    /// The whole statement, with the body of a block.
    public var range: SourceRange {
        switch self {
        case .rule(let node): node.range
        case .block(let node): node.range
        case .chain(let node): node.range
        case .policy(let node): node.range
        case .binding(let node): node.range
        case .include(let node): node.range
        case .set(let node): node.range
        case .option(let node): node.range
        case .route(let node): node.range
        case .table(let node): node.range
        case .routingRule(let node): node.range
        case .sysctl(let node): node.range
        }
    }
}

/// `[DIRECTION] MATCHES { … }`: the words before the brace belong to every statement inside.
public struct BlockSyntax: Sendable, Hashable {
    /// The block with its body.
    public let range: SourceRange
    /// The words before the brace.
    public let headRange: SourceRange
    /// The direction, nil where an enclosing block says it.
    public let direction: DirectionSyntax?
    /// The shared matches.
    public let clauses: SyntaxList<ClauseSyntax>
    /// Rules and blocks.
    public let statements: SyntaxList<StatementSyntax>
}

/// `chain NAME { … }` or `chain NAME [type T] hook H priority P [policy V] { … }`.
public struct ChainSyntax: Sendable, Hashable {
    /// The chain with its body.
    public let range: SourceRange
    /// Its name.
    public let name: NameSyntax
    /// Where it hooks in; nil for a chain that is jumped to.
    public let hook: HookSyntax?
    /// Rules and blocks.
    public let statements: SyntaxList<StatementSyntax>
}

/// `[type T] hook H priority P [policy V]`.
public struct HookSyntax: Sendable, Hashable {
    /// All of it.
    public let range: SourceRange
    /// `filter`, `nat` or `route`, if it is said.
    public let type: NameSyntax?
    /// The hook: `prerouting`, `input`, `forward`, `output`, `postrouting`.
    public let hook: NameSyntax
    /// The priority.
    public let priority: PrioritySyntax
    /// The policy, if it is said.
    public let policy: PolicyVerdictSyntax?
}

/// A priority: a number, or a name with or without an offset (`raw - 10`).
public struct PrioritySyntax: Sendable, Hashable {
    /// All of it.
    public let range: SourceRange
    /// The name to count from.
    public let base: NameSyntax?
    /// Whether the offset is subtracted.
    public let isNegative: Bool
    /// The digits of the offset, or of the priority itself where there is no name.
    public let offset: SourceRange?
}

/// `policy DIRECTION VERDICT`.
public struct PolicySyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// Whose policy.
    public let direction: DirectionSyntax
    /// The verdict.
    public let verdict: PolicyVerdictSyntax
}

/// `accept` or `drop` as a policy.
public struct PolicyVerdictSyntax: Sendable, Hashable {
    /// The word.
    public let range: SourceRange
    /// Whether it is `accept`; otherwise `drop`.
    public let isAccept: Bool
}

/// `let NAME = VALUE`, where the value may be a group of matches.
public struct LetSyntax: Sendable, Hashable {
    /// What a name can stand for.
    public enum Content: Sendable, Hashable {
        /// A value of any type.
        case value(ValueSyntax)
        /// Matches; `$NAME` then stands where a match does.
        case matches(SyntaxList<ClauseSyntax>)
    }

    /// The statement.
    public let range: SourceRange
    /// The name.
    public let name: NameSyntax
    /// What it stands for.
    public let content: Content
}

/// `include "path"`.
public struct IncludeSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// The path or pattern.
    public let path: StringSyntax
}

/// `set NAME: TYPE [from "file"] [timeout D] [size N] [{ … }] ["comment"]`.
public struct SetSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// Its name.
    public let name: NameSyntax
    /// Its type, a word such as `address` or `port`.
    public let type: NameSyntax
    /// Its options, each at most once.
    public let options: SyntaxList<SetOptionSyntax>
    /// Its elements in braces; nil where there are no braces.
    public let elements: SyntaxList<ValueSyntax>?
    /// The quoted string at its end.
    public let comment: StringSyntax?
}

/// An option of a set.
public struct SetOptionSyntax: Sendable, Hashable {
    /// The options there are.
    public enum Kind: Sendable, Hashable {
        /// `from "path"`: a file with one element a line.
        case from(StringSyntax)
        /// `timeout D`: after that time an element that was added at run time goes.
        case timeout(ValueSyntax)
        /// `size N`: the most elements the set may have.
        case size(ValueSyntax)
    }

    /// The option with its value.
    public let range: SourceRange
    /// Which one, and its value.
    public let kind: Kind
}

/// `option NAME VALUE`, such as `option counters off`.
public struct OptionSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// The option's name.
    public let name: NameSyntax
    /// The word `on` or `off`, or another value.
    public let value: NameSyntax
}

/// `table NAME = N`: a name for a routing table.
public struct TableSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// The name.
    public let name: NameSyntax
    /// The table's number.
    public let number: ValueSyntax
}

/// `sysctl KEY = VALUE`.
public struct SysctlSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// The key: `net.ipv4.ip_forward`.
    public let key: NameSyntax
    /// The words of the value, to the end of the statement, or one quoted string.
    public let value: ValueSyntax
}
