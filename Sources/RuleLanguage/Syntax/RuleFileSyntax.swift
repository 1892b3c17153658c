public import Diagnostics

/// The syntax of one file: flat arrays of nodes, which name each other by ``SyntaxList``.
///
/// Only statements that were understood are here. If the parser reported an error, the rest is still fit to be
/// checked, so that one run finds every mistake; it must not be turned into rules.
public struct RuleFileSyntax: Sendable {
    /// The file.
    public let source: SourceID
    /// The statements at the top level, in file order.
    public internal(set) var topLevel: SyntaxList<StatementSyntax> = .empty
    /// Names whose declarations had mistakes and are not here: that they are unknown is not worth a second error.
    public internal(set) var abandonedNames: [String] = []

    var statements: [StatementSyntax] = []
    var clauses: [ClauseSyntax] = []
    var arguments: [ArgumentSyntax] = []
    var values: [ValueSyntax] = []
    var setOptions: [SetOptionSyntax] = []
    var routeAttributes: [RouteAttributeSyntax] = []
    var nextHops: [NextHopSyntax] = []
    var routingRuleAttributes: [RoutingRuleAttributeSyntax] = []

    init(source: SourceID) {
        self.source = source
    }

    /// How many nodes a statement counts as: what becomes of it takes so many times the memory of what becomes of a value.
    static let statementNodes = 4

    /// How many nodes there are: a measure of the memory that all takes that is made of them.
    public var nodeCount: Int {
        statements.count * Self.statementNodes + clauses.count + arguments.count + values.count + setOptions.count
            + routeAttributes.count + nextHops.count + routingRuleAttributes.count
    }

    /// The statements of a block, a chain or the top level.
    public subscript(list: SyntaxList<StatementSyntax>) -> ArraySlice<StatementSyntax> {
        statements[list.indices]
    }

    /// The matches of a rule, a block or a `let`.
    public subscript(list: SyntaxList<ClauseSyntax>) -> ArraySlice<ClauseSyntax> {
        clauses[list.indices]
    }

    /// The arguments of a rule's verb.
    public subscript(list: SyntaxList<ArgumentSyntax>) -> ArraySlice<ArgumentSyntax> {
        arguments[list.indices]
    }

    /// The elements of a list, or the two sides of a range or of a masked value.
    public subscript(list: SyntaxList<ValueSyntax>) -> ArraySlice<ValueSyntax> {
        values[list.indices]
    }

    /// The options of a set.
    public subscript(list: SyntaxList<SetOptionSyntax>) -> ArraySlice<SetOptionSyntax> {
        setOptions[list.indices]
    }

    /// The attributes of a route or a next hop.
    public subscript(list: SyntaxList<RouteAttributeSyntax>) -> ArraySlice<RouteAttributeSyntax> {
        routeAttributes[list.indices]
    }

    /// The next hops of a multipath route.
    public subscript(list: SyntaxList<NextHopSyntax>) -> ArraySlice<NextHopSyntax> {
        nextHops[list.indices]
    }

    /// The selectors and the action of a routing rule.
    public subscript(list: SyntaxList<RoutingRuleAttributeSyntax>) -> ArraySlice<RoutingRuleAttributeSyntax> {
        routingRuleAttributes[list.indices]
    }
}
