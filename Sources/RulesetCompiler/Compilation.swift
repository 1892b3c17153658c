import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import SystemPackage

/// One run of the compiler: what is known of the program so far, and what of the ruleset is made.
///
/// It is a class so that its many parts, spread over files by subject, share one state without copying it about.
final class Compilation {
    /// The syntax of each rule file, by ``SourceID``; lists that sets are read from have none.
    let syntax: [RuleFileSyntax]
    /// Where each rule file is, by ``SourceID``.
    let paths: [FilePath]
    let loader: any FileLoader
    let declarations: Declarations

    var sources: SourceMap
    /// The bytes of each file, by ``SourceID``: the hot path's way round ``SourceMap``.
    var texts: [[UInt8]]
    var diagnostics: DiagnosticBag
    /// Whether the host was asked for what the texts do not say.
    var asksHost: Bool

    var variables = DefinitionTable(.variable)
    var sets = DefinitionTable(.set)
    var chains = DefinitionTable(.chain)
    var tables = DefinitionTable(.table)
    /// Names that were to be defined by statements that were not understood: nothing is said about their uses.
    var abandonedNames: Set<String> = []
    /// The definition of each variable, by its index in ``variables``; nothing for one that refers to itself.
    var bindings: [LetSyntax?] = []
    /// What the variables stand for, for each kind of value.
    let variableValues = VariableValues()
    /// Where the variables are used whose values are being read, the outermost first.
    var variableUses: [SourceRange] = []
    /// What was reported of the values of variables, without the notes on their uses.
    private var reportedInVariables: Set<Diagnostic> = []

    /// The sets that were understood, by their index in ``sets``.
    var namedSets: [NamedSet?] = []
    /// How many members the sets have so far, and how many values the rules.
    var memberCount = 0
    var ruleValueCount = 0
    /// How many values variables have brought into lists.
    var copiedValueCount = 0
    /// The lists that sets were read from.
    var loadedLists: [FileIdentity: SourceID] = [:]
    /// Whether the sets were compiled; the declarations before them and their own cannot look into any.
    var areSetsKnown = false
    /// The numbers of the routing tables, by their index in ``tables``.
    var tableNumbers: [UInt32?] = []
    /// The chains, by their index in ``chains``.
    var chainBodies: [ChainBody] = []

    var ruleset = Ruleset()
    var provenance = Provenance()
    /// The jumps of rules outside declared chains.
    var jumps: [Jump] = []
    /// The rules outside declared chains that send packets elsewhere without `and accept`.
    var openTargets: [OpenTarget] = []
    /// The rules that send what comes from outside to a loopback address.
    var loopbackTargets: [LoopbackTarget] = []
    /// What the warnings have to know of the rules outside declared chains.
    var notes = RuleNotes()
    /// What each chain demands of the base chains that lead to it, with all chains that it leads to.
    var chainNeeds: [ChainNeeds] = []

    init(_ program: Program, loader: some FileLoader) {
        syntax = program.syntax
        paths = program.paths
        self.loader = loader
        sources = program.sources
        texts = program.sources.files.map(\.bytes)
        diagnostics = program.diagnostics
        asksHost = program.asksHost
        declarations = Declarations(program)
    }

    /// Compiles everything.
    func compile() -> CompilationResult {
        defineNames()
        compileOptions()
        compileTables()
        compileSets()
        compilePolicies()
        compileChains()
        compileRules()
        checkChains()
        compileRoutes()
        compileRoutingRules()
        compileSysctls()
        if !diagnostics.hasErrors {
            warnOfUnreachableRules()
            let lists = reachedRules()
            let ways = openWays(lists)
            warnOfShadowedRules(lists)
            warnOfClosedTargets()
            warnOfClosedPolicies(ways)
            warnOfOpenFamilies(ways)
            warnOfFarRoutes()
            warnOfMarkedWays(lists)
            warnOfReachedRules(lists)
            warnOfOpenWays(ways)
            warnOfLoopbackTargets()
            warnOfUnusedNames()
        }
        assembleRuleset()
        return CompilationResult(
            ruleset: diagnostics.hasErrors ? nil : ruleset,
            provenance: provenance,
            diagnostics: diagnostics,
            sources: sources,
            asksHost: asksHost
        )
    }
}

extension Compilation {
    /// The values of a list that stands in the same file as `range`.
    @inline(__always)
    func values(_ list: SyntaxList<ValueSyntax>, beside range: SourceRange) -> ArraySlice<ValueSyntax> {
        syntax[Int(range.file.rawValue)][list]
    }

    /// The matches of a list that stands in the same file as `range`.
    @inline(__always)
    func clauses(_ list: SyntaxList<ClauseSyntax>, beside range: SourceRange) -> ArraySlice<ClauseSyntax> {
        syntax[Int(range.file.rawValue)][list]
    }

    /// The statements of a body that stands in the same file as `range`.
    @inline(__always)
    func statements(_ list: SyntaxList<StatementSyntax>, beside range: SourceRange) -> ArraySlice<StatementSyntax> {
        syntax[Int(range.file.rawValue)][list]
    }

    /// The bytes of a range as text.
    @inline(__always)
    func text(_ range: SourceRange) -> String {
        withBytes(range) { bytes in
            bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Reads the bytes of a range.
    @inline(__always)
    func withBytes<Result>(_ range: SourceRange, _ body: (Span<UInt8>) -> Result) -> Result {
        let bytes = texts[Int(range.file.rawValue)]
        return body(bytes.span.extracting(range.offsets))
    }

    /// Reports a mistake; where it is in the value of a variable, notes say where that is used.
    func report(_ diagnostic: Diagnostic) {
        guard !variableUses.isEmpty else {
            return diagnostics.report(diagnostic)
        }
        // The same mistake is made wherever the variable is used; it is reported once.
        guard reportedInVariables.insert(diagnostic).inserted else { return }
        var diagnostic = diagnostic
        let uses = variableUses.filter { $0 != diagnostic.range }
        diagnostic.notes += uses.suffix(3).reversed().map { .init("used here", at: $0) }
        diagnostics.report(diagnostic)
    }
}
