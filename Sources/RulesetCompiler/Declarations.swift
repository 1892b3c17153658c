import Diagnostics
import RuleLanguage

/// The statements of a program by kind, each kind in file order.
struct Declarations {
    /// A rule or a block of rules: its place in the syntax of its file.
    struct RuleStatement {
        let file: SourceID
        let index: Int
    }

    private(set) var bindings: [LetSyntax] = []
    private(set) var options: [OptionSyntax] = []
    private(set) var tables: [TableSyntax] = []
    private(set) var sets: [SetSyntax] = []
    private(set) var policies: [PolicySyntax] = []
    private(set) var chains: [ChainSyntax] = []
    private(set) var routes: [RouteSyntax] = []
    private(set) var routingRules: [RoutingRuleSyntax] = []
    private(set) var sysctls: [SysctlSyntax] = []
    /// The rules and blocks outside chains.
    private(set) var rules: [RuleStatement] = []

    init(_ program: Program) {
        for segment in program.segments {
            let syntax = program.syntax[Int(segment.file.rawValue)]
            let statements = syntax[syntax.topLevel]
            for index in segment.statements {
                add(statements[index], RuleStatement(file: segment.file, index: index))
            }
        }
    }

    private mutating func add(_ statement: StatementSyntax, _ place: RuleStatement) {
        switch statement {
        case .rule, .block: rules.append(place)
        case .binding(let node): bindings.append(node)
        case .option(let node): options.append(node)
        case .table(let node): tables.append(node)
        case .set(let node): sets.append(node)
        case .policy(let node): policies.append(node)
        case .chain(let node): chains.append(node)
        case .route(let node): routes.append(node)
        case .routingRule(let node): routingRules.append(node)
        case .sysctl(let node): sysctls.append(node)
        // Includes were expanded; what they led to is in segments of its own.
        case .include: break
        }
    }
}
